"""A small piece of work on blocks, which records its calls, for tests of how blocks are mapped."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc

from clv import block_parts, paths
from clv.compute import mapper, within_reach
from clv.errors import InputError
from clv.machine import Machine
from tests.killing import wait_for

N_BLOCKS = 6


@dataclass(frozen=True)
class Doubling:
    """Doubles the numbers in the parts of a folder; each call leaves a file in `log`.

    While `log` has a file `fail`, block 3 raises; while it has a file `wait`, blocks from 3 on wait.
    """

    source: str
    target: str
    log: Path
    names: frozenset[str] = frozenset({"one", "two", "three"})

    def run(self, block: int) -> int:
        """Write a part, and return the sum of its numbers."""
        (self.log / f"{block}-{uuid4().hex}").touch()
        if block == 3 and (self.log / "fail").exists():
            raise InputError("block 3 cannot be doubled; remove `fail`")
        if block >= 3:
            wait_for(lambda: not (self.log / "wait").exists())
        numbers = pc.multiply(block_parts.read_part(f"{self.source}/{paths.part(block)}")["number"], 2)
        block_parts.write_part(pa.table({"number": numbers}), f"{self.target}/{paths.part(block)}")
        return int(pc.sum(numbers).as_py())


def write_numbers(folder: Path, first: int = 0) -> Path:
    """Write parts of two consecutive numbers each, beginning with `first`."""
    for block in range(N_BLOCKS):
        numbers = [first + 2 * block, first + 2 * block + 1]
        block_parts.write_part(pa.table({"number": numbers}), str(folder / paths.part(block)))
    return folder


def double(source: Path, target: Path, machine: Machine, log: Path) -> list[int]:
    """Double all parts, as a stage maps over blocks."""
    with mapper(machine) as each, within_reach(machine, [source], target) as places:
        return each(Doubling(places.of(source), places.output, log).run, N_BLOCKS)


def calls(log: Path) -> dict[int, int]:
    """How often each block was worked on."""
    return dict(Counter(int(path.name.partition("-")[0]) for path in log.glob("*-*")))
