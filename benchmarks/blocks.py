"""Clean tables of any size for benchmarks, drawn block by block, so that memory does not grow with them."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from clv import block_parts, paths

CUSTOMERS_PER_BLOCK = 30_000  # as many lines as preprocess.rows_per_block
LINES_PER_CUSTOMER = 10  # as many orders, of one line each
FIRST_DAY = date(2021, 1, 1)
N_DAYS = 1461
LAST_DAY = FIRST_DAY + timedelta(days=N_DAYS - 1)
MICROSECONDS = 1_000_000
FEW = ("customer_id", "order_ts", "amount_minor", "category", "is_eco")


def write_blocks(n_lines: int, folder: Path, few: bool) -> None:
    """Write clean tables with about `n_lines` order lines, as preprocess lays them out.

    `few` leaves out all columns but FEW of the transactions, and all rows of the other tables.
    """
    for block in range(max(1, round(n_lines / (CUSTOMERS_PER_BLOCK * LINES_PER_CUSTOMER)))):
        for name, drawn in _draw(block).items():
            table = drawn
            if few:
                table = (
                    drawn.select(FEW) if name == "transactions" else drawn.select(drawn.column_names[:2]).slice(0, 0)
                )
            text = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
            block_parts.write_batches(table.schema, [table], folder / name / paths.part(block), repeated=text)


def _draw(block: int) -> dict[str, pa.Table]:
    rng = np.random.default_rng(block)
    n = CUSTOMERS_PER_BLOCK
    ids = pa.array([f"C{block * n + i:08d}" for i in range(n)])
    orders = 1 + rng.poisson(9, n)
    customer = np.repeat(np.arange(n), orders)
    start = rng.random(n) * N_DAYS
    second = ((start[customer] + rng.random(len(customer)) * (N_DAYS - start[customer])) * 86_400).astype("int64")
    second = second[np.lexsort((second, customer))]
    m = len(customer)
    returned = rng.random(m) < 0.04
    price = rng.integers(300, 20_000, m)
    quantity = 1 + rng.poisson(0.2, m)
    discount = np.where(rng.random(m) < 0.2, price * quantity // 10, 0)
    sign = np.where(returned, -1, 1)
    transactions = {
        "customer_id": _labels(customer, ids),
        "order_ts": _times(second),
        "amount_minor": sign * (price * quantity - discount),
        "order_id": pa.array([f"O{block:05d}{i:07d}" for i in range(m)]),
        "product_id": _labels(rng.integers(0, 500, m), pa.array([f"P{i:04d}" for i in range(500)])),
        "category": _labels(rng.integers(0, 12, m), pa.array([f"category {i:02d}" for i in range(12)])),
        "quantity": sign * quantity.astype("float64"),
        "unit_price_minor": price,
        "discount_minor": sign * discount,
        "is_eco": rng.random(m) < 0.2,
    }
    customers = {
        "customer_id": ids,
        "channel": _labels(rng.integers(0, 6, n), pa.array([f"channel {i}" for i in range(6)])),
        "campaign": _labels(rng.integers(0, 18, n), pa.array([f"campaign {i:02d}" for i in range(18)])),
        "acquisition_cost_minor": rng.integers(100, 5000, n),
        "country": _labels(rng.integers(0, 5, n), pa.array(["AT", "DE", "FR", "NL", "PL"])),
        "age_band": _labels(rng.integers(0, 5, n), pa.array(["18-24", "25-34", "35-49", "50-64", "65+"])),
        "email_consent": rng.random(n) < 0.6,
    }
    touched = np.repeat(np.arange(n), rng.poisson(8, n))
    at = (rng.random(len(touched)) * N_DAYS * 86_400).astype("int64")
    at = at[np.lexsort((at, touched))]
    opened = rng.random(len(touched)) < 0.3
    touches = {
        "customer_id": _labels(touched, ids),
        "touch_ts": _times(at),
        "kind": _labels(rng.integers(0, 2, len(touched)), pa.array(["ad", "email"])),
        "opened": opened,
        "clicked": opened & (rng.random(len(touched)) < 0.2),
    }
    return {
        "transactions": pa.table(transactions),
        "customers": pa.table(customers),
        "touches": pa.table(touches),
    }


def _labels(codes: np.ndarray, labels: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype("int32")), labels)


def _times(seconds: np.ndarray) -> pa.Array:
    start = np.datetime64(FIRST_DAY, "us").astype("int64")
    return pa.array((start + seconds * MICROSECONDS).view("datetime64[us]"))
