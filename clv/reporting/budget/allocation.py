"""What the budget report shows: where the money goes, what it should bring, and where the next 1,000 would go."""

from html import escape
from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.budget.cells import NOT_SPENT
from clv.marketing.budget.groups import ANY_CHANNEL
from clv.marketing.tiers import TIERS
from clv.reporting.budget.curves import UNKNOWN, WAYS
from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, Chart, figure, render
from clv.reporting.kit.not_known import NO_RETURNS
from clv.reporting.kit.table import ELSEWHERE, Column, Table, facts, note, nothing, table, write

COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY, RED)
WORST = "mean profit of the worst draws"
CAUTIOUSLY = "'cautiously' the same with the bad cases weighing more, which is what the split goes by"
SOURCES = {
    "tests": "The effect of spending is read from randomised tests of this shop: customers drawn by lot, with and "
    "without the spending",
    "elasticities": "The effect of spending is an assumption of this shop (budget.elasticities), not a measurement. "
    "There are no intervals, because nothing shows how far it is off",
    "none": "Neither a randomised test nor an assumption shows what spending yields, so no return is stated",
}


def headline(metrics: dict[str, Any], currency: str) -> Table:
    """The decision in a few numbers."""
    pairs = [
        (f"to spend, {currency}", write(metrics["total"], "money")),
        (f"planned, {currency}", write(metrics["allocated"], "money")),
    ]
    if metrics["expected_margin"] is not None:
        pairs.append((f"expected additional margin, {currency}", write(metrics["expected_margin"], "money")))
    if metrics["lower_95"] is not None:
        between = f"{write(metrics['lower_95'], 'money')} to {write(metrics['upper_95'], 'money')}"
        pairs.append((f"95% interval of it, {currency}", between))
    if metrics["expected_profit"] is not None:
        pairs.append((f"expected profit, {currency}", write(metrics["expected_profit"], "money")))
    if metrics["lower_95"] is not None and metrics["cvar"] is not None:
        pairs.append((f"{WORST}, {currency}", write(metrics["cvar"], "money")))
    return facts(pairs)


def warning(metrics: dict[str, Any]) -> Table:
    """That the budget is more than forecasts say, where it is; nothing else."""
    if not metrics["warning"]:
        return ELSEWHERE
    text = metrics["warning"]
    return Table(f"<p><strong>Warning: {escape(text)}.</strong></p>")


def source(metrics: dict[str, Any]) -> Table:
    """Where the curves come from, how the money is split by them, and what could not be used."""
    by = "by the shares of the rule (budget.rule)"
    if metrics["mode"] == "optimal":
        by = (
            "so that expected profit is highest"
            if not metrics["draws"]
            else (
                f"so that expected profit, and {WORST}, are highest; a draw is the tests once more, with customers "
                "drawn anew by lot, and budget.worst_share states how many are the worst"
            )
        )
    texts = [f"{SOURCES[metrics['source']]}. The money is split {by}."]
    if metrics["source"] == "tests":
        texts.append(
            "A single arm may prove little on its own (see what the tests showed): the curves take all arms "
            "together, and what channels yield is taken to add up."
        )
    if metrics["assumed_half_cost"]:
        names = ", ".join(metrics["assumed_half_cost"])
        texts.append(f"Only one cost was tested for {names}: that half of the most is reached there is an assumption.")
    texts += [f"{what}." for what in metrics["dropped_bounds"]]
    if len(metrics["left_out"]) == 1:
        texts.append(f"Left out: {metrics['left_out'][0]}.")
    html = "".join(note(text).html for text in texts)
    if len(metrics["left_out"]) > 1:
        items = "".join(f"<li>{escape(what)}</li>" for what in metrics["left_out"])
        html += f"{note('Left out:').html}<ul>{items}</ul>"
    return Table(html)


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
        share = "None of the money is split over customers"
    parts = ", ".join(f"{name} {end:,.0f}" for name, end in zip(bars, [*ends, left], strict=False))
    unit = f"in {currency}" if channels == [ANY_CHANNEL] else f"by channel, in {currency}"
    return render(fig, "allocation", f"{share}; {unit}", f"Stacked bars of the budget: {parts}")


def cells_table(cells: pd.DataFrame, currency: str) -> Table:
    """Every cell with its budget, what it should bring, and the next unit of money."""
    columns = [
        Column("tier", "tier"),
        Column("channel", "channel"),
        Column("budget", f"budget, {currency}", "money"),
        Column("share", "of the total", "share"),
        Column("spend_per_customer", f"per customer, {currency}", "money"),
        *_brings(currency),
        Column("marginal_return", "next 1 yields", "money"),
        Column("cautious_return", "cautiously", "money"),
        Column("bound_by", "held by"),
    ]
    columns = _told(columns, cells)
    caption = "The budget, part by part"
    if cells["marginal_return"].notna().any():
        caption += f". 'Next 1 yields' is the margin, in {currency}, of one more {currency} there"
    if cells["cautious_return"].notna().any():
        caption += f"; {CAUTIOUSLY}"
    return table(cells[(cells["tier"] != NOT_SPENT) | (cells["budget"] > 0)], columns, caption)


def next_money(metrics: dict[str, Any], currency: str) -> Table:
    """Where the next 1,000 would go, and why not elsewhere."""
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
        text = f"Of the next {money}, {where}."
        if following["expected_margin"] is not None:
            range_ = f"{low:,.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:,.2f} to {high:,.2f}"
            text += (
                f" There one more {currency} is expected to yield {range_}; the table shows why the others get nothing."
            )
        if following["expected_margin"] is not None:
            text += f" Together that should yield {following['expected_margin']:,.0f} {currency} of additional margin."
        if following["not_spent"] >= 1:
            text += f" The other {following['not_spent']:,.0f} would stay unspent."
    columns = [
        Column("tier", "tier"),
        Column("channel", "channel"),
        Column("amount", f"of the next {amount:,.0f}, {currency}", "money"),
        Column("marginal_return", "next 1 yields", "money"),
        Column("cautious_return", "cautiously", "money"),
        Column("why_nothing", "why no more"),
    ]
    columns = _told(columns, cells)
    caption = f"Where the next {money} would go"
    if cells["marginal_return"].notna().any():
        caption += f". 'Next 1 yields' is the margin, in {currency}, of one more {currency} there"
    if cells["cautious_return"].notna().any():
        caption += f"; {CAUTIOUSLY}"
    return Table(note(text).html + table(cells, columns, caption).html)


def regret(rows: pd.DataFrame, currency: str) -> Table:
    """This budget beside other splits of the same money."""
    if not rows["expected_profit"].notna().any():
        return UNKNOWN
    columns = [
        Column("allocation", "split"),
        Column("spent", f"planned, {currency}", "money"),
        *_brings(currency),
        Column("expected_profit", f"expected profit, {currency}", "money"),
        Column("cvar", f"{WORST}, {currency}", "money"),
        Column("regret", f"less than the best, {currency}", "money"),
    ]
    columns = _told(columns, rows)
    named = rows.assign(allocation=rows["allocation"].map(WAYS))
    caption = "The same money in other splits, judged by the same curves; the last column is what a split gives up"
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
    caption = f"The budget decided anew under other circumstances, {currency}; a dash: bounds forbid it"
    if not rows["expected_margin"].notna().any():
        rows = rows.drop_duplicates([*TIERS, "not_spent"])
        caption += ". Circumstances that do not change the split are left out"
    return table(rows, columns, caption)


def cac(tiers: pd.DataFrame, currency: str) -> Table:
    """What a new customer may cost, by tier."""
    if not tiers["margin_clv"].notna().any():
        return nothing("What a new customer may cost is not shown: of no tier is the margin of a customer known.")
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
        "What winning a customer may cost. The target is a share (budget.cac_share) of the lower end of the margin's "
        "interval; at the ceiling a customer only just pays back"
    )
    if tiers["ltv_cac"].notna().any():
        caption += ". LTV to CAC is the margin over what customers cost so far"
    return table(tiers, _told(columns, tiers), caption)


def strategy(tiers: pd.DataFrame) -> Table:
    """How to spend on each tier that has customers."""
    rows = tiers[tiers["strategy"].notna() & (tiers["strategy"] != "")]
    if rows.empty:
        return ELSEWHERE
    return table(rows, [Column("tier", "tier"), Column("strategy", "how to spend")], "How to spend on each tier")


def assumptions(metrics: dict[str, Any]) -> Table:
    """What the figures rest on, in plain words."""
    if metrics["source"] == "none":
        return note("The split is a rule, not a forecast of what spending yields.")
    common = "What channels yield adds up: nobody is won twice, and no channel helps another."
    if metrics["source"] == "elasticities":
        return note(
            f"{common} A curve runs through your reference point with your elasticity there, and flattens "
            "beyond. Each tier gets its share of the customers that a channel's money wins."
        )
    return note(
        f"{common} Spending works for {metrics['window_days']} days, as long as the tests counted, and not beyond. "
        "Customers react as they did in the tests, by the same share of what they would buy anyway, which is the "
        f"forecast's part for the first {metrics['window_days']} days. Through no channel is more spent per customer "
        "than was tested there. Customers count whether or not they agreed to e-mail, as they did in the tests. "
        "Spending never puts anybody off."
    )


def _told(columns: list[Column], rows: pd.DataFrame) -> list[Column]:
    """The columns without those that tell nothing: figures that are not known, blank text, no channel but all."""
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
        return "nowhere would it yield more than it costs, or limits forbid it"
    best = unsure.iloc[int(unsure["marginal_return"].to_numpy().argmax())]
    return (
        f"with the bad cases weighing more (budget.risk_aversion) it would yield less than it costs. By expectation "
        f"alone, one more would yield most in {best['tier']} by {best['channel']}, {best['marginal_return']:,.2f}"
    )
