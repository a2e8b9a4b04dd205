"""The decimal mark is found from all numbers; where they can be read in two ways, an error asks the user."""

import pyarrow as pa
import pytest

from clv.data.number_formats import find_numbers
from clv.data.source import TableSource
from clv.errors import InputError

SOURCE = TableSource("shop.csv", 3, {"amount": "Betrag", "unit_price": "Preis"})


def batches(*columns: list[str | None]) -> list[pa.RecordBatch]:
    """Batches of one row each, with the amounts, and with unit prices where there is a second list."""
    names = ["amount", "unit_price"][: len(columns)]
    return [
        pa.record_batch([pa.array([value], pa.string()) for value in row], names=names)
        for row in zip(*columns, strict=True)
    ]


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        (["5", "1.50", None], "."),
        (["1.234", "2.34"], "."),
        (["5", None, ""], "."),
        (["5", "1,50"], ","),
        (["1,234", "-0,5"], ","),
        (["0,125"], ","),  # a number with a thousands mark does not begin with 0
        (["1234,567"], ","),
        (["5.00", "1,234.50"], "."),  # a number with a decimal point alone
        (["1,5", "1.234,50"], ","),
        (["1,234,567"], "."),
        (["1.5 EUR, net", "2,5"], ","),
        ([], "."),
    ],
)
def test_decimal_marks(amounts: list[str | None], expected: str) -> None:
    assert find_numbers(SOURCE, batches(amounts))[0] == expected


def test_decimal_marks_that_cannot_be_told_are_asked() -> None:
    with pytest.raises(InputError) as caught:
        find_numbers(SOURCE, batches(["5", "1,234", "12,500"]))
    assert str(caught.value) == (
        "shop.csv, column 'Betrag': the comma of '1,234' may be a decimal mark or a thousands separator; "
        "set generate.files.decimal to the mark that is meant"
    )
    with pytest.raises(InputError, match=r"the point of '1\.234' may be a decimal mark or a thousands separator"):
        find_numbers(SOURCE, batches(["1.234", "950", "12.345"]))
    meant = "set generate.files.decimal to the mark that is meant"
    for price, remedy in (("2,5", "write all numbers of the file with one decimal mark"), ("2,500", meant)):
        with pytest.raises(InputError) as caught:
            find_numbers(SOURCE, batches(["1.50", "2"], ["3", price]))
        assert str(caught.value) == (
            f"shop.csv: column 'Betrag' has numbers like '1.50', column 'Preis' numbers like '{price}'; {remedy}"
        )
    assert find_numbers(SOURCE, batches(["1.50", "2"], ["3", "2,500"]), ".") == (".", {"unit_price": ""})


@pytest.mark.parametrize(
    ("amounts", "decimal", "formatted"),
    [
        (["$1,234.50", "$5"], ".", {"amount": "$"}),
        (["$1,234.50", "5 USD"], ".", {"amount": "USD"}),
        (["26,46 €", "5"], ",", {"amount": "EUR"}),
        (["1,234.50", "2,500"], ".", {"amount": ""}),  # the first shows what the comma of the second means
        (["1 234,50"], ",", {"amount": ""}),
        (["(5.00)", "4.00"], ".", {"amount": ""}),
        (["5.00", "12%"], ".", {}),  # 12% is no number with either mark
        (["1.5", "2"], ".", {}),
    ],
)
def test_formatted_columns_are_named(amounts: list[str], decimal: str, formatted: dict[str, str]) -> None:
    assert find_numbers(SOURCE, batches(amounts)) == (decimal, formatted)


def test_two_currencies_of_a_table_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        find_numbers(SOURCE, batches(["$5.00", "$7"], ["€4.00", "€6"]))
    assert str(caught.value) == (
        "shop.csv: column 'Betrag' has amounts like '$5.00', column 'Preis' amounts like '€4.00'; sums of two "
        "currencies would be wrong; convert all amounts of the file to one currency, or split it by currency"
    )
