"""The page of customers: filter, sort, turn pages, find one by id, download the list as CSV."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi.responses import Response, StreamingResponse

from clv import paths
from clv.serving.cursor import Cursor
from clv.serving.pages.addresses import address
from clv.serving.pages.choices import FIELDS, Choice, choice_of, in_words, options, sorts
from clv.serving.pages.customer_columns import file_columns, listed_columns
from clv.serving.pages.look import HEADERS, PageFrame, show
from clv.serving.pages.spreadsheet import as_csv
from clv.serving.refused import RefusedError, ReleaseChangedError
from clv.serving.release import Release
from clv.serving.selection import Selection

HOME = "/"
EXPORT = "/customers.csv"
PER_PAGE = 50
PER_READ = 1000  # rows of an export per read
RENEWED = "A new release was adopted while you turned pages: the list begins again, with its numbers."


@dataclass(frozen=True)
class Listed:
    """One page of a selection: its rows, the total, the number of rows before it, and cursors of adjacent pages."""

    rows: list[dict[str, Any]]
    total: int
    before: int = 0
    previous: str | None = None
    next: str | None = None

    @classmethod
    def of(cls, release: Release, chosen: Selection, cursor: str | None) -> "Listed":
        """The page from a cursor on; raises `RefusedError` if the cursor or the selection is invalid."""
        rows, total, after = release.customers.page(chosen, cursor, PER_PAGE)
        at = Cursor.read(cursor, release.id, chosen).position if cursor else 0
        previous = Cursor(release.id, max(at - PER_PAGE, 0)).text(chosen) if at else None
        return cls(rows, total, at, previous, after)


def customer_list(release: Release, setting: PageFrame, query: Mapping[str, str]) -> Response:
    """The page for the selection in the query parameters; with status 422 if one of them is invalid."""
    choice = choice_of(query)
    if choice.selection is None:
        return _shown(release, setting, choice, Listed([], 0), status=422)
    try:
        return _shown(release, setting, choice, Listed.of(release, choice.selection, query.get("cursor") or None))
    except ReleaseChangedError:
        return _shown(release, setting, choice, Listed.of(release, choice.selection, None), said=RENEWED)
    except RefusedError as error:
        wrong = replace(choice, errors={error.field or "sort": str(error)})
        return _shown(release, setting, wrong, Listed([], 0), status=422)


def nobody(release: Release, setting: PageFrame, asked: str) -> Response:
    """The list of all customers, with an error for a requested id that nobody has."""
    choice = choice_of({})
    error = f"No customer has this id in release {release.id}. Ids are compared letter by letter, with their case."
    if not asked.strip():
        error = "Give the id of a customer."
    listed = Listed.of(release, Selection(), None)
    return _shown(release, setting, choice, listed, status=404, asked=asked, not_found=error)


def export(release: Release, setting: PageFrame, query: Mapping[str, str]) -> Response:
    """Every customer of a selection as CSV with all columns, in its order; the page with errors if it is invalid."""
    choice = choice_of(query)
    if choice.selection is None:
        return customer_list(release, setting, query)
    try:
        first = release.customers.page(choice.selection, None, PER_READ)
    except RefusedError:
        return customer_list(release, setting, query)
    rows = _all_rows(release, choice.selection, first)
    exact, comma = (query.get(name) == "yes" for name in ("exact", "comma"))
    lines = as_csv(rows, release.customers.columns, exact=exact, comma=comma)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{_file_name(release, choice)}"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def _all_rows(release: Release, chosen: Selection, first: tuple[Any, int, str | None]) -> Iterator[dict[str, Any]]:
    rows, _, after = first
    yield from rows
    while after is not None:
        rows, _, after = release.customers.page(chosen, after, PER_READ)
        yield from rows


def _file_name(release: Release, choice: Choice) -> str:
    """The name of the exported file: selection, date and release."""
    parts = [choice.typed[name] for name in FIELDS[:-1] if name not in ("top_pct", "elite")]
    if choice.typed["top_pct"]:
        parts.insert(0, f"best {choice.typed['top_pct'].removesuffix('%')} percent")
    if choice.typed["elite"]:
        parts.append("elite" if choice.selection and choice.selection.elite else "not elite")
    words = "-".join(filter(None, parts)) or "all"
    safe = "".join(c if c.isascii() and (c.isalnum() or c in ".-") else "-" for c in words.lower())
    return f"customers-{safe}-{release.as_of}-{release.id}.csv"


def _shown(
    release: Release,
    setting: PageFrame,
    choice: Choice,
    listed: Listed,
    said: str = "",
    status: int = 200,
    asked: str = "",
    not_found: str = "",
) -> Response:
    customers, names = release.customers, release.json(paths.PROFILES_JSON)["clusters"]["names"]
    clusters = [(n, f"{n}: {names[n]}" if n in names else n) for n, _ in options(customers, "cluster", "all")[1:]]
    return show(
        "customer_list.html.j2",
        setting,
        "Customers",
        HOME,
        status,
        choice=choice,
        words=in_words(choice),
        tiers=options(customers, "tier", "all tiers"),
        segments=options(customers, "segment", "all segments"),
        clusters=[("", "all clusters"), *clusters],
        sorts=sorts(),
        listed=listed,
        columns=listed_columns(listed.rows, release.currency),
        export=address(EXPORT, choice.typed),
        export_exact=address(EXPORT, {**choice.typed, "exact": "yes"}),
        export_comma=address(EXPORT, {**choice.typed, "comma": "yes"}),
        file_columns=file_columns(customers.columns),
        said=said,
        asked=asked,
        not_found=not_found,
        everyone=len(customers),
    )
