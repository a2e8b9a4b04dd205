"""Parts of the campaigns report: the plan of the next campaign."""

import json
from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.campaigns.channels import NONE_KNOWN
from clv.reporting.budget.audience_lists import SAID_BY, reasons, share_of
from clv.reporting.kit.chart import BLUE, GREY, ORANGE, Chart, figure, render
from clv.reporting.kit.table import ELSEWHERE, Column, Table, facts, note, nothing, table, write


def headline(plan: dict[str, Any], currency: str) -> Table:
    """The plan in a few numbers, from the metrics of the stage campaign."""
    return facts(
        [
            ("customers to reach", write(plan["treated"], "count")),
            ("holdout, left alone", write(plan["holdout"], "count")),
            (f"margin at stake, {currency}", write(plan["value_at_stake"], "money")),
            (f"expected cost of vouchers, media not included, {currency}", write(plan["offer_cost"], "money")),
        ]
    )


def left_out(plan: dict[str, Any]) -> Table:
    """Which customers are left out of the plan, and which may get e-mail."""
    said = (
        f"These customers are not in the plan: {reasons(plan['left_out'])}."
        if plan["left_out"]
        else "Every customer is in the plan."
    )
    if _channels_known(plan):
        said += (
            f" {SAID_BY[plan['consent_from']]} Only customers who agreed may get e-mail, which is every kind of touch "
            "with mail or newsletter in its name."
        )
    return note(said)


def segments(plan: dict[str, Any], currency: str) -> Table:
    """One row per segment and offer."""
    columns = [Column("rfm_segment", "segment"), Column("offer", "offer"), *_figures(currency)]
    return table(
        pd.DataFrame(plan["segments"], columns=[c.name for c in columns]),
        columns,
        "The plan by segment and offer. Amounts of money are for the customers to reach. Figures of small groups are "
        "not shown, nor are figures from which they could be computed",
    )


def channels(plan: dict[str, Any], currency: str) -> Table:
    """One row per segment and channel."""
    if not _channels_known(plan):
        return nothing("The plan names no channels, because the data do not show how customers were contacted so far.")
    columns = [
        Column("rfm_segment", "segment"),
        Column("channel", "channel"),
        Column("response_rate", "expected response", "share"),
        *_figures(currency),
    ]
    rows = pd.DataFrame(plan["segments_by_channel"], columns=[c.name for c in columns])
    order = rows.groupby("rfm_segment")["value_at_stake"].transform("sum")
    rows = rows.assign(order=order).sort_values(["order", "rfm_segment", "channel"], ascending=[False, True, True])
    return table(
        rows,
        columns,
        "The plan by segment and channel. The expected response is the share of touches to which customers react",
    )


def stakes(plan: dict[str, Any], currency: str) -> Chart | Table:
    """Margin at stake by segment, beside the expected cost of the offers."""
    columns = ["rfm_segment", "value_at_stake", "offer_cost"]
    rows = pd.DataFrame(plan["segments"], columns=columns).groupby("rfm_segment").sum(min_count=1).dropna()
    rows = rows.sort_values(["value_at_stake"], kind="stable").astype("float64")
    if rows.empty:
        return nothing("No segment has enough customers in the plan to show its figures.")
    fig, ax = figure(height=3.4)
    at = np.arange(len(rows))
    ax.barh(at + 0.2, rows["value_at_stake"], height=0.4, color=BLUE, label="margin at stake")
    ax.barh(at - 0.2, rows["offer_cost"], height=0.4, color=ORANGE, label="expected cost of vouchers")
    ax.set_yticks(at, list(rows.index))
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    ax.set_xlabel(currency)
    ax.legend(frameon=False, loc="lower right")
    top = rows.iloc[-1]
    share = top["value_at_stake"] / max(float(plan["value_at_stake"]), 1e-12)
    return render(
        fig,
        "stakes",
        f"{rows.index[-1]} have the most margin at stake: {top['value_at_stake']:,.0f} {currency}, {share:.0%} of all",
        f"Bars of margin at stake and cost of vouchers for {len(rows)} segments; the largest is {rows.index[-1]}",
    )


def hours(plan: dict[str, Any]) -> Chart | Table:
    """How many customers are planned for each hour of the day."""
    if not plan["hours"]:
        return nothing("The plan names no hours, because the dates of orders and reactions have no time of day.")
    shown = [0 if n is None else n for n in plan["hours"].values()]
    if not any(shown):
        return nothing("There are too few customers in the plan to show their hours.")
    fig, ax = figure(height=2.8)
    ax.bar(np.arange(24), shown, color=BLUE, width=0.8)
    few = [hour for hour, n in enumerate(plan["hours"].values()) if n is None]
    ax.plot(few, np.full(len(few), 0.02 * max(shown)), linestyle="none", marker="_", markersize=8, color=GREY)
    ax.set_xticks(range(0, 24, 3), [f"{hour:02d}:00" for hour in range(0, 24, 3)])
    ax.set_ylabel("customers")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    best = int(np.argmax(shown))
    share = share_of(shown[best], sum(shown))
    return render(
        fig,
        "hours",
        f"The most frequent hour begins at {best:02d}:00, with {write(share, 'share')} of the customers. A dash marks "
        "hours with too few customers to show, and hours that would reveal these",
        f"Bars of customers by send hour, 0 to 23; the highest is {best} with {shown[best]:,}",
    )


def judged_hours(plan: dict[str, Any]) -> Table:
    """The basis of the send hours, and whether individual hours did better than one hour for all."""
    source, judged = plan["hours_from"], plan["hours_judged"]
    if not plan["hours"]:
        return ELSEWHERE
    said = (
        f"The hours are estimated from {source['orders']:,} orders, and from reactions that together weigh as much as "
        f"{source['reactions']:,.0f} orders."
    )
    if source["same_hour"]:
        said += (
            f" All touches of the kind {', '.join(source['same_hour'])} were sent at one hour, so reactions to them "
            f"show little about the best hour."
        )
    if judged["orders"]:
        said += (
            f" A test used hours estimated from the data of 90 days ago: of the {judged['orders']:,} orders since "
            f"then, {judged['own']:.1%} were within an hour of the customer's own send hour, and "
            f"{judged['same_for_all']:.1%} within an hour of {judged['hour_for_all']:02d}:00, the most frequent hour "
            "overall. "
        )
        said += (
            "Individual hours did better, so the plan uses them."
            if judged["worth_it"]
            else "Individual hours did no better, so every customer gets the usual hour of their segment."
        )
    return note(said)


def measuring(plan: dict[str, Any]) -> Table:
    """How to measure later what the campaign yielded."""
    left, name = 100 * plan["holdout_share"], json.dumps(plan["name"], ensure_ascii=False)
    shares = f"experiment.shares: {{{name}: {{treated: {100 - left:g}, holdout: {left:g}}}}}"
    alone = "some" if plan["holdout"] is None else f"{plan['holdout']:,}"
    meant = f"set {shares} because the groups are meant to be unequal, " if left > 0 else ""
    return note(
        f"The campaign '{plan['name']}' leaves {alone} customers alone. They are drawn by a hash of the campaign's "
        "name and the customer, which acts like chance. They are on none of the lists in reports/campaigns, which has "
        "one list per channel. When the campaign is over, enter what was really spent in the column cost of "
        "reports/campaigns/assignments.csv, name the channel where that is blank, append the file to your table of "
        f"tests (generate.files.experiments), {meant}add the new orders and run again. The page Budget then shows how "
        "much more the customers who were reached bought than the others, and whether that paid. Customers of the "
        "campaign are left out of the next plan until its window is over. Give the next campaign another name "
        f"(campaign.name); otherwise the same customers are left alone again.{_formulas(plan['formulas'])}"
    )


def _formulas(found: dict[str, int]) -> str:
    """A warning about lists with text that a spreadsheet would run as a formula; "" if there is none."""
    if not found:
        return ""
    named = ", ".join(f"{name} ({n:,} rows)" for name, n in found.items())
    return (
        f" Take care when you open the lists in a spreadsheet: text in {named} begins with = + - @ or a tab, and a "
        f"spreadsheet treats it as a formula. Import these columns as text, so that no formula runs and ids stay as "
        f"they are."
    )


def _channels_known(plan: dict[str, Any]) -> bool:
    return any(row["channel"] != NONE_KNOWN for row in plan["channels"])


def _figures(currency: str) -> list[Column]:
    return [
        Column("customers", "customers", "count"),
        Column("treated", "to reach", "count"),
        Column("holdout", "left alone", "count"),
        Column("value_at_stake", f"margin at stake, {currency}", "money"),
        Column("offer_cost", f"cost of vouchers, {currency}", "money"),
    ]
