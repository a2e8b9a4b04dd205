"""Mapping a function over blocks of customers: in threads of this process, or on the workers of a Dask cluster.

A stage has the same code for one block and for ten thousand, on this machine and on a cluster:

    with mapper(machine) as each, within_reach(machine, [(paths.SNAPSHOTS, [cutoff])], folder) as places:
        job = Job(places.of(paths.SNAPSHOTS), places.output, ...)
        results = each(job.run, n_blocks)
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from threadpoolctl import threadpool_limits

from clv import block_parts, kept_blocks, paths, storage
from clv.block_parts import reaching
from clv.damage import REPRO
from clv.dask_cluster import connected, fingerprint
from clv.errors import InputError
from clv.kept_blocks import Kept
from clv.machine import STORAGE, Machine
from clv.memory import give_back
from clv.stored_trees import StoredTrees, hashes, name_of

T = TypeVar("T")
Done = tuple[T, list[str]]  # the result of a block, and the parts that it wrote
Input = Path | tuple[Path, Sequence[str]]
WORKERLESS_SECONDS = 60  # a cluster may be without workers for so long: one that died may be restarted
LOOK_SECONDS = 5  # between checks whether it has any
AHEAD = 2  # blocks submitted per thread, so that no thread has to wait for its next


class Mapper(Protocol):
    """Returns the results of a function for block numbers from 0, in order.

    Function and results must be picklable. Inside `within_reach`, results are kept until that block ends without an
    error, so that after a failure the next run computes only missing blocks: those for which no function with the same
    name and the same values has finished. A result may depend on nothing else except the inputs within reach.
    """

    def __call__(self, function: Callable[[int], T], n_blocks: int) -> list[T]: ...


@contextmanager
def mapper(machine: Machine) -> Iterator[Mapper]:
    """The mapper that `machine` requires. Raises `InputError` if a scheduler or its workers cannot be used."""
    give_back()
    if machine.scheduler:
        with connected(machine) as client:
            yield partial(_on_cluster, client)
    else:
        with threadpool_limits(1), ThreadPoolExecutor(machine.threads) as pool:  # one thread per block
            yield partial(_mapped, pool, lambda: machine.threads)
    give_back()


def _on_cluster(client: Any, function: Callable[[int], T], n_blocks: int) -> list[T]:
    """Map over the cluster; Dask moves blocks of a dead worker to another and does not retry a function that raises."""
    from distributed import KilledWorker

    def n_threads() -> int:
        try:
            if not (now := client.nthreads()):  # workers come and go
                client.wait_for_workers(1, timeout=WORKERLESS_SECONDS)
            return sum(now.values())
        except TimeoutError:
            raise CancelledError(f"it has had no worker for {WORKERLESS_SECONDS} s") from None
        except OSError as error:
            raise CancelledError(str(error)) from None

    try:
        return _mapped(client.get_executor(pure=False), n_threads, function, n_blocks)
    except (CancelledError, KilledWorker) as error:
        why = (str(error) or "its scheduler is gone").splitlines()[0]
        raise InputError(
            f"the Dask cluster was lost during the run ({why}); check its scheduler and workers, then run again: "
            f"only what is missing is repeated"
        ) from None


def _mapped(pool: Executor, n_threads: Callable[[], int], function: Callable[[int], T], n_blocks: int) -> list[T]:
    work = kept_blocks.current()
    kept = work.of(function) if work else None
    found: dict[int, Done[T]] = kept.read(n_blocks) if kept else {}
    running: dict[Future[Done[T]], int] = {}

    def keep(futures: Iterable[Future[Done[T]]]) -> None:
        for future in futures:
            block = running.pop(future)
            if not _failed(future):
                found[block] = future.result()
                if kept:
                    kept.keep(block, found[block])

    waiting = (block for block in range(n_blocks) if block not in found)
    try:
        while True:
            room = max(AHEAD * n_threads(), 1) - len(running)
            for block in islice(waiting, max(room, 0)):
                running[pool.submit(_noting_parts, function, block)] = block
            if not running:
                break
            ended = wait(running, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED).done
            keep(ended)
            for future in filter(_failed, ended):
                future.result()  # raises its error
    except CancelledError:
        for future in running:  # nothing will run them
            future.cancel()
        raise
    finally:
        keep(wait(running).done)  # so that no block still writes after an error
    if work:
        work.parts.update(part for block in found for part in found[block][1])
    return [found[block][0] for block in range(n_blocks)]


def _failed(future: Future[Any]) -> bool:
    return future.cancelled() or future.exception() is not None


def _noting_parts(function: Callable[[int], T], block: int) -> Done[T]:
    """Run on a worker: return the result for a block and the parts that it wrote."""
    with block_parts.noting_parts() as parts:
        return function(block), parts


@dataclass(frozen=True)
class Places:
    """Where workers read inputs and write output: paths, or URLs. `output` is the folder that they write to."""

    inputs: Mapping[Path, str]
    output: str

    def of(self, path: Path) -> str:
        """Where a worker reads `path`, which is an input or lies in one."""
        for folder in (path, *path.parents):
            if folder in self.inputs:
                inside = path.relative_to(folder).as_posix()
                return self.inputs[folder] if inside == "." else f"{self.inputs[folder]}/{inside}"
        raise KeyError(f"{path} is not an input")


@contextmanager
def within_reach(machine: Machine, inputs: Sequence[Input], target: Path) -> Iterator[Places]:
    """Where workers read inputs and write their output: this machine, or `machine.storage`.

    An input is a file, a folder, or a folder with the names of what workers read in it; of a folder that has parts
    (`clv.paths.part`), only these are used. At the end the output is in `target`. Finished blocks are kept until then,
    so that after a failure the next run with the same inputs, code and params.yaml continues from there. Raises
    `InputError` if an input is missing, storage cannot be used, or a part that was written is missing from this machine
    at the end.
    """
    given = dict(one if isinstance(one, tuple) else (one, [""]) for one in inputs)
    found = {path: hashes(_files(path, names), path) for path, names in given.items()}
    with kept_blocks.keeping(target, _key(found)) as work:
        place = _in_storage if machine.scheduler and machine.storage else _here
        with place(machine, found, work, target) as places:
            yield places
    arrived = {part: target / part.removeprefix(f"{places.output}/") for part in work.parts}
    missing = sorted(part for part, path in arrived.items() if not path.exists())
    if missing:
        raise InputError(
            f"{len(missing)} parts that workers wrote are missing here, such as {missing[0]}: not every worker writes "
            f"to this folder; set {STORAGE} to a folder that all workers can reach"
        )


Found = Mapping[Path, Mapping[str, str]]  # inputs, and the hashes of their files


@contextmanager
def _here(_machine: Machine, inputs: Found, work: Kept, target: Path) -> Iterator[Places]:
    yield Places({path: str(path.resolve()) for path in inputs}, str(work.output.resolve()))
    for path in sorted(path for path in work.output.rglob("*") if path.is_file()):
        to = target / path.relative_to(work.output)
        to.parent.mkdir(parents=True, exist_ok=True)
        path.replace(to)


@contextmanager
def _in_storage(machine: Machine, inputs: Found, work: Kept, target: Path) -> Iterator[Places]:
    about = f"{STORAGE} {machine.storage}"
    with reaching(about):
        trees = StoredTrees(str(machine.storage))
        lie = {path: trees.holding(path, files) or trees.upload(path, files) for path, files in inputs.items()}
        if not work.tree.exists():
            storage.write_text(trees.new(target), work.tree)
        output = storage.read_text(work.tree).strip()
        found = {path: trees.url(tree) for path, tree in lie.items()}
    single = {path: f"{url}/{path.name}" for path, url in found.items() if path.is_file()}
    yield Places(found | single, trees.url(output))
    with reaching(about):
        trees.download(output, target)
        passing = {tree for path, tree in lie.items() if any(part.endswith(".partial") for part in path.parts)}
        names = {name_of(path) for path in (*inputs, target)}
        trees.remove(passing | trees.replaced(names, {*lie.values(), output}))


def _files(path: Path, names: Sequence[str]) -> list[Path]:
    """The files of an input, sorted. Raises `InputError` if there are none."""
    tops = [path / name for name in names]
    found = {file for top in tops for file in (top, *top.rglob("*")) if file.is_file()}
    if not found:
        raise InputError(f"{path} does not exist, or is empty; {REPRO}")
    return sorted({file for file in found if paths.is_part(file)} or found)


def _key(inputs: Found) -> str:
    """What the work depends on, besides the mapped functions: code, parameters and the content of inputs."""
    params = paths.PARAMS.read_bytes() if paths.PARAMS.exists() else b""
    known = [fingerprint(), sha256(params).hexdigest(), *(f"{path}: {sorted(inputs[path].items())}" for path in inputs)]
    return sha256("\n".join(known).encode()).hexdigest()
