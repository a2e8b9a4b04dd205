"""A page names only a few customers of a small shop."""

import pandas as pd
import pytest

from clv.errors import InputError
from clv.marketing.description.shown_customers import candidates, chosen, most_named, shown
from clv.reporting.customers import forecasts, moved
from clv.reporting.kit.table import ELSEWHERE
from clv.reporting.models import what_drives


@pytest.mark.parametrize(
    ("customers", "asked", "named"),
    [
        (20_000, 500, 500),
        (20_000, 5000, 1000),
        (900, 500, 45),
        (900, 25, 25),
        (100, 5, 5),
        (20, 5, 1),
        (19, 5, 0),
    ],
)
def test_lists_name_one_customer_in_twenty_at_most(customers: int, asked: int, named: int) -> None:
    assert most_named(customers, asked, 20) == named


def test_a_shop_of_a_few_names_nobody() -> None:
    values = pd.DataFrame({"customer_id": ["a", "b"], "predicted_clv": [1.0, 2.0]})
    assert forecasts.highest(values.head(0), 2, 25, "EUR") == forecasts.NOBODY_NAMED
    assert moved.top_fallen(values.head(0), 2, "EUR") == ELSEWHERE
    assert what_drives.reasons(values, 0) == ELSEWHERE


@pytest.mark.parametrize("n_blocks", [1, 2, 5])
def test_those_shown_are_the_highest_of_all_blocks_and_the_one_asked_for(n_blocks: int) -> None:
    values = pd.DataFrame({"customer_id": list("abcdefgh"), "predicted_clv": [1.0, 9, 3, 7, 3, 3, 0, 8]})
    blocks = [values.iloc[i::n_blocks] for i in range(n_blocks)]
    found = pd.concat([candidates(block, 4, 3.0, ["a", "g"]) for block in blocks])
    assert shown(found, 4, "g", ["a"])["customer_id"].to_list() == ["b", "h", "d", "c", "a", "g"]
    assert chosen(shown(found, 4, "g", []), "g")["predicted_clv"] == 0
    assert chosen(shown(found, 4, None, []), None)["customer_id"] == "b"
    with pytest.raises(InputError, match=r"report\.customer must be .*, got 'nobody'; give one of these, such as b"):
        shown(found, 4, "nobody", [])
    with pytest.raises(InputError, match=r"customers\.parquet has no customer 'f'"):
        chosen(shown(found, 4, "g", []), "f")
