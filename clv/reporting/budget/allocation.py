"""Parts of the budget report: where the money goes, what it is expected to yield, and where the next 1,000 would go."""

from html import escape
from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.budget.cells import NOT_SPENT
from clv.marketing.budget.groups import ANY_CHANNEL
from clv.marketing.tiers import TIERS
from clv.reporting.budget.curves import UNKNOWN, WAYS
from clv.reporting.budget.evidence import WORST
from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, Chart, figure, render
from clv.reporting.kit.not_known import NO_RETURNS
from clv.reporting.kit.table import ELSEWHERE, Column, Table, facts, note, nothing, table, write

COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY, RED)
CAUTIOUSLY = "'Cautiously' is the same margin with more weight on bad cases; the split is based on it"


def headline(metrics: dict[str, Any], currency: str) -> Table:
    """The decision in a few numbers."""
    pairs = [
        (f"budget, {currency}", write(metrics["total"], "money")),
        (f"planned spending, {currency}", write(metrics["allocated"], "money")),
    ]
    if metrics["expected_margin"] is not None:
        pairs.append((f"expected additional margin, {currency}", write(metrics["expected_margin"], "money")))
    if metrics["lower_95"] is not None:
        between = f"{write(metrics['lower_95'], 'money')} to {write(metrics['upper_95'], 'money')}"
        pairs.append((f"95% interval of this margin, {currency}", between))
    if metrics["expected_profit"] is not None:
        pairs.append((f"expected profit, {currency}", write(metrics["expected_profit"], "money")))
    if metrics["lower_95"] is not None and metrics["cvar"] is not None:
        pairs.append((f"{WORST}, {currency}", write(metrics["cvar"], "money")))
    return facts(pairs)


def warning(metrics: dict[str, Any]) -> Table:
    """A warning if the budget exceeds what the forecasts support; otherwise nothing."""
    if not metrics["warning"]:
        return ELSEWHERE
    text = metrics["warning"]
    return Table(f"<p><strong>Warning: {escape(text)}.</strong></p>")


def allocation(cells: pd.DataFrame, currency: str) -> Chart:
    """The budget by tier, in parts by channel, and what is not spent."""
    rows = cells[cells["tier"] != NOT_SPENT]
    channels = list(dict.fromkeys(rows["channel"]))
    left = float(cells.loc[cells["tier"] == NOT_SPENT, "budget"].sum())
    bars = [*TIERS, NOT_SPENT] if left > 0 else list(TIERS)
    fig, ax = figure(height=0.55 * len(bars) + 0.9)
    ends = np.zeros(len(TIERS))
    for i, channel in enumerate(channels):
        width = rows[rows["channel"] == channel].set_index("tier")["budget"].reindex(list(TIERS)).fillna(0).to_numpy()
        ax.barh(range(len(TIERS)), width, left=ends, color=COLOURS[i % len(COLOURS)], height=0.6, label=channel)
        ends = ends + width
    if left > 0:
        ax.barh(len(TIERS), left, color=GREY, height=0.6)
    for place, end in enumerate([*ends, left][: len(bars)]):
        ax.annotate(f"{end:,.0f}", (end, place), (6, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(bars)), bars)
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.grid(visible=False)
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    if channels != [ANY_CHANNEL]:
        fig.legend(frameon=False, loc="outside upper center", ncols=min(len(channels), 6))
    top = rows.groupby("tier")["budget"].sum().sort_values(ascending=False, kind="stable")
    total = float(cells["budget"].sum())
    share = f"{top.iloc[0] / total:.0%} of the money goes to {top.index[0]}" if total > 0 else "There is no money"
    if total > 0 and top.iloc[0] <= 0:
        share = "None of the money is assigned to customers"
    parts = ", ".join(f"{name} {end:,.0f}" for name, end in zip(bars, [*ends, left], strict=False))
    unit = f"in {currency}" if channels == [ANY_CHANNEL] else f"in {currency}, by channel: {_by_channel(rows)}"
    return render(fig, "allocation", f"{share}; {unit}", f"Stacked bars of the budget by tier: {parts}")


def _by_channel(rows: pd.DataFrame) -> str:
    """The money of each channel, over all tiers, with its share."""
    money = rows.groupby("channel", sort=False)["budget"].sum()
    total = max(float(money.sum()), 1.0)
    return ", ".join(f"{name} {value:,.0f} ({value / total:.0%})" for name, value in money.items())


def cells_table(cells: pd.DataFrame, currency: str) -> Table:
    """Every cell with its budget, its expected yield, and the yield of the next unit of money."""
    columns = [
        Column("tier", "tier"),
        Column("channel", "channel"),
        Column("budget", f"budget, {currency}", "money"),
        Column("share", "share of the total", "share"),
        Column("spend_per_customer", f"per customer, {currency}", "money"),
        *_brings(currency),
        Column("marginal_return", "next 1 yields", "money"),
        Column("cautious_return", "cautiously", "money"),
        Column("bound_by", "held by"),
    ]
    columns = _told(columns, cells)
    caption = "The budget in its parts"
    if cells["marginal_return"].notna().any():
        caption += f". 'Next 1 yields' is the margin, in {currency}, of one more {currency} there"
    if cells["cautious_return"].notna().any():
        caption += f"; {CAUTIOUSLY}"
    return table(cells[(cells["tier"] != NOT_SPENT) | (cells["budget"] > 0)], columns, caption)


def next_money(metrics: dict[str, Any], currency: str) -> Table:
    """Where the next 1,000 would go, and why nowhere else."""
    if metrics["forecast_margin"] is None:
        return nothing(f"Where the next money would go is not shown, because {NO_RETURNS}.")
    following = metrics["next"]
    amount, cells = following["amount"], pd.DataFrame(following["cells"])
    getting = cells[cells["amount"] > 0]
    money = f"{amount:,.0f} {currency}"
    if getting.empty:
        text = f"The next {money} would stay unspent: {_why_unspent(cells)}."
    else:
        where = ", ".join(f"{r.amount:,.0f} to {_named(r.tier, r.channel)}" for r in getting.itertuples())
        low, high = getting["marginal_return"].min(), getting["marginal_return"].max()
        text = f"The next {money} would be split as follows: {where}."
        if following["expected_margin"] is not None:
            range_ = f"{low:,.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:,.2f} to {high:,.2f}"
            text += f" There, one more {currency} should yield {range_}. The table shows why the others get nothing."
        if following["expected_margin"] is not None:
            text += f" Together they should yield {following['expected_margin']:,.0f} {currency} of additional margin."
        if following["not_spent"] >= 1:
            text += f" The remaining {following['not_spent']:,.0f} would stay unspent."
    columns = [
        Column("tier", "tier"),
        Column("channel", "channel"),
        Column("amount", f"of the next {amount:,.0f}, {currency}", "money"),
        Column("marginal_return", "next 1 yields", "money"),
        Column("cautious_return", "cautiously", "money"),
        Column("why_nothing", "why not more"),
    ]
    columns = _told(columns, cells)
    caption = f"Where the next {money} would go"
    if cells["marginal_return"].notna().any():
        caption += f". 'Next 1 yields' is the margin, in {currency}, of one more {currency} there"
    if cells["cautious_return"].notna().any():
        caption += f"; {CAUTIOUSLY}"
    return Table(note(text).html + table(cells, columns, caption).html)


def regret(rows: pd.DataFrame, currency: str) -> Table:
    """This budget compared with other splits of the same money."""
    if not rows["expected_profit"].notna().any():
        return UNKNOWN
    columns = [
        Column("allocation", "split"),
        Column("spent", f"planned spending, {currency}", "money"),
        *_brings(currency),
        Column("expected_profit", f"expected profit, {currency}", "money"),
        Column("cvar", f"{WORST}, {currency}", "money"),
        Column("regret", f"less than the best, {currency}", "money"),
    ]
    columns = _told(columns, rows)
    named = rows.assign(allocation=rows["allocation"].map(WAYS))
    caption = (
        "The same money in other splits, evaluated on the same curves. The last column is how far the profit of a "
        "split is below that of the best one"
    )
    return table(named, columns, caption, highlight=WAYS["ours"])


def sensitivity(rows: pd.DataFrame, currency: str) -> Table:
    """The budget under other totals and assumptions."""
    columns = [
        Column("scenario", "if"),
        *(Column(tier, tier, "money") for tier in TIERS),
        Column("not_spent", NOT_SPENT, "money"),
        Column("expected_margin", "expected margin", "money"),
        Column("expected_profit", "expected profit", "money"),
    ]
    columns = _told(columns, rows)
    caption = f"The budget under other circumstances, {currency}. A dash means that limits leave no possible split"
    if not rows["expected_margin"].notna().any():
        rows = rows.drop_duplicates([*TIERS, "not_spent"])
        caption += ". Circumstances that do not change the split are left out"
    return table(rows, columns, caption)


def cac(tiers: pd.DataFrame, currency: str) -> Table:
    """What a new customer may cost, by tier."""
    if not tiers["margin_clv"].notna().any():
        return nothing(
            "What a new customer may cost is not shown, because the margin of a customer is not known for any tier."
        )
    columns = [
        Column("tier", "tier"),
        Column("margin_clv", f"margin of a customer, {currency}", "money"),
        Column("margin_clv_lower", "95% from", "money"),
        Column("margin_clv_upper", "to", "money"),
        Column("cac_target", f"CAC target, {currency}", "money"),
        Column("bid_ceiling", f"bid no more than, {currency}", "money"),
        Column("payback_days", "the target pays back in, days", "days"),
        Column("ltv_cac", "LTV to CAC so far", "mean"),
    ]
    caption = (
        "What a new customer may cost. The target cost of acquisition (CAC) is a share (budget.cac_share) of the lower "
        "end of the margin's interval. At the highest bid, a customer only just pays back"
    )
    if tiers["ltv_cac"].notna().any():
        caption += ". LTV to CAC is the margin divided by what customers have cost so far"
    return table(tiers, _told(columns, tiers), caption)


def strategy(tiers: pd.DataFrame) -> Table:
    """How to spend on each tier that has customers."""
    rows = tiers[tiers["strategy"].notna() & (tiers["strategy"] != "")]
    if rows.empty:
        return ELSEWHERE
    return table(rows, [Column("tier", "tier"), Column("strategy", "how to spend")], "How to spend on each tier")


def _told(columns: list[Column], rows: pd.DataFrame) -> list[Column]:
    """The columns that show something: without unknown figures, blank text, or a channel column with only 'all'."""
    blank = ["", ANY_CHANNEL]
    return [
        column
        for column in columns
        if (~rows[column.name].fillna("").isin(blank) if column.format == "text" else rows[column.name].notna()).any()
    ]


def _named(tier: Any, channel: Any) -> str:
    return str(tier) if channel == ANY_CHANNEL else f"{tier} by {channel}"


def _brings(currency: str) -> list[Column]:
    return [
        Column("expected_margin", f"expected margin, {currency}", "money"),
        Column("lower_95", "95% from", "money"),
        Column("upper_95", "to", "money"),
    ]


def _why_unspent(cells: pd.DataFrame) -> str:
    unsure = cells[cells["why_nothing"] == "too unsure"]
    if unsure.empty:
        return "it would yield less than it costs everywhere, or limits forbid it"
    best = unsure.iloc[int(unsure["marginal_return"].to_numpy().argmax())]
    return (
        f"with more weight on bad cases (budget.risk_aversion), it would yield less than it costs. Without this "
        f"caution, one more would yield most in {best['tier']} by {best['channel']}: {best['marginal_return']:,.2f}"
    )
