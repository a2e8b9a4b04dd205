"""The page that forecasts from given orders, or estimates from figures, with errors beside the fields."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from clv.door.raw_history import OPTIONS
from clv.errors import shown
from clv.reporting.kit.table import Column, facts, write
from clv.serving import tasks
from clv.serving.aggregates import Aggregates
from clv.serving.http_refusals import STATUS
from clv.serving.pages.choices import typed_number
from clv.serving.pages.customer_columns import listed_columns
from clv.serving.pages.look import HEADERS, PageFrame, show
from clv.serving.pages.pasted_format import PastedFormat
from clv.serving.pages.pasted_tables import forecast_text
from clv.serving.pages.spreadsheet import as_csv
from clv.serving.refused import RefusedError
from clv.serving.release import Release
from clv.serving.state import Serving
from clv.serving.working import ask

PREDICT = "/predict"
MOST_SHOWN = 100  # customers in the table on the page; the CSV has all
MOST_KEPT = 500_000  # characters of an upload that the form shows again
FIGURES = {
    "orders": "orders so far",
    "spend": "spent on them in all",
    "days_since_first": "days since the first order",
    "days_since_last": "days since the last order",
}
WHOLE = ("orders", "days_since_first", "days_since_last")


def blank(release: Release, setting: PageFrame) -> Response:
    """The page with an empty form."""
    return _shown(release, setting, {})


async def forecast(serving: Serving, setting: PageFrame, form: FormData, most_rows: int) -> Response:
    """Forecasts from the orders in a form: on the page, or as CSV if the form requests that."""
    release = serving.release
    texts = {table: text for table in OPTIONS if (text := await _text(form, table)).strip()}
    typed = {table: _kept(text) for table, text in texts.items()}
    if "transactions" not in texts:
        return _shown(release, setting, typed, {"transactions": "Paste orders here, or choose a file with them."}, 422)
    lines = sum(text.count(b"\n") for text in texts.values())
    if lines > most_rows:
        too_many = f"{lines:,} lines exceed the {most_rows:,} of one request; give fewer customers at a time"
        return _shown(release, setting, typed, {"transactions": too_many}, 413)
    try:
        found = await ask(serving, forecast_text, texts)
    except RefusedError as error:
        return _refused(release, setting, typed, error, _table_of(str(error)))
    if form.get("as") == "csv":
        name = f"forecasts-{release.as_of}-{release.id}.csv"
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        csv = as_csv(found["customers"], list(found["customers"][0]), exact=False)
        body = await asyncio.to_thread(lambda: "".join(csv))  # may take half a second: other requests go on
        return Response(body, media_type="text/csv; charset=utf-8", headers=headers)
    rows = found["customers"][:MOST_SHOWN]
    return _shown(release, setting, typed, found=found, rows=rows, columns=listed_columns(rows, release.currency))


async def estimate(serving: Serving, setting: PageFrame, form: FormData) -> Response:
    """The estimate from the figures in a form."""
    release, typed = serving.release, {name: str(form.get(name, "")).strip() for name in FIGURES}
    figures, errors = _figures(typed)
    if errors:
        return _shown(release, setting, typed, errors, 422)
    try:
        found = await ask(serving, tasks.estimate, Aggregates(**figures))
    except RefusedError as error:
        return _refused(release, setting, typed, error, error.field or "orders", _in_form_words(str(error)))
    return _shown(release, setting, typed, estimated=found, figures=facts(_told(found, release)).html)


def _in_form_words(message: str) -> str:
    """Replace field names in a message by their labels in the form; a name of one word reads the same."""
    for name, label in FIGURES.items():
        message = message.replace(name, label) if "_" in name else message
    return message


def _refused(
    release: Release, setting: PageFrame, typed: Mapping[str, str], error: RefusedError, field: str, said: str = ""
) -> Response:
    """The page with the error beside its field; above the form if the service is the cause."""
    status = STATUS[error.code]
    if status >= 500:
        return _shown(release, setting, typed, {"service": f"{error}. What you gave is still here."}, status)
    return _shown(release, setting, typed, {field: said or str(error)}, status)


def _figures(typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Numbers by field, and errors for values that are not valid numbers."""
    figures: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, text in typed.items():
        try:
            number = typed_number(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or (name in WHOLE and number != int(number)):
            kind = "a whole number" if name in WHOLE else "an amount of money"
            errors[name] = f"Give {kind}{f', not {shown(text)}' if text else ''}."
        else:
            figures[name] = int(number) if name in WHOLE else number
    return figures, errors


def _told(found: Mapping[str, Any], release: Release) -> Sequence[tuple[str, str]]:
    """An estimate in a few numbers."""
    money, known = release.currency, found["estimated_lower_95"] is not None
    interval = f"{write(found['estimated_lower_95'], 'money')} to {write(found['estimated_upper_95'], 'money')}"
    return [
        (f"estimate of {release.horizon_days} days, {money}", write(found["estimated_clv"], "money")),
        (f"95% interval, {money}", interval if known else "not known"),
        ("still an active customer", write(found["estimated_p_alive"], "share")),
        (f"will buy within {release.horizon_days} days", write(found["estimated_p_purchase"], "share")),
        ("orders expected", write(found["estimated_orders"], "mean")),
    ]


def _table_of(message: str) -> str:
    """The form field of the table that a message begins with."""
    return next((table for table, name in OPTIONS.items() if message.startswith(name)), "transactions")


async def _text(form: FormData, table: str) -> bytes:
    """The uploaded content for a table, or else the pasted text."""
    upload = form.get(f"{table}_file")
    if isinstance(upload, UploadFile):
        content = await upload.read()
        if content:
            return content
    pasted = form.get(table)
    return pasted.encode() if isinstance(pasted, str) else b""


def _kept(text: bytes) -> str:
    """A table as the form shows it again; "" if it is too long or not text."""
    try:
        return text.decode("utf-8-sig") if len(text) <= MOST_KEPT else ""
    except UnicodeDecodeError:
        return ""


def _shown(
    release: Release,
    setting: PageFrame,
    typed: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    found: Mapping[str, Any] | None = None,
    rows: Sequence[Mapping[str, Any]] = (),
    columns: Sequence[Column] = (),
    estimated: Mapping[str, Any] | None = None,
    figures: str = "",
) -> Response:
    return show(
        "predict_page.html.j2",
        setting,
        "Predict",
        PREDICT,
        status,
        typed=typed,
        errors=errors or {},
        written=PastedFormat(release.recorded["generate"]["files"]),
        labels=FIGURES,
        found=found,
        rows=rows,
        columns=columns,
        known_ids={row["customer_id"] for row in rows if release.customers.get(row["customer_id"]) is not None},
        estimated=estimated,
        figures=figures,
    )
