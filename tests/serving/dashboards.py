"""The dashboard of a release as a server in a thread, the rules for its HTML, and unusual releases."""

import asyncio
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import uvicorn

from clv import artifacts, paths, storage
from clv.marketing.tiers import UNKNOWN
from clv.serving.app import make_app
from clv.serving.journal import Journal
from clv.serving.keys import Keys
from clv.serving.pages.dashboard import pages_router
from clv.serving.params import ServeParams
from clv.serving.release import Release
from clv.serving.state import Serving, State
from clv.serving.workers import Workers
from tests.serving.running import NO_KEYS

PAGES = ("/", "/?top_pct=5", "/elite", "/segments", "/budget", "/predict", "/reports", "/status", "/docs")
VOID = {"meta", "link", "input", "br", "hr", "img", "rect", "line", "circle", "polyline"}  # in SVG: written as <rect/>
STRANGE = (
    "a/b",
    "../up",
    "..",
    ".",
    "with blanks",
    "ümläut ☃",
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "=1+1",
    "100%25",
    "a?b#c&d=e",
    "line\nbreak",
    "‮right to left",
    "x" * 300,
)


class Shop:
    """A running dashboard: its address, its state, and what its pages answer."""

    def __init__(self, url: str, state: State, release: Release):
        self.url, self.state, self.release = url, state, release
        self.client = httpx.Client(base_url=url, timeout=60)

    def get(self, path: str, **sent: Any) -> httpx.Response:
        return self.client.get(path, **sent)

    def post(self, path: str, fields: dict[str, Any]) -> httpx.Response:
        """Send a form as a browser does; a tuple is a file, any other value is a field."""
        files = {name: value if isinstance(value, tuple) else (None, value) for name, value in fields.items()}
        return self.client.post(path, files=files)


@contextmanager
def dashboard(release: Release, folder: Path, keys: Keys = NO_KEYS) -> Iterator[Shop]:
    """The service over a release with its pages, on a free port of this machine."""
    params = ServeParams("127.0.0.1", 8000, str(folder), 2, "warn", 60.0, 4_000_000, 20_000)
    folder.mkdir(parents=True, exist_ok=True)
    state = State(params, keys, Journal(folder))
    workers = Workers(release.folder, params.queue)
    state.serving = Serving(release, workers)
    server = uvicorn.Server(
        uvicorn.Config(make_app(state, pages=pages_router(state)), host="127.0.0.1", port=0, log_level="warning")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive(), "the server ended"
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    shop = Shop(f"http://127.0.0.1:{port}", state, release)
    try:
        yield shop
    finally:
        shop.client.close()
        server.should_exit = True
        thread.join(30)
        closing = threading.Thread(target=lambda: asyncio.run(workers.close()))  # this thread may run a loop
        closing.start()
        closing.join()


def replace_values(values: pd.DataFrame, folder: Path) -> None:
    """Replace the customer values in the folder of a release by these rows."""
    shutil.rmtree(folder / paths.CUSTOMER_VALUES)
    storage.write_table(values, folder / paths.CUSTOMER_VALUES / paths.part(0))


def strange(release: Release, folder: Path) -> Release:
    """A copy of a release in which the best customers have strange ids, and one lacks every number that may be missing.

    The customers with these ids have neither orders nor a place in the campaign.
    """
    shutil.copytree(release.folder, folder)
    values = pd.read_parquet(folder / paths.CUSTOMER_VALUES).sort_values("predicted_clv", ascending=False)
    ids = values["customer_id"].to_numpy(dtype=object).copy()
    ids[: len(STRANGE)] = STRANGE
    values["customer_id"] = pd.array(ids, dtype="str")
    unknown = [
        "lower_90",
        "upper_90",
        "lower_95",
        "upper_95",
        "lower_99",
        "upper_99",
        "days_to_next_order",
        "eco_share",
    ]
    values.loc[values.index[0], unknown] = np.nan
    values.loc[values.index[1], "not_known"] = "predicted_clv p_alive residual_value"
    replace_values(values.sort_values("customer_id"), folder)
    return Release.load(folder)


def bare(release: Release, folder: Path) -> Release:
    """A copy of a release without judgement, reasons, campaign plan and moves between segments."""
    shutil.copytree(release.folder, folder)
    values = pd.read_parquet(folder / paths.CUSTOMER_VALUES)
    bounds = [name for name in values if name.startswith(("lower_", "upper_"))]
    values = values.assign(**dict.fromkeys(bounds, np.nan), tier=UNKNOWN, elite=False, confidence="low")
    values["not_known"] = "predicted_clv p_alive p_purchase churn_risk expected_orders residual_value"
    replace_values(values, folder)
    summary = storage.read_json(folder / paths.SUMMARY)
    gap = {"name": "returns", "says": "who comes back, as nobody has yet"}
    storage.write_json(summary | {"not_known": [gap]}, folder / paths.SUMMARY)
    for path in (paths.REASONS, paths.CAMPAIGN_PLAN):
        pd.read_parquet(folder / path).head(0).to_parquet(folder / path, index=False)
    for path in (paths.GAIN_CURVE, paths.DECILES, paths.METRICS_CSV, paths.WINS, paths.CEILING):
        (folder / path).write_text(",".join(artifacts.NOTHING_JUDGED) + "\n", encoding="utf-8")
    moves = folder / paths.MIGRATION
    moves.write_text(moves.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    checks = storage.read_json(folder / paths.VERDICT)
    unjudged = [check | {"status": "not judged", "value": None, "message": "there is no backtest"} for check in checks]
    storage.write_json(unjudged, folder / paths.VERDICT)
    budget = storage.read_json(folder / paths.BUDGET_JSON)
    unknown = dict.fromkeys(("expected_margin", "lower_95", "upper_95"))
    storage.write_json(budget | unknown, folder / paths.BUDGET_JSON)
    return Release.load(folder)


class Checked(HTMLParser):
    """A page in which every element is closed where it must be, and every id occurs once."""

    def __init__(self, page: str):
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == [], f"not closed: {self.open}"
        ids = Counter(attributes["id"] for _, attributes in self.tags if "id" in attributes)
        assert [name for name, times in ids.items() if times > 1] == []
        for tag, attributes in self.tags:
            for name in ("for", "aria-describedby"):
                assert attributes.get(name, next(iter(ids), "")) in ids or not ids, f"{tag} {name}: {attributes[name]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag}: {names}"
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID, f"<{tag}/> is no element that may be empty"
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element with this tag."""
        return [attributes for name, attributes in self.tags if name == tag]


def checked(answer: httpx.Response, status: int = 200) -> Checked:
    """The page of an answer with this status. It must be well formed, have no script, and link only to this service."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = Checked(answer.text)
    assert page.all("script") == page.all("style") == []
    assert [
        name for _, attributes in page.tags for name in attributes if name == "style" or name.startswith("on")
    ] == []
    led = [attributes.get(name, "/") for _, attributes in page.tags for name in ("href", "src", "action")]
    assert [url for url in led if not url.startswith(("/", "#", "data:,")) or url.startswith("//")] == []
    return page
