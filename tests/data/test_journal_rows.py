"""The journal as a source: its orders join the transactions, each once, however the shop writes its own."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clv import paths, storage
from clv.data.journal_rows import COLUMNS, with_events
from clv.data.lines import Cleaning
from clv.data.source import Source
from clv.data.typed_rows import typed
from clv.errors import InputError
from tests import own_files

HOW = Cleaning("Europe/Berlin")
OWN = {"customer_id": "c1", "order_ts": "2024-03-05T10:00:00", "amount": 20.0, "order_id": "1", "product_id": "p"}
BACK = OWN | {"order_ts": "2024-03-09", "amount": -20.0}
NAMELESS = {name: OWN[name] for name in ("customer_id", "order_ts", "amount")}


def as_events(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows as a journal holds them, with event ids e0, e1, ..."""
    numbered = [{"event_id": f"e{i}", "received_ts": "2024-06-01"} | row for i, row in enumerate(rows)]
    text = [{name: str(value) for name, value in row.items()} for row in numbered]
    return pd.DataFrame(text, columns=COLUMNS, dtype="str")


def news(own: list[dict[str, Any]], *events: dict[str, Any]) -> list[str]:
    rows = typed("transactions", pd.DataFrame(own), HOW)
    joined, ids = with_events(rows, as_events(*events), HOW)
    pd.testing.assert_frame_equal(joined.iloc[: len(rows)][rows.columns.tolist()], rows, check_dtype=False)
    return [str(id) for id in ids[len(rows) :]]


@pytest.mark.parametrize(
    ("own", "event", "is_news"),
    [
        (OWN, OWN, False),
        (OWN, OWN | {"amount": 19.0, "order_ts": "2024-03-06", "product_id": "q"}, False),  # the order counts once
        (OWN, OWN | {"order_id": "2"}, True),
        (OWN, OWN | {"customer_id": "c2"}, True),
        (OWN, BACK, True),
        (BACK, BACK | {"order_ts": "2024-03-09T18:00:00"}, False),
        (BACK, BACK | {"order_ts": "2024-03-10"}, True),  # the rest of the order came back a day later
        (BACK, OWN, True),
        (BACK, BACK | {"amount": 20.0, "is_return": "true"}, False),
        (OWN, NAMELESS, False),
        (NAMELESS, OWN, False),
        (NAMELESS, OWN | {"order_ts": "2024-03-05T23:30:00+01:00"}, False),
        (NAMELESS, OWN | {"order_ts": "2024-03-05T23:30:00Z"}, True),  # the next day, by the shop's clock
        (NAMELESS, OWN | {"amount": 20.01}, True),
        (NAMELESS, NAMELESS | {"amount": -20.0}, True),
        (OWN | {"order_id": "0"}, OWN | {"order_id": "0", "order_ts": "2024-03-06"}, True),  # "0" names no order
        (OWN | {"order_id": "0"}, OWN | {"order_id": "none", "order_ts": "2024-03-05"}, False),
    ],
)
def test_an_order_counts_once(own: dict[str, Any], event: dict[str, Any], is_news: bool) -> None:
    assert news([own], event) == (["e0"] if is_news else [])


def test_an_order_counts_once_whichever_side_has_its_lines() -> None:
    lines, whole = [OWN, OWN | {"amount": 30.0, "product_id": "q"}], NAMELESS | {"amount": 50.0}
    assert news(lines, whole) == []
    assert news([whole], *lines) == []
    assert news([whole], lines[0]) == ["e0"]
    assert news(lines, whole | {"amount": 50.01}) == ["e0"]
    assert news(lines, whole | {"order_ts": "2024-03-06"}) == ["e0"]
    back = [line | {"amount": -line["amount"]} for line in lines]
    assert news([*lines, *back], whole, whole | {"amount": -50.0}, whole | {"amount": 100.0}) == ["e2"]


def test_events_stand_by_time_and_repeats_are_left_to_the_cleaning() -> None:
    late, early = OWN | {"order_id": "8", "order_ts": "2024-05-01"}, OWN | {"order_id": "9", "order_ts": "2024-04-01"}
    assert news([OWN], late, early, OWN, early) == ["e1", "e3", "e0"]


def test_columns_that_the_shop_has_not_are_left_out_but_for_what_is_no_sale() -> None:
    rows = typed("transactions", pd.DataFrame([NAMELESS]), HOW)
    event = OWN | {"order_id": "2", "amount": 5.0, "category": "toys"}
    assert list(with_events(rows, as_events(event), HOW)[0]) == list(NAMELESS)
    marked = with_events(rows, as_events(event | {"status": "cancelled"}), HOW)[0]
    assert list(marked) == [*NAMELESS, "status"]


def german(folder: Path, rows: list[dict[str, Any]]) -> str:
    """A file with German dates and decimal commas; it has quantity and unit price instead of amounts."""
    frame = pd.DataFrame(rows)
    frame["order_ts"] = pd.to_datetime(frame["order_ts"]).dt.strftime("%d.%m.%Y %H:%M")
    frame["unit_price"] = frame.pop("amount").map("{:.2f} €".format).str.replace(".", ",")
    frame.assign(quantity=1).to_csv(folder / "shop.csv", sep=";", index=False)
    return str(folder / "shop.csv")


def orders(*, first: int, last: int) -> list[dict[str, Any]]:
    """One order per day, by seven customers in turn."""
    day = pd.Timestamp("2023-12-31 10:30")
    return [
        OWN
        | {
            "customer_id": f"c{n % 7}",
            "order_ts": f"{day + pd.Timedelta(days=n):%Y-%m-%dT%H:%M:%S}",
            "order_id": f"o{n}",
        }
        for n in range(first, last + 1)
    ]


def test_a_run_with_the_journal_is_that_of_a_shop_which_has_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = tmp_path / "events.csv"
    as_events(*[row | {"quantity": 1, "unit_price": row["amount"]} for row in orders(first=50, last=79)]).to_csv(
        journal, index=False
    )
    with journal.open("a") as file:
        file.write("e99,2024-06-01,c1,2024-0")  # half a line
    clean = []
    for name, last, events in (("with", 59, str(journal)), ("whole", 79, None)):
        folder = tmp_path / name
        folder.mkdir()
        settings = {"generate.files.transactions": german(folder, orders(first=1, last=last))}
        if events:
            settings["generate.files.events"] = events
        own_files.run(folder, monkeypatch, settings)
        clean.append(storage.read_table(paths.clean("transactions")))
        assert storage.read_as(paths.SOURCE, Source.from_dict).tables["transactions"].rows == 79
    pd.testing.assert_frame_equal(*clean)
    said = capsys.readouterr().out
    assert "20 of 30 lines of events.csv were added to the transactions, which already had the others" in said


def test_what_is_no_journal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = german(tmp_path, orders(first=1, last=59))
    with pytest.raises(InputError, match=r"shop\.csv: a journal of events has the columns event_id, received_ts"):
        own_files.run(tmp_path, monkeypatch, {"generate.files.transactions": shop, "generate.files.events": shop})
