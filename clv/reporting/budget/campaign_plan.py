"""What the campaigns report shows of the plan of the next campaign."""

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
            ("left alone to compare with", write(plan["holdout"], "count")),
            (f"margin at stake, {currency}", write(plan["value_at_stake"], "money")),
            (f"expected cost of vouchers, media not included, {currency}", write(plan["offer_cost"], "money")),
        ]
    )


def left_out(plan: dict[str, Any]) -> Table:
    """Who is not in the plan, and who may get e-mail."""
    said = f"Not in the plan: {reasons(plan['left_out'])}." if plan["left_out"] else "Every customer is in the plan."
    if _channels_known(plan):
        said += (
            f" {SAID_BY[plan['consent_from']]} Nobody else is planned by e-mail, which is every kind of touch with "
            "mail or newsletter in its name."
        )
    return note(said)


def segments(plan: dict[str, Any], currency: str) -> Table:
    """One row per segment and offer."""
    columns = [Column("rfm_segment", "segment"), Column("offer", "offer"), *_figures(currency)]
    return table(
        pd.DataFrame(plan["segments"], columns=[c.name for c in columns]),
        columns,
        "The plan by segment and offer. Money is of those who are reached; groups of few customers have no figures, "
        "nor is it shown how many are reached where few are left alone, or others would reveal it",
    )


def channels(plan: dict[str, Any], currency: str) -> Table:
    """One row per segment and channel."""
    if not _channels_known(plan):
        return nothing("The plan names no channels: nothing is known of how customers were addressed so far.")
    columns = [
        Column("rfm_segment", "segment"),
        Column("channel", "channel"),
        Column("response_rate", "expected response", "share"),
        *_figures(currency),
    ]
    rows = pd.DataFrame(plan["segments_by_channel"], columns=[c.name for c in columns])
    order = rows.groupby("rfm_segment")["value_at_stake"].transform("sum")
    rows = rows.assign(order=order).sort_values(["order", "rfm_segment", "channel"], ascending=[False, True, True])
    return table(rows, columns, "The plan by segment and channel; the response is the share of touches reacted to")


def stakes(plan: dict[str, Any], currency: str) -> Chart | Table:
    """Margin at stake by segment, beside what the offers are expected to cost."""
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
        f"{rows.index[-1]}: {share:.0%} of the margin at stake, {top['value_at_stake']:,.0f} {currency}",
        f"Bars of margin at stake and cost of vouchers for {len(rows)} segments; the largest is {rows.index[-1]}",
    )


def hours(plan: dict[str, Any]) -> Chart | Table:
    """How many customers are planned for each hour of the day."""
    if not plan["hours"]:
        return nothing("The plan names no hours: the dates of orders and reactions have no time of day.")
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
        f"Most, {write(share, 'share')}, are planned for the hour from {best:02d}:00; a dash marks hours of too few "
        f"customers to show, and of others that would reveal them",
        f"Bars of customers by send hour, 0 to 23; the highest is {best} with {shown[best]:,}",
    )


def judged_hours(plan: dict[str, Any]) -> Table:
    """What the hours rest on, and whether hours of one's own were better than one for all."""
    source, judged = plan["hours_from"], plan["hours_judged"]
    if not plan["hours"]:
        return ELSEWHERE
    said = (
        f"The hours come from {source['orders']:,} orders, and from reactions that weigh as much as "
        f"{source['reactions']:,.0f}."
    )
    if source["same_hour"]:
        said += (
            f" All touches of the kind {', '.join(source['same_hour'])} went out at one hour, so who reacted to them "
            f"shows little about the hour."
        )
    if judged["orders"]:
        said += (
            f" Were they right? Taken from what was known 90 days ago, {judged['own']:.1%} of the "
            f"{judged['orders']:,} orders since came within an hour of the customer's own send hour, and "
            f"{judged['same_for_all']:.1%} within an hour of {judged['hour_for_all']:02d}:00, the usual hour of all. "
        )
        said += (
            "Hours of their own are better, so the plan uses them."
            if judged["worth_it"]
            else "Hours of their own are no better, so everyone gets the usual hour of their segment."
        )
    return note(said)


def measuring(plan: dict[str, Any]) -> Table:
    """How to find out later what the campaign brought."""
    left, name = 100 * plan["holdout_share"], json.dumps(plan["name"], ensure_ascii=False)
    shares = f"experiment.shares: {{{name}: {{treated: {100 - left:g}, holdout: {left:g}}}}}"
    alone = "some" if plan["holdout"] is None else f"{plan['holdout']:,}"
    meant = f"set {shares}, as the groups were not to be equal, " if left > 0 else ""
    return note(
        f"The campaign '{plan['name']}' leaves {alone} customers alone, drawn by chance: a hash of its "
        f"name and the customer. They are on none of the lists in reports/campaigns, of which there is one per "
        f"channel. When it is over, put what was really spent into the column cost of "
        f"reports/campaigns/assignments.csv, name the channel where that is blank, append it to your table of tests "
        f"(generate.files.experiments), {meant}add the new orders and run again: the page Budget then "
        f"shows what those who were reached bought beyond those who were not, and whether that paid. Until its window "
        f"is over, they are left out of the next plan. Give the next campaign another name (campaign.name), or the "
        f"same customers stay alone.{_formulas(plan['formulas'])}"
    )


def _formulas(found: dict[str, int]) -> str:
    """What to mind with lists whose text a spreadsheet would run."""
    if not found:
        return ""
    named = ", ".join(f"{name} ({n:,} rows)" for name, n in found.items())
    return (
        f" Take care with the lists in a spreadsheet: text in {named} begins with = + - @ or a tab, which it takes "
        f"for a formula. Import these columns as text: then nothing runs, and ids come back as they were."
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
