"""List, for each stage, the files of code that it is made of, with their hashes.

Reads: clv/, stages/ and notebooks/.
Writes: code/NAME.txt for each stage NAME but this one. It is the one file of code on which that stage depends: an edit
runs again what is made of it, and nothing else. `dvc repro code`, then `dvc status`, says beforehand what that is.
"""

from pathlib import Path

from clv import closure, paths
from clv.errors import run_stage


def main() -> None:
    files = closure.read(Path())
    listings = {stage: closure.listing(stage, files) for stage in closure.stages(files)}

    for stage, text in listings.items():  # not by clv.storage, whose libraries take longer to load than all of this
        paths.code(stage).parent.mkdir(exist_ok=True)
        paths.code(stage).write_text(text, encoding="utf-8", newline="\n")
    print(f"code: listed the files of {len(listings)} stages")


if __name__ == "__main__":
    run_stage(main)
