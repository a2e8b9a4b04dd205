"""Dividing a raw table of any size on disk into blocks of whole customers, in one pass by batches."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from clv.data import raw_blocks
from clv.data.blocks import block_of
from clv.data.order_owners import cleaned_ids, named_orders, order_owners
from clv.data.parquet import raw_batches, raw_schema, repeated_text
from clv.data.raw_blocks import ROW, RawBlocks
from clv.data.types import as_text

S = TypeVar("S")
T = TypeVar("T")
AHEAD = 2  # batches in progress


def scatter(table: str, path: Path, folder: Path, n_blocks: int, ignore_id_case: bool) -> RawBlocks:
    """Divide a raw table that generate wrote into blocks of whole customers, in `folder`, which is created.

    Customers are distinguished by their ids after cleaning. A row without an id goes to the only customer whom the
    other rows of its order name, because cleaning will fill that one in. The remaining rows form a block of their own,
    the last.
    """
    given = raw_schema(table, path)
    coded = repeated_text(table, given)
    schema = pa.schema(
        [(ROW, pa.int64()), *((field.name, pa.int32() if field.name in coded else field.type) for field in given)]
    )
    folder.mkdir(parents=True)
    codes: dict[str, dict[str, int]] = {name: {} for name in coded}
    gaps: set[str] = set()
    rows = 0

    def batches() -> Iterator[pa.Table]:
        nonlocal rows
        for batch in raw_batches(path, given.names, coded):
            gaps.update(name for name in given.names if batch.column(name).null_count)
            numbers = pa.array(np.arange(rows, rows + len(batch)))
            columns = [_code(batch.column(n), codes[n]) if n in coded else batch.column(n) for n in given.names]
            rows += len(batch)
            yield pa.table([numbers, *columns], schema=schema)

    with ThreadPoolExecutor(AHEAD) as pool:
        for parts in _ahead(pool, lambda batch: _divided(batch, n_blocks, ignore_id_case), batches()):
            for block, part in parts:
                raw_blocks.append(part, folder, block)
    if "order_id" in given.names:
        _adopt(path, folder, n_blocks, ignore_id_case)
    for name, texts in codes.items():
        raw_blocks.write_texts(name, list(texts), folder)
    nobodys = sum(len(part) for part in raw_blocks.read_stored(str(folder), n_blocks))
    whole = {field.name for field in given if pa.types.is_integer(field.type)}
    return RawBlocks(table, n_blocks, schema, frozenset(coded), rows, nobodys, frozenset(whole & gaps))


def _code(values: pa.Array, codes: dict[str, int]) -> pa.Array:
    """Text as the numbers of the texts, in order of first appearance."""
    known = [codes.setdefault(text, len(codes)) for text in values.dictionary.to_pylist()]
    return pa.array(known, pa.int32()).take(values.indices)


def _divided(batch: pa.Table, n_blocks: int, ignore_id_case: bool) -> list[tuple[int, pa.Table]]:
    """The rows of a batch by block, in order."""
    ids, code = cleaned_ids(batch.column("customer_id").combine_chunks(), ignore_id_case)
    block = np.full(len(ids) + 1, n_blocks)
    known = ids.notna().to_numpy()
    block[:-1][known] = block_of(pd.Index(ids[known]), n_blocks)
    return _parts(batch, block[code])


def _parts(batch: pa.Table, block: np.ndarray) -> list[tuple[int, pa.Table]]:
    # Stable, so that rows keep their order; small integers are sorted in one pass.
    order = np.argsort(block.astype("uint16") if block.max(initial=0) < 2**16 else block, kind="stable")
    by_block = batch.take(pa.array(order))
    starts = np.cumsum(np.bincount(block))
    sizes = np.bincount(block)
    return [(int(b), by_block.slice(starts[b] - sizes[b], sizes[b])) for b in np.flatnonzero(sizes)]


def _adopt(path: Path, folder: Path, n_blocks: int, ignore_id_case: bool) -> None:
    """Move rows without a customer to the block of the customer whom their order names."""
    nobodys = raw_blocks.read_stored(str(folder), n_blocks)
    orders = [named_orders(part.column("order_id").combine_chunks()) for part in nobodys]
    named = pa.chunked_array(orders, pa.large_string()).unique()
    owners = order_owners(path, named, ignore_id_case)
    if owners.empty:
        return
    blocks = pd.Series(block_of(pd.Index(owners), n_blocks), index=owners.index)
    waiting = folder / "waiting"
    raw_blocks.move(folder, n_blocks, waiting)
    for part in raw_blocks.read_stored(str(waiting), n_blocks):
        orders_of = as_text(part.column("order_id").to_pandas()).astype("str")
        block = orders_of.map(blocks).fillna(n_blocks).to_numpy(dtype="int64")
        for number, rows in _parts(part, block):
            raw_blocks.append(rows, folder, number)


def _ahead(pool: ThreadPoolExecutor, work: Callable[[S], T], items: Iterable[S]) -> Iterator[T]:
    """The results for some items, in order; at most as many are in progress as there are threads."""
    waiting: deque[Future[T]] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) > AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
