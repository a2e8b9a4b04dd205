"""Parameters of the service: its address, folder and limits. They change no number."""

from dataclasses import dataclass
from typing import Annotated, Literal

from clv.strict import Between, Count, Line

Port = Annotated[int, Between(1, 65_535)]
Queue = Annotated[int, Between(1, 1_000)]
WatchSeconds = Annotated[float, Between(0.1, 3600)]
BodyBytes = Annotated[int, Between(1_000, 1_000_000_000)]


@dataclass(frozen=True)
class ServeParams:
    host: Line
    port: Port
    folder: Line
    queue: Queue
    failing_verdict: Literal["warn", "refuse"]
    watch_seconds: WatchSeconds
    max_body_bytes: BodyBytes
    max_rows: Count
