"""How fast the service answers on the repo's own run, and whether its numbers are the batch's.

`python -m benchmarks.serving` starts the service in a process of its own, on a free port, with a folder of its own.
`--alone` sets for how many customers forecasts are requested one by one, `--seconds` how long a latency is measured.
"""

import argparse
import asyncio
import math
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from urllib.parse import quote

import numpy as np
import orjson
import pandas as pd
import psutil

from benchmarks.http_client import Connection, open_loop
from clv import params, paths
from clv.errors import run_stage
from clv.serving.params import ServeParams
from clv.serving.records import records
from clv.serving.serve import serve

RATE = 200.0  # requests a second
BATCH = 100  # customers
AT_ONCE = 300  # customers
CONNECTIONS = 16
TABLES = {"orders": "transactions", "customers": "customers", "touches": "touches"}
Row = tuple[str, str, str]  # what, measured, promised


def start(p: ServeParams) -> None:
    """Serve, in a process of its own."""
    run_stage(lambda: serve(p, Path.cwd()))


async def ready(port: int) -> float:
    """Wait until the service is ready, and return the seconds that it took."""
    begun = perf_counter()
    while True:
        try:
            connection = Connection(port)
            if (await connection.ask("/readyz"))[0] == 200:
                return perf_counter() - begun
            connection.close()
        except OSError:
            pass
        await asyncio.sleep(0.1)


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as the body of a request holds them."""
    times = {str(name): frame[name].dt.strftime("%Y-%m-%dT%H:%M:%S") for name in frame.select_dtypes("datetime")}
    return records(frame.assign(**times))


class Shop:
    """The batch's numbers, and the raw rows of each customer."""

    def __init__(self) -> None:
        self.values = pd.read_parquet(paths.CUSTOMER_VALUES)
        self.expected = {row["customer_id"]: row for row in rows_of(self.values)}
        self.ids = list(self.values["customer_id"])
        raw = {name: pd.read_parquet(paths.raw(table)) for name, table in TABLES.items()}
        self._groups = {name: dict(list(table.groupby("customer_id"))) for name, table in raw.items()}

    def body(self, ids: list[str]) -> dict[str, Any]:
        """The body that asks for forecasts of some customers."""
        found = {name: [row for id in ids if id in of for row in rows_of(of[id])] for name, of in self._groups.items()}
        return {**found, "customers": found["customers"]}

    def differences(self, answers: list[dict[str, Any]]) -> int:
        """How many values differ from the batch's, in all columns of the answers."""
        return sum(value != self.expected[row["customer_id"]][name] for row in answers for name, value in row.items())


async def equal_reads(port: int, shop: Shop) -> Row:
    async def wrong(ids: list[str]) -> int:
        connection = Connection(port)
        found = [(await connection.json(f"/v1/customers/{quote(id)}"))["customer"] for id in ids]
        return sum(row != shop.expected[id] for row, id in zip(found, ids, strict=True))

    counts = await asyncio.gather(*(wrong(shop.ids[start::CONNECTIONS]) for start in range(CONNECTIONS)))
    return "GET /v1/customers/{id}, rows unlike the Parquet", f"{sum(counts)} of {len(shop.ids):,}", "0"


async def equal_forecasts(port: int, shop: Shop, ids: list[str], size: int) -> Row:
    wrong, rows = 0, 0
    for first in range(0, len(ids), size):
        body, connection = (
            shop.body(ids[first : first + size]),
            Connection(port),
        )  # one may be closed while a body is made
        found = (await connection.json("/v1/predict", body))["customers"]
        connection.close()
        wrong, rows = wrong + shop.differences(found), rows + len(found)
    return f"POST /v1/predict, {size} at a time, values unlike the batch's", f"{wrong} in {rows:,} customers", "0"


async def latency(port: int, ids: list[str], seconds: float) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    chosen = np.random.default_rng(1).choice(ids, int(RATE * seconds))
    took = await open_loop(port, [f"/v1/customers/{quote(id)}" for id in chosen], RATE, connections=CONNECTIONS)
    return percentiles(took)


def percentiles(took: list[float]) -> tuple[float, float]:
    return float(np.quantile(took, 0.5)) * 1e3, float(np.quantile(took, 0.99)) * 1e3


async def beside_forecasts(port: int, shop: Shop, seconds: float) -> tuple[float, float]:
    """The latency while two clients request one forecast after the other."""
    body = orjson.dumps(shop.body(shop.ids[:1]))

    async def forecasting() -> None:
        connection = Connection(port)
        while True:
            await connection.seconds("/v1/predict", body)

    busy = [asyncio.create_task(forecasting()) for _ in range(2)]
    found = await latency(port, shop.ids, seconds)
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)
    return found


async def repeated(ask: Callable[[], Awaitable[float]], times: int) -> tuple[float, float]:
    return percentiles([await ask() for _ in range(times)])


async def full_queue(port: int, shop: Shop, queue: int) -> Row:
    """How long a refusal takes when more clients ask than may wait."""
    body = orjson.dumps(shop.body(shop.ids[:10]))

    async def one() -> tuple[int, float]:
        begun = perf_counter()
        status, headers, _ = await Connection(port).ask("/v1/predict", body)
        assert (status == 503) == ("retry-after" in headers)
        return status, perf_counter() - begun

    found = await asyncio.gather(*(one() for _ in range(queue + 8)))
    refused = [took for status, took in found if status == 503]
    return (
        f"{len(refused)} of {len(found)} refused as the queue is full, slowest",
        f"{max(refused) * 1e3:.0f} ms",
        "50 ms",
    )


async def memory(port: int, ids: list[str], process: psutil.Process, requests: int) -> Row:
    """Memory of the service and its worker before and after `requests` requests, after as many to warm up."""

    def used() -> float:
        everyone = [process, *process.children(recursive=True)]
        return math.fsum(one.memory_full_info().uss for one in everyone) / 2**20

    connection = Connection(port)
    for turn in range(2):
        before = used()
        for i in range(requests):
            path = (
                f"/v1/customers/{quote(ids[i % len(ids)])}"
                if i % 10
                else f"/v1/customers?limit=100&top_pct={1 + i % 7}"
            )
            await connection.seconds(path)
        if turn:
            return f"memory over {requests:,} requests", f"{before:.0f} to {used():.0f} MB", "within 5%"
    raise AssertionError


async def measure(p: ServeParams, process: psutil.Process, alone: int, seconds: float) -> AsyncIterator[Row]:
    port = p.port
    yield "ready after", f"{await ready(port):.1f} s", "60 s with a million rows"
    shop = Shop()
    chosen = list(np.random.default_rng(0).permutation(shop.ids)[:1000])
    one, many = (orjson.dumps(shop.body(chosen[:n])) for n in (1, AT_ONCE))
    connection = Connection(port)
    for what, found, most in (
        (f"one customer at {RATE:.0f} a second", latency(port, shop.ids, seconds), 10),
        ("the same beside two clients that forecast", beside_forecasts(port, shop, seconds), 30),
        ("a page of 100", repeated(lambda: connection.seconds("/v1/customers?limit=100&tier=High-CLV"), 300), 40),
        ("a forecast of one customer", repeated(lambda: connection.seconds("/v1/predict", one), 30), 600),
        (f"a forecast of {AT_ONCE} at once", repeated(lambda: connection.seconds("/v1/predict", many), 10), 1500),
    ):
        middle, slow = await found
        yield what, f"p50 {middle:.1f}, p99 {slow:.1f} ms", f"p99 {most} ms"
    yield await full_queue(port, shop, p.queue)
    yield await memory(port, shop.ids, process, 10_000)
    yield await equal_reads(port, shop)
    yield await equal_forecasts(port, shop, chosen, BATCH)
    yield await equal_forecasts(port, shop, chosen[:alone], 1)


async def show(rows: AsyncIterator[Row]) -> None:
    print(f"{'what':<62}{'measured':<28}promised")
    async for what, measured, promised in rows:
        print(f"{what:<62}{measured:<28}{promised}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alone", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    args = parser.parse_args()
    with socket.socket() as free, TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        p = replace(params.load().serve, port=free.getsockname()[1], folder=folder)
        free.close()
        process = get_context("spawn").Process(target=start, args=(p,))
        process.start()
        try:
            asyncio.run(show(measure(p, psutil.Process(process.pid), args.alone, args.seconds)))
        finally:
            os.kill(process.pid or 0, signal.SIGTERM)
            process.join(20)


if __name__ == "__main__":
    run_stage(main)
