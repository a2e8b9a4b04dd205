"""Wait for the service to serve a release; it watches dvc.lock by itself and adopts a run that is whole."""

import json
import time
from http.client import HTTPException
from urllib.request import urlopen

LOOK_SECONDS = 1.0
ANSWER_SECONDS = 10.0


def switched(service: str, release: str, seconds: float) -> str:
    """Wait up to `seconds` for the service at an address to serve a release; "" if it does, else its state in words."""
    deadline = time.monotonic() + seconds
    said = ""
    while time.monotonic() < deadline:
        said = _served(service)
        if said == release:
            return ""
        time.sleep(LOOK_SECONDS)
    return f"{service} serves {said}" if said else f"{service} does not answer"


def _served(service: str) -> str:
    """The release that the service is ready with; "" if it reports none."""
    try:
        with urlopen(f"{service.rstrip('/')}/readyz", timeout=ANSWER_SECONDS) as answer:
            said = json.load(answer)
        return str(said.get("release", "")) if isinstance(said, dict) else ""
    except (OSError, HTTPException, ValueError):
        return ""
