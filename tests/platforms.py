"""Invented orders in the form in which each platform exports them, with its header and its awkward details.

docs/own_data.md names the source of each header. Columns of an export that no recipe reads are blank here.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

STATES = ("paid", "part", "refunded", "pending", "cancelled")  # part: refunded in part
CENT = 100


@dataclass(frozen=True)
class Line:
    """Some units of a product, at a price in cents each."""

    sku: str
    units: int
    price: int

    @property
    def amount(self) -> int:
        return self.units * self.price


@dataclass(frozen=True)
class Order:
    """One order: `buyer` is a number, 0 for a guest; `at` is UTC; `off` and `back` are discount and refund in cents."""

    number: int
    buyer: int
    at: pd.Timestamp
    lines: tuple[Line, ...]
    state: str
    off: int

    @cached_property
    def total(self) -> int:
        return sum(line.amount for line in self.lines) - self.off

    @property
    def back(self) -> int:
        return {"part": self.total // 3, "refunded": self.total}.get(self.state, 0)

    @property
    def email(self) -> str:
        """The e-mail address, sometimes written with a capital."""
        return f"{'B' if self.number % 7 == 0 else 'b'}uyer{self.buyer:03}@shop.example" if self.buyer else ""


def orders() -> list[Order]:
    """300 orders in two years, at all hours, in every state; about one in ten is a guest's."""
    rng = np.random.default_rng(18)
    made = []
    for number in range(1001, 1301):
        at = pd.Timestamp("2023-01-02 00:10") + pd.Timedelta(minutes=int(rng.integers(0, 700 * 24 * 60)))
        skus = rng.choice(9, size=rng.integers(1, 4), replace=False)
        lines = tuple(Line(f"SKU-{sku}", int(rng.integers(1, 4)), int(rng.integers(900, 30000))) for sku in skus)
        state = str(rng.choice(STATES, p=[0.7, 0.1, 0.08, 0.05, 0.07]))
        # A discount of 40% can exceed the value of the first line, on which exports write it.
        off = sum(line.amount for line in lines) * 4 // 10 if number % 10 == 0 else lines[0].amount // 10 * (number % 3)
        made.append(Order(number, int(rng.integers(0, 40)) if number % 12 else 0, at, lines, state, off))
    return made


def money(cents: int) -> str:
    return f"{cents / CENT:.2f}"


def dollars(cents: int) -> str:
    """An amount as a till writes it: $1,234.50, and -$45.00."""
    return f"{'-' if cents < 0 else ''}${abs(cents) / CENT:,.2f}"


def written(header: str, rows: Iterable[Mapping[str, object]]) -> str:
    """A CSV with all columns of a header; columns that a row lacks are blank."""
    file = io.StringIO()
    writer = csv.DictWriter(file, header.split(","), restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def tabbed(header: str, rows: Iterable[Mapping[str, object]]) -> str:
    """The same as text with tabs, in which a quote is an ordinary character."""
    names = header.split(" ")
    lines = [names, *([str(row.get(name, "")) for name in names] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines)


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Id,Tags,Risk Level,Source,Lineitem discount"
)
SHIPPING = 490


def shopify(blank: bool) -> str:
    """A row per line item. Only the first row of an order has the order's fields; `blank`: also e-mail and date."""
    states = {"paid": "paid", "part": "partially_refunded", "refunded": "refunded", "pending": "pending"}
    rows: list[dict[str, object]] = []
    for order in reversed(orders()):
        created = order.at.tz_localize("UTC").tz_convert("Europe/Berlin").strftime("%Y-%m-%d %H:%M:%S %z")
        whole = {
            "Financial Status": states.get(order.state, "voided"),
            "Paid at": created,
            "Currency": "EUR",
            "Subtotal": money(order.total),
            "Shipping": money(SHIPPING),
            "Taxes": "0.00",
            "Total": money(order.total + SHIPPING),
            "Discount Amount": money(order.off),
            "Notes": 'ring the bell, "twice"\nsecond floor',
            "Refunded Amount": money(order.back + SHIPPING if order.state == "refunded" else order.back),
            "Id": str(5550000000000 + order.number),
        }
        for number, line in enumerate(order.lines):
            repeated = {} if blank and number else {"Email": order.email, "Created at": created}
            item = {
                "Name": f"#{order.number}",
                "Lineitem quantity": line.units,
                "Lineitem name": f'Thing {line.sku}, "size"\nL',
                "Lineitem price": money(line.price),
                "Lineitem sku": line.sku,
            }
            rows.append(item | repeated | ({} if number else whole))
    return written(SHOPIFY, rows)


WOOCOMMERCE = (
    "order_id,order_number,order_date,paid_date,status,shipping_total,shipping_tax_total,fee_total,fee_tax_total,"
    "tax_total,cart_discount,order_discount,discount_total,order_total,order_subtotal,order_currency,payment_method,"
    "payment_method_title,transaction_id,customer_ip_address,customer_user_agent,shipping_method,customer_id,"
    "customer_user,customer_email,billing_first_name,billing_last_name"
)
WOO_STATES = {"paid": "completed", "part": "completed", "refunded": "refunded", "pending": "on-hold"}


def woocommerce() -> str:
    """A row per order, with dates as 9/6/2016 6:29:00; guests have the customer 0."""
    rows = [
        {
            "order_id": order.number,
            "order_number": order.number,
            "order_date": f"{order.at.month}/{order.at.day}/{order.at.year} {order.at.hour}:{order.at:%M:%S}",
            "status": WOO_STATES.get(order.state, "cancelled"),
            "order_total": money(order.total),
            "order_currency": "GBP",
            "customer_id": order.buyer,
            "customer_email": order.email or f"guest{order.number}@mail.example",
            "billing_first_name": "Ann, the\nfirst",
        }
        for order in orders()
    ]
    return written(WOOCOMMERCE, rows)


ANALYTICS = (
    "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,"
    "Attribution"
)


def woocommerce_analytics() -> str:
    """A row per order and per refund. A refund is negative, some days later, with the state of its order."""
    rows = []
    for order in orders():
        row = {
            "Date": f"{order.at:%Y-%m-%d %H:%M:%S}",
            "Order #": order.number,
            "N. Revenue (formatted)": f"£{order.total / CENT:,.2f}",
            "Status": WOO_STATES.get(order.state, "cancelled"),
            "Customer": f"Buyer {order.buyer}" if order.buyer else "",
            "Product(s)": ", ".join(f"{line.units}× {line.sku}" for line in order.lines),
            "Items sold": sum(line.units for line in order.lines),
            "Net Sales": money(order.total),
        }
        rows.append(row)
        if order.back:
            later = {"Date": f"{order.at + pd.Timedelta(days=5):%Y-%m-%d %H:%M:%S}", "Net Sales": money(-order.back)}
            rows.append(row | later)
    return written(ANALYTICS, rows)


STRIPE = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,"
    "Converted Currency,Description,Fee,Is Link,Mode,PaymentIntent ID,Payment Source Type,Refunded date (UTC),"
    "Statement Descriptor,Status,Seller Message,Card Name,Customer ID,Customer Description,Customer Email,"
    "Disputed Amount,Invoice ID"
)


def stripe() -> str:
    """A row per payment, in the buyer's currency and in ours; about one in nine has an e-mail, but no customer."""
    states = {"paid": "Paid", "part": "Paid", "refunded": "Refunded", "pending": "Pending"}
    rows = [
        {
            "id": f"ch_{order.number}",
            "Created date (UTC)": f"{order.at:%Y-%m-%d %H:%M:%S}",
            "Amount": f"{order.total * 35 / CENT:,.2f}",
            "Amount Refunded": f"{order.back * 35 / CENT:,.2f}",
            "Currency": "thb",
            "Converted Amount": f"{order.total / CENT:,.2f}",
            "Converted Amount Refunded": f"{order.back / CENT:,.2f}",
            "Converted Currency": "usd",
            "Description": "Subscription update",
            "Status": states.get(order.state, "Failed"),
            "Seller Message": "Payment complete.",
            "Customer ID": f"cus_{order.buyer:03}" if order.buyer and order.buyer % 9 else "",
            "Customer Email": order.email.lower(),
        }
        for order in orders()
    ]
    return written(STRIPE, rows)


SQUARE = (
    "Date,Time,Time Zone,Gross Sales,Discounts,Service Charges,Net Sales,Gift Card Sales,Tax,Tip,Partial Refunds,"
    "Total Collected,Source,Card,Card Entry Methods,Cash,Square Gift Card,Other Tender,Other Tender Type,"
    "Other Tender Note,Fees,Net Total,Transaction ID,Payment ID,Card Brand,PAN Suffix,Device Name,Staff Name,Staff ID,"
    "Details,Description,Event Type,Location,Dining Option,Customer ID,Customer Name,Customer Reference ID,"
    "Transaction Status"
)


def square() -> str:
    """A row per payment and per refund; half of the payments name no customer."""
    rows = []
    for order in orders():
        if order.state in ("pending", "cancelled"):
            continue  # a till has only completed payments
        row = {
            "Date": f"{order.at:%Y-%m-%d}",
            "Time": f"{order.at:%H:%M:%S}",
            "Time Zone": "Pacific Time (US & Canada)",
            "Gross Sales": dollars(order.total + order.off),
            "Discounts": dollars(-order.off),
            "Net Sales": dollars(order.total),
            "Tax": dollars(order.total // 10),
            "Tip": dollars(150),
            "Partial Refunds": dollars(0),
            "Total Collected": dollars(order.total + order.total // 10 + 150),
            "Transaction ID": f"TX{order.number}",
            "Description": 'Mug x 1, "large"\nPrint x 2',
            "Event Type": "Payment",
            "Customer ID": f"SQ{order.buyer:03}" if order.number % 2 and order.buyer else "",
            "Transaction Status": "Complete",
        }
        rows.append(row)
        if order.back:
            back = {
                "Date": f"{order.at + pd.Timedelta(days=3):%Y-%m-%d}",
                "Gross Sales": dollars(-order.back),
                "Net Sales": dollars(-order.back),
                "Transaction ID": f"RF{order.number}",
                "Event Type": "Refund",
            }
            rows.append(row | back)
    return written(SQUARE, rows)


def olist() -> dict[str, str]:
    """Three files. Two units are two equal rows, and each order has a customer_id of its own."""
    states = {"paid": "delivered", "part": "shipped", "refunded": "canceled", "pending": "created"}
    kept = [order for order in orders() if order.buyer]
    header = (
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,"
        "order_delivered_customer_date,order_estimated_delivery_date"
    )
    placed = [
        {
            "order_id": f"o{order.number}",
            "customer_id": f"c{order.number}",
            "order_status": states.get(order.state, "unavailable"),
            "order_purchase_timestamp": f"{order.at:%Y-%m-%d %H:%M:%S}",
        }
        for order in kept
    ]
    items = [
        {
            "order_id": f"o{order.number}",
            "order_item_id": unit + 1,
            "product_id": line.sku,
            "price": money(line.price),
            "freight_value": "9.90",
        }
        for order in kept
        for line in order.lines
        for unit in range(line.units)
    ]
    people = [{"customer_id": f"c{order.number}", "customer_unique_id": f"u{order.buyer}"} for order in kept]
    return {
        "olist_orders_dataset.csv": written(header, placed),
        "olist_order_items_dataset.csv": written(
            "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value", items
        ),
        "olist_customers_dataset.csv": written(
            "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state", people
        ),
    }


BIGCOMMERCE = (
    "Order ID,Customer ID,Customer Name,Customer Email,Customer Phone,Order Date,Order Status,Subtotal (inc tax),"
    "Subtotal (ex tax),Tax Total,Shipping Cost (inc tax),Shipping Cost (ex tax),Ship Method,Handling Cost (inc tax),"
    "Handling Cost (ex tax),Order Total (inc tax),Order Total (ex tax),Payment Method,Total Quantity,Total Shipped,"
    "Date Shipped,Order Currency Code,Exchange Rate,Order Notes,Customer Message,Product Details,Coupon Details,"
    "Refund Amount"
)


def bigcommerce() -> str:
    """A row per order, with its products in one cell; guests have the customer 0."""
    states = {"paid": "Completed", "part": "Partially Refunded", "refunded": "Refunded", "pending": "Awaiting Payment"}
    rows = [
        {
            "Order ID": order.number,
            "Customer ID": order.buyer,
            "Customer Email": order.email,
            "Order Date": f"{order.at:%d/%m/%Y}",
            "Order Status": states.get(order.state, "Cancelled"),
            "Order Total (inc tax)": f"{order.total / CENT:.4f}",
            "Order Total (ex tax)": f"{order.total / CENT / 1.2:.4f}",
            "Order Currency Code": "USD",
            "Customer Message": "call, please\nafter six",
            "Product Details": "|".join(
                f"Product SKU: {line.sku}, Product Qty: {line.units}, Product Unit Price: {money(line.price)}"
                for line in order.lines
            ),
            "Refund Amount": f"{order.back / CENT:.4f}",
        }
        for order in orders()
    ]
    return written(BIGCOMMERCE, rows)


MAGENTO = (
    "ID,Purchase Point,Purchase Date,Bill-to Name,Ship-to Name,Grand Total (Base),Grand Total (Purchased),Status,"
    "Billing Address,Shipping Address,Shipping Information,Customer Email,Customer Group,Subtotal,"
    "Shipping and Handling,Customer Name,Payment Method,Total Refunded,Allocated sources"
)


def magento(hours: str = "%I") -> str:
    """A row per order; store times in 12 hours, or, as in older versions, in 24 hours but still with AM or PM."""
    states = {"paid": "Complete", "part": "Processing", "refunded": "Closed", "pending": "Pending Payment"}
    rows = [
        {
            "ID": f"{order.number:09}",
            "Purchase Point": "Main Website\n   Main Store\n      Default Store View",
            "Purchase Date": f"{order.at:%b} {order.at.day}, {order.at:{f'%Y {hours}:%M:%S %p'}}",
            "Grand Total (Base)": f"{order.total / CENT:.4f}",
            "Grand Total (Purchased)": f"{order.total / CENT:.4f}",
            "Status": states.get(order.state, "Canceled"),
            "Customer Email": order.email or f"guest{order.number}@mail.example",
            "Total Refunded": f"{order.back / CENT:.4f}" if order.back else "",
        }
        for order in orders()
    ]
    return written(MAGENTO, rows)


SHIPMENTS = (
    "amazon-order-id merchant-order-id shipment-id shipment-item-id amazon-order-item-id merchant-order-item-id "
    "purchase-date payments-date shipment-date reporting-date buyer-email buyer-name buyer-phone-number sku "
    "product-name quantity-shipped currency item-price item-tax shipping-price shipping-tax gift-wrap-price "
    "gift-wrap-tax ship-service-level item-promotion-discount ship-promotion-discount carrier sales-channel"
)
ALL_ORDERS = (
    "amazon-order-id merchant-order-id purchase-date last-updated-date order-status fulfillment-channel sales-channel "
    "order-channel ship-service-level product-name sku asin item-status quantity currency item-price item-tax "
    "shipping-price shipping-tax gift-wrap-price gift-wrap-tax item-promotion-discount ship-promotion-discount "
    "ship-city ship-state ship-postal-code ship-country promotion-ids"
)


def amazon() -> dict[str, str]:
    """A file of shipments with buyers and discounts, with prices for all units, and a file of orders with states."""
    states = {"refunded": "Shipped - Returned to Seller", "pending": "Pending", "cancelled": "Cancelled"}
    shipped, every = [], []
    for order in orders():
        number = f"112-{order.number:07}-{order.number:07}"
        for position, line in enumerate(order.lines):
            row = {
                "amazon-order-id": number,
                "purchase-date": f"{order.at:%Y-%m-%dT%H:%M:%S}+00:00",
                "sku": line.sku,
                "product-name": f'Thing {line.sku} 12" "L"',
                "currency": "USD",
                "item-price": money(line.amount),
                "item-promotion-discount": money(-order.off) if order.off and position == 0 else "",
            }
            alias = f"x{order.buyer:03}k@marketplace.amazon.com" if order.buyer else ""
            shipped.append(row | {"buyer-email": alias, "quantity-shipped": line.units})
            every.append(row | {"order-status": states.get(order.state, "Shipped"), "quantity": line.units})
    return {
        "shipments.txt": tabbed(SHIPMENTS, shipped),
        "all_orders.txt": tabbed(ALL_ORDERS, every),
    }
