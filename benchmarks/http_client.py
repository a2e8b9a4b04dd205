"""A small HTTP client over sockets that stay open, so that the server is what is measured."""

import asyncio
from collections.abc import Mapping
from time import perf_counter
from typing import Any

import orjson


class Connection:
    """A connection that sends one request after the other."""

    def __init__(self, port: int):
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, body: bytes | None = None) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and content of the answer to GET, or, with a JSON body, to POST."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=2**24)
        reader, writer = self._streams
        head = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"host: 127.0.0.1:{self._port}"]
        if body is not None:
            head += ["content-type: application/json", f"content-length: {len(body)}"]
        writer.write("\r\n".join([*head, "", ""]).encode() + (body or b""))
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        return int(lines[0].split()[1]), headers, content

    async def json(self, path: str, body: Any = None) -> Any:
        """The JSON of an answer whose status must be 200."""
        status, _, content = await self.ask(path, None if body is None else orjson.dumps(body))
        assert status == 200, (path, status, content[:300])
        return orjson.loads(content)

    async def seconds(self, path: str, body: bytes | None = None) -> float:
        """How long an answer takes; its status must be 200."""
        start = perf_counter()
        status, _, content = await self.ask(path, body)
        assert status == 200, (path, status, content[:300])
        return perf_counter() - start

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()


async def open_loop(port: int, paths: list[str], per_second: float, connections: int) -> list[float]:
    """Seconds from when each request was due to its answer: where the server falls behind, all later requests wait."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait(Connection(port))
    start = perf_counter() + 0.1

    async def one(due: float, path: str) -> float:
        await asyncio.sleep(max(due - perf_counter(), 0))
        connection = await free.get()
        await connection.seconds(path)
        free.put_nowait(connection)
        return perf_counter() - due

    took = await asyncio.gather(*(one(start + i / per_second, path) for i, path in enumerate(paths)))
    while not free.empty():
        free.get_nowait().close()
    return list(took)
