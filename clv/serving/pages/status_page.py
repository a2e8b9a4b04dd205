"""The page of the service itself: what it serves, how far to trust it, and its queue."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from fastapi.responses import Response

from clv.reporting.kit.table import Column, facts, table
from clv.serving.pages.look import PageFrame, show

STATUS_PAGE = "/status"
CHECKS = (Column("status", "result"), Column("name", "check"), Column("message", "what was found"))
VERSIONS = (Column("name", "part"), Column("version", "version"))


def status_page(setting: PageFrame, answer: Mapping[str, Any], not_known: Sequence[str]) -> Response:
    """The response of /v1/status as a page, with what is not known about the shop, in sentences."""
    ages, queue = answer["age_days"], answer["queue"]
    numbers = [
        ("customers", f"{answer['customers']:,d}"),
        ("days since the last day of data", f"{ages['data']:,d}"),
        ("days since the model's date", f"{ages['model']:,d}"),
        ("forecasts that run or wait", f"{queue['waiting']} of at most {queue['most']}"),
    ]
    versions = [{"name": name, "version": version} for name, version in answer["versions"].items()]
    return show(
        "status_page.html.j2",
        setting,
        "Status",
        STATUS_PAGE,
        numbers=facts(numbers).html,
        verdict=answer["verdict"],
        checks=table(pd.DataFrame(answer["verdict"]["checks"]), CHECKS, "The checks of the verdict").html
        if answer["verdict"]["checks"]
        else "",
        not_known=not_known,
        drift=answer["drift"],
        pending=answer["pending"],
        versions=table(pd.DataFrame(versions), VERSIONS, "Versions of what answers").html,
    )
