"""List the code files of each stage, with their hashes.

Reads: clv/, stages/ and notebooks/.
Writes: code/NAME.txt for each stage NAME but this one. It is the only code dependency of that stage, so that an edit
reruns the stages that use the edited file, and no other. `dvc repro code`, then `dvc status`, shows in advance which
these are.
"""

from pathlib import Path

from clv import closure, paths
from clv.errors import run_stage


def main() -> None:
    files = closure.read(Path())
    listings = {stage: closure.listing(stage, files) for stage in closure.stages(files)}

    for stage, text in listings.items():  # not by clv.storage, whose libraries load slower than all of this runs
        paths.code(stage).parent.mkdir(exist_ok=True)
        paths.code(stage).write_text(text, encoding="utf-8", newline="\n")
    print(f"code: listed the files of {len(listings)} stages")


if __name__ == "__main__":
    run_stage(main)
