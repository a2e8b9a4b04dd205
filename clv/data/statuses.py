"""The meaning of order statuses in the exports of shops: which are sales and which are not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Meaning = Literal["sale", "taken back", "never came about"]


@dataclass(frozen=True)
class Platform:
    """The statuses of one export, and the column that holds them.

    Neither `taken_back` (the whole order was paid, then cancelled, refunded or returned) nor `never` (not paid, or not
    yet) is a sale. They differ for negative lines: a refunded negative line is the refund itself, while one that failed
    or is pending took nothing back.
    """

    name: str
    column: str
    sale: tuple[str, ...]
    taken_back: tuple[str, ...]
    never: tuple[str, ...]


PLATFORMS = (
    Platform(
        "Shopify",
        "Financial Status",
        # The refund of a partially refunded order is in 'Refunded Amount', which is no separate line.
        ("paid", "partially_paid", "partially_refunded"),
        ("refunded",),
        ("pending", "authorized", "voided", "expired"),
    ),
    Platform("Shopify", "Fulfillment Status", ("fulfilled", "partial", "unfulfilled"), ("restocked",), ()),
    Platform(
        "WooCommerce",
        "Order Status",
        ("processing", "completed"),
        ("cancelled", "refunded"),
        ("pending", "pending payment", "on-hold", "failed", "checkout-draft", "draft", "auto-draft", "trash"),
    ),
    Platform(
        "Olist",
        "order_status",
        ("approved", "processing", "invoiced", "shipped", "delivered"),
        ("canceled",),
        ("created", "unavailable"),
    ),
    Platform(
        "Stripe",
        "Status",
        ("succeeded", "paid", "partially_refunded", "partial refund", "disputed"),
        ("refunded", "canceled"),
        (
            *("failed", "pending", "incomplete", "incomplete_expired", "uncaptured", "blocked", "expired"),
            *("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"),
            *("draft", "open", "unpaid", "uncollectible", "void"),
        ),
    ),
    Platform(
        "BigCommerce",
        "Order Status",
        (
            *("Awaiting Fulfillment", "Awaiting Shipment", "Awaiting Pickup", "Partially Shipped", "Shipped"),
            *("Completed", "Partially Refunded", "Disputed"),
        ),
        ("Cancelled", "Refunded"),
        (
            *("Incomplete", "Pending", "Awaiting Payment", "Declined", "Manual Verification Required"),
            "Verification Required",
        ),
    ),
    Platform(
        "Magento",
        "status",
        ("processing", "complete", "paypal_canceled_reversal", "paypay_canceled_reversal"),
        ("closed", "canceled", "paypal_reversed"),  # closed: refunded in full by a credit memo
        (
            *("new", "pending", "pending_payment", "pending_paypal", "payment_review", "holded", "on hold"),
            *("fraud", "suspected fraud", "rejected"),
        ),
    ),
    Platform(
        "Square",
        "Status",
        ("COMPLETED", "CAPTURED"),
        ("CANCELED", "REFUNDED"),
        ("OPEN", "DRAFT", "PENDING", "AUTHORIZED", "FAILED", "VOIDED"),
    ),
    Platform(
        "Amazon",
        "order-status",
        (
            *("Shipped", "Unshipped", "Partially Shipped", "Shipping", "Complete"),
            *("Shipped - Delivered to Buyer", "Shipped - Out for Delivery", "Shipped - Picked Up"),
        ),
        (
            *("Cancelled", "Shipped - Returned to Seller", "Shipped - Returning to Seller"),
            *("Shipped - Rejected by Buyer", "Shipped - Lost in Transit", "Shipped - Damaged"),
        ),
        ("Pending", "Pending - Waiting for Pick Up", "Pending Availability", "Unfulfillable"),
    ),
    Platform(
        "others",
        "status",
        (
            *("success", "successful", "settled", "confirmed", "dispatched", "in transit", "out for delivery"),
            *("fulfilled", "partially fulfilled", "partially returned", "collected", "picked up", "finished", "done"),
        ),
        ("returned", "reversed", "charged back", "chargeback"),
        (
            *("declined", "denied", "rejected", "fraudulent", "error", "unsuccessful", "payment failed", "not paid"),
            *("payment pending", "on hold", "abandoned", "timed out", "unclaimed", "deleted", "quote"),
        ),
    ),
)


def normal(status: str) -> str:
    """A status in the form used for comparison: lower case, without a leading `wc-`, blanks, `-` and `_`."""
    return re.sub(r"[\s_-]+", "", re.sub(r"^\s*wc[-_]", "", status.casefold()))


def _known() -> dict[str, Meaning]:
    """The meanings for all platforms together, by normalised status; statuses shared by platforms mean the same."""
    known: dict[str, Meaning] = {}
    for platform in PLATFORMS:
        known |= {normal(status): "sale" for status in platform.sale}
        known |= {normal(status): "taken back" for status in platform.taken_back}
        known |= {normal(status): "never came about" for status in platform.never}
    return known


KNOWN = _known()


@dataclass(frozen=True)
class Statuses:
    """Which statuses are sales: the user's two lists take precedence over `PLATFORMS`."""

    sale: tuple[str, ...] = ()
    no_sale: tuple[str, ...] = ()

    @cached_property
    def meanings(self) -> Mapping[str, Meaning]:
        """The meaning of each known status, by its normalised form."""
        own: dict[str, Meaning] = {normal(status): "sale" for status in self.sale}
        for status in map(normal, self.no_sale):
            known = KNOWN.get(status, "sale")
            own[status] = "taken back" if known == "sale" else known
        return KNOWN | own

    def meaning(self, status: str) -> Meaning | None:
        """The meaning of a status; None if no list contains it."""
        return self.meanings.get(normal(status))


USUAL = Statuses()  # of the platforms alone
