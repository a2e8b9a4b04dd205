"""Metrics for Prometheus: requests by route template, their duration, and what is served."""

from datetime import date
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clv.serving.model_answers import ages, verdict
from clv.serving.release import Release

METHODS = ("GET", "POST", "HEAD", "OPTIONS")  # others, which clients make up, count as one
ELSEWHERE = "elsewhere"  # the route of an unknown address
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
PASSES = {"pass": 1.0, "fail": 0.0}


class Counters:
    """The counters of one service, in their own registry."""

    def __init__(self) -> None:
        self.registry = own = CollectorRegistry()
        self._requests = Counter("clv_requests", "Requests answered.", ("method", "route", "status"), registry=own)
        self._seconds = Histogram("clv_request_seconds", "Time to answer.", ("route",), buckets=SECONDS, registry=own)
        self._waiting = Gauge("clv_forecasts_waiting", "Forecasts that run or wait.", registry=own)
        self._age = Gauge("clv_age_days", "Days since the date of the data, and of the model.", ("of",), registry=own)
        self._passes = Gauge("clv_verdict_passes", "1 pass, 0 fail, NaN not judged.", registry=own)
        self._release = Gauge("clv_release_info", "What is served.", ("release", "as_of"), registry=own)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a finished request."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, release: Release | None, waiting: int, today: date) -> bytes:
        """All metrics in the text format of Prometheus; without a release only requests and waiting forecasts."""
        self._waiting.set(waiting)
        self._release.clear()
        if release is not None:
            for name, days in ages(release, today).items():
                self._age.labels(name).set(days)
            self._passes.set(PASSES.get(verdict(release)["status"], float("nan")))
            self._release.labels(release.id, release.as_of.isoformat()).set(1)
        return generate_latest(self.registry)


class CountedRequests:
    """Middleware that counts the requests."""

    def __init__(self, app: ASGIApp, counters: Counters):
        self._app, self._counters = app, counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, start = 500, perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", ELSEWHERE)
            self._counters.count(scope["method"], route, status, perf_counter() - start)
