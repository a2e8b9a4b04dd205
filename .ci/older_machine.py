"""Print the variables that make a run here compute as on an older machine than this one, a line NAME=value each.

OpenBLAS, numpy, Arrow and the C library choose their instructions by the processor, and the last bits of what they
compute with them. An older choice that a processor does not have ends a program with an illegal instruction: each is
tried in a process of its own before it is taken.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple

# Names that OpenBLAS has for processors, oldest first: the further from this one's own, the more differs.
# There is none before Nehalem, for numpy needs X86_V2, which came with it.
CORE_TYPES = ("Nehalem", "ARMV8", "Sandybridge", "Haswell")
# What may be set on this machine already and would steer the same choices. An empty value counts as none.
STEERING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES")
ELSEWHERE = {
    "ARROW_USER_SIMD_LEVEL": "NONE",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "CLV_THREADS": "2",
    "PYTHONHASHSEED": "7",
    "TZ": "Asia/Tokyo",
}
# 300 rows are enough for the kernels of large matrices.
PROBE = """
import json
import numpy as np, scipy.linalg, threadpoolctl
from numpy._core import _multiarray_umath as core
for kind in (np.float32, np.float64):
    a = np.random.default_rng(0).normal(size=(300, 300)).astype(kind)
    scipy.linalg.solve(a @ a.T + np.eye(300, dtype=kind), np.exp(a) @ a[0])
blas = [found for found in threadpoolctl.threadpool_info() if found["internal_api"] == "openblas"]
print(json.dumps({
    "types": sorted({found["architecture"] for found in blas}),
    "features": [name for name in core.__cpu_dispatch__ if core.__cpu_features__[name]],
}))
"""


class Answer(NamedTuple):
    """Output of a process that multiplied matrices: core types of its OpenBLAS libraries, and what numpy may use."""

    types: list[str]
    features: list[str]


def probe(variables: Mapping[str, str]) -> Answer | None:
    """The output of a process with these variables, or None where it does not live to write it."""
    command = [sys.executable, "-c", PROBE]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)
    return Answer(**json.loads(done.stdout)) if done.returncode == 0 else None


def choose(own: list[str], try_type: Callable[[str], list[str] | None]) -> str | None:
    """The first core type that runs in every OpenBLAS library and is not this processor's own; None if there is none.

    `try_type` gives the types in use where one was asked for, or None where that run died. OpenBLAS goes on with the
    processor's own where it does not know a name.
    """
    for wanted in CORE_TYPES:
        if wanted.lower() in {name.lower() for name in own}:
            continue
        found = try_type(wanted)
        if found and {name.lower() for name in found} == {wanted.lower()}:
            return wanted
    return None


def older() -> tuple[dict[str, str], str]:
    """The variables, and one line with what was chosen."""
    variables = dict(ELSEWHERE)
    if platform.machine().lower() in ("x86_64", "amd64"):
        variables["GLIBC_TUNABLES"] = "glibc.cpu.hwcaps=-AVX2,-FMA"
    cleared = {name: "" for name in STEERING if name in os.environ}
    as_set, itself = probe({}), probe(cleared)
    if as_set is None:
        sys.exit("older_machine: numpy and scipy do not work here; is the environment's bin first on PATH?")
    if itself is None:  # what is set is what makes this machine work
        itself, cleared = as_set, {}
    variables |= cleared

    without = variables | {"NPY_DISABLE_CPU_FEATURES": ",".join(itself.features)}
    answer = probe(without) if itself.features else None
    lean = answer is not None and not answer.features
    variables = without if lean else variables

    def try_type(wanted: str) -> list[str] | None:
        answer = probe(variables | {"OPENBLAS_CORETYPE": wanted})
        return answer.types if answer else None

    taken = choose(itself.types + as_set.types, try_type)
    if taken:
        variables["OPENBLAS_CORETYPE"] = taken
    return variables, line(itself, taken, lean)


def line(itself: Answer, taken: str | None, lean: bool) -> str:
    """What was taken, and what could not be."""
    own = "/".join(itself.types) or "none"
    blas = f"OpenBLAS as {taken} (this processor's own type: {own})"
    if not taken:
        blas = f"OpenBLAS as it is, for no older type than this processor's own ({own}) runs here"
    numpy = f"numpy without {' '.join(itself.features)}"
    if not lean:
        numpy = "numpy as it is, for it uses nothing here that can be switched off"
    return f"older machine: {blas}; {numpy}; one thread, another hash seed and time zone"


if __name__ == "__main__":
    chosen, said = older()
    print(said, file=sys.stderr)
    for name, value in chosen.items():
        print(f"{name}={value}")
