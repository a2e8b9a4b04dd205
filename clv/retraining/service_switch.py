"""Waiting for the service to serve a release: it looks at dvc.lock by itself, and adopts what is whole."""

import json
import time
from urllib.error import URLError
from urllib.request import urlopen

LOOK_SECONDS = 1.0
ANSWER_SECONDS = 10.0


def switched(service: str, release: str, seconds: float) -> str:
    """Wait so long for the service at an address to serve a release; "" when it does, else what it says in words."""
    deadline = time.monotonic() + seconds
    said = ""
    while time.monotonic() < deadline:
        said = _served(service)
        if said == release:
            return ""
        time.sleep(LOOK_SECONDS)
    return f"{service} serves {said}" if said else f"{service} does not answer"


def _served(service: str) -> str:
    """The release that the service is ready with; "" where it does not say so."""
    try:
        with urlopen(f"{service.rstrip('/')}/readyz", timeout=ANSWER_SECONDS) as answer:
            return str(json.load(answer).get("release", ""))
    except (URLError, OSError, ValueError):
        return ""
