"""How a CSV is written is found from its beginning."""

import pytest

from clv.data.detect import find_encoding, find_separator, first_rows
from clv.errors import InputError

WANTED = ["customer_id", "order_ts", "amount"]


def separator(text: str, complete: bool = True) -> str:
    return find_separator("shop.csv", text, complete, WANTED)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_every_separator_is_found(mark: str) -> None:
    rows = ["customer_id,order_ts,amount", "a,2024-01-31,5.60", 'b,2024-02-01,"1"']
    assert separator("\n".join(rows).replace(",", mark) + "\n") == mark


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customer_id;order_ts;amount\na;2024-01-31;5,60\nb;2024-01-31;1,00\n", ";"),  # decimal commas
        ("customer_id;order_ts;amount, net\na;2024-01-31;5,60\n", ";"),  # both fit: more of the wanted names
        ("customer_id,order_ts,amount\na,2024-01-31,5\nb,2024-01-31,1,60\n", ","),  # none fits: the header decides
        ('customer_id,order_ts,amount\n"a;b;c",2024-01-31,5\n"a\nb",2024-01-31,5\n', ","),  # not in quotes
        ('customer_id,note,amount\na,"un"closed;,5\n', ","),
        ("\n\ncustomer_id|amount\n\na|1\n", "|"),
        ("customer_id\na\n", ","),
        ("", ","),
    ],
)
def test_a_separator_fits_all_rows(text: str, expected: str) -> None:
    assert separator(text) == expected


def test_a_row_that_the_sample_cuts_does_not_count() -> None:
    text = "customer_id;order_ts;amount\na;2024-01-31;5,60\nb;20"
    assert separator(text, complete=False) == ";"
    assert len(first_rows(text, ";", complete=False)) == 2
    assert first_rows("customer_id;ord", ";", complete=False) == [["customer_id", "ord"]]


def test_one_column_is_said_with_what_was_tried() -> None:
    with pytest.raises(InputError) as caught:
        separator('"customer_id,order_ts,amount"\n"a,2024-01-31,5"\n')
    assert str(caught.value) == (
        "shop.csv: its header is a single column, 'customer_id,order_ts,amount', as none of comma, semicolon, tab and "
        "| separates columns there; save it with one of these, and without quotes around whole lines"
    )


@pytest.mark.parametrize(
    ("sample", "given", "expected"),
    [
        ("Größe\n1".encode(), "auto", "utf-8"),
        ("Größe\n1".encode("utf-8-sig"), "auto", "utf-8"),
        ("Größe\n1".encode("utf-16"), "auto", "utf-16"),
        ("Größe\n1".encode("utf-16-be").join([b"\xfe\xff", b""]), "auto", "utf-16"),
        ("Größe\n1".encode("cp1252"), "auto", "cp1252"),
        ("size\nä".encode("cp1252"), "auto", "utf-8"),  # the encoding of the rows is checked when they are read
        (b"", "auto", "utf-8"),
        (b"a", "Latin1", "iso8859-1"),
        (b"a", "UTF-8-SIG", "utf-8"),
    ],
)
def test_encodings(sample: bytes, given: str, expected: str) -> None:
    assert find_encoding(sample, given) == expected


@pytest.mark.parametrize("given", ["klingon", "rot13", "undefined", "", "a\0b"])
def test_an_encoding_must_exist(given: str) -> None:
    with pytest.raises(InputError, match="must be auto or an encoding that Python knows, such as") as e:
        find_encoding(b"a", given)
    assert "\n" not in str(e.value)
