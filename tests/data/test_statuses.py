"""What the states of orders mean, by platform, and how they are compared."""

from dataclasses import replace

import pytest

from clv.data.statuses import KNOWN, PLATFORMS, USUAL, Platform, Statuses, normal
from clv.params import Params

# For each platform, a state that counts and one that does not, in the spelling of its export.
SPELLED = {
    "Shopify": ("partially_refunded", "voided"),
    "WooCommerce": ("wc-processing", "wc-on-hold"),
    "Olist": ("delivered", "unavailable"),
    "Stripe": ("Paid", "requires_payment_method"),
    "BigCommerce": ("Awaiting Fulfillment", "Awaiting Payment"),
    "Magento": ("complete", "closed"),
    "Square": ("COMPLETED", "CANCELED"),
    "Amazon": ("Shipped - Delivered to Buyer", "Shipped - Returned to Seller"),
    "others": ("done", "declined"),
}


def test_states_are_compared_by_their_letters() -> None:
    for spelled in ("On-Hold", "on hold", " ON_HOLD ", "wc-on-hold", "onhold"):
        assert normal(spelled) == "onhold"
        assert USUAL.meaning(spelled) == "never came about"


@pytest.mark.parametrize("name", sorted({platform.name for platform in PLATFORMS}))
def test_every_platform_has_states_that_count_and_others(name: str) -> None:
    counts, other = SPELLED[name]
    assert USUAL.meaning(counts) == "sale"
    assert USUAL.meaning(other) in ("taken back", "never came about")


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: f"{platform.name}-{platform.column}")
def test_no_two_platforms_disagree(platform: Platform) -> None:
    for meaning, states in (
        ("sale", platform.sale),
        ("taken back", platform.taken_back),
        ("never came about", platform.never),
    ):
        assert {KNOWN[normal(state)] for state in states} <= {meaning}


def test_the_lists_of_the_user_come_first() -> None:
    own = Statuses(sale=("Pending", "bezahlt"), no_sale=("storniert", "approved", "failed"))
    assert [own.meaning(state) for state in ("pending", "Bezahlt")] == ["sale", "sale"]
    assert [own.meaning(state) for state in ("Storniert", "approved")] == ["taken back", "taken back"]
    assert own.meaning("FAILED") == "never came about"
    assert own.meaning("gelb") is None
    assert own.meaning("paid") == "sale"


def test_a_state_in_both_lists_is_refused(project_params: Params) -> None:
    with pytest.raises(ValueError, match="sale_statuses and no_sale_statuses both have 'onhold'"):
        replace(project_params.preprocess, sale_statuses=("on-hold",), no_sale_statuses=("On Hold", "x"))
