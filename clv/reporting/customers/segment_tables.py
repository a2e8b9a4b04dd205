"""What the segments report shows of RFM segments, tiers and eco-conscious customers."""

from typing import Any

import numpy as np
import pandas as pd

from clv.evaluation.forecast_names import BAYES, LATENT_TRUTH
from clv.marketing.segments.eco import CONSCIOUS_HIGH
from clv.marketing.segments.rfm import SCORES, SEGMENTS
from clv.marketing.tiers import HIGH, TIERS
from clv.reporting.kit.chart import BLUE, GREEN, GREY, Chart, figure, render
from clv.reporting.kit.heat import cell
from clv.reporting.kit.not_known import NO_RETURNS, knows_no_tier
from clv.reporting.kit.table import ELSEWHERE, NOT_JUDGED, Column, Table, note, nothing, table, write

TITLES = {"tier": "tier", "rfm_segment": "RFM segment", "cluster": "cluster", "elite": "Elite", "eco": "eco segment"}
BY_FORECAST = ("tier", "elite")
BAR = 0.6  # height of a bar, the distance of two being 1
KINDS = {"category": "favourite category", "channel": "channel of acquisition", "country": "country"}
FEATURE_TITLES = {
    "predicted_clv": "forecast, money",
    "p_purchase": "probability of a purchase",
    "recency_days": "days since last purchase",
    "frequency": "repeat purchase days",
    "monetary_value": "spend per purchase day, money",
    "tenure_days": "days since first purchase",
    "categories": "categories bought",
    "unit_price_mean": "mean price of a unit, money",
    "discount_share": "discount, share",
    "return_share": "returned, share of revenue",
    "open_share_90d": "e-mails opened, share",
    "acquisition_cost": "cost of acquisition, money",
}
NO_ECO = nothing("This data does not show which products are eco products, so there is no eco segment.")


def suppression(profiles: pd.DataFrame, minimum: int) -> Table:
    """Which groups are not shown."""
    unseen = profiles[profiles["suppressed"].astype("bool")]
    which_of = zip(unseen["segment"], unseen["dimension"], strict=True)
    named = ", ".join(f"{segment} ({TITLES[dimension]})" for segment, dimension in which_of)
    which = f"In this data, these groups are affected: {named}." if named else "In this data, no group is affected."
    return note(
        f"Figures of groups with fewer than {minimum} customers are not shown, nor are figures of other groups from "
        f"which they could be computed. {which}"
    )


def tiers(profiles: pd.DataFrame) -> Chart | Table:
    """Share of customers and share of the forecast by tier."""
    rows = profiles[profiles["dimension"] == "tier"].set_index("segment")
    if knows_no_tier(rows.index.to_series()):
        return note(f"Nobody has a tier, because tiers are based on the forecast, and {NO_RETURNS}.")
    if rows["suppressed"].astype("bool").any():
        return nothing("There are too few customers to show their tiers.")
    rows = rows[["customer_share", "predicted_share"]].reindex(list(TIERS)).fillna(0.0)
    fig, ax = figure(height=2.4)
    parts = []
    for side, (column, label) in enumerate(
        (("predicted_share", "of the forecast"), ("customer_share", "of the customers"))
    ):
        left = 0.0
        for tier, colour in zip(TIERS, (BLUE, GREEN, GREY), strict=True):
            share = float(rows[column][tier])
            ax.barh(side, share, left=left, color=colour, height=BAR, label=tier if side else None)
            if share > 0.06:
                above = (left + share / 2, side + BAR / 2)
                ax.annotate(f"{share:.0%}", above, (0, 3), textcoords="offset points", ha="center", fontweight="bold")
            left += share
            parts.append(f"{tier} {share:.0%} {label}")
    ax.set_yticks([0, 1], ["of the forecast", "of the customers"])
    ax.set_xlim(0, 1)
    ax.set_ylim(-BAR / 2, 1 + BAR)  # room for the shares above the bars
    ax.xaxis.set_visible(False)
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    top = rows.loc[TIERS[0]]
    caption = (
        f"{TIERS[0]} has {top['customer_share']:.0%} of the customers and {top['predicted_share']:.0%} of the forecast"
    )
    return render(fig, "tiers", caption, "Stacked bars: " + ", ".join(parts))


def rfm_grid(profiles: pd.DataFrame, currency: str) -> Chart | Table:
    """The eleven segments on the plane of recency and value scores, shaded by mean forecast."""
    rows = profiles[profiles["dimension"] == "rfm_segment"].set_index("segment").reindex([s.name for s in SEGMENTS])
    means = rows["predicted_mean"]
    if knows_no_tier(profiles["segment"]):
        return nothing(f"What RFM segments are worth is not shown, because {NO_RETURNS}.")
    if not means.notna().any():
        return nothing("There are too few customers to show RFM segments.")
    fig, ax = figure(height=4.2)
    most = max(float(means.max()), 0.01)
    for segment in SEGMENTS:
        (low_r, high_r), (low_v, high_v) = segment.recency, segment.value
        mean = float(means[segment.name])
        text = f"{segment.name}\n{write(mean, 'money')}" + (
            "" if np.isnan(mean) else f"\n{rows['customers'][segment.name]:,.0f}"
        )
        cell(ax, low_v - 0.5, low_r - 0.5, high_v - low_v + 1, high_r - low_r + 1, np.sqrt(mean / most), text)
    ax.set_xlim(0.5, SCORES + 0.5)
    ax.set_ylim(0.5, SCORES + 0.5)
    ax.set_xticks(range(1, SCORES + 1))
    ax.set_yticks(range(1, SCORES + 1))
    ax.grid(visible=False)
    ax.set_xlabel("mean of the scores of frequency and spend (5 is the highest)")
    ax.set_ylabel("score of recency (5 is the most recent)")
    best = str(means.idxmax())
    caption = (
        f"Each segment with its mean forecast per customer, {currency}, and its number of customers. {best} are worth "
        f"most, {write(float(means.max()), 'money')} {currency} each, and have {rows['predicted_share'][best]:.0%} of "
        "the forecast"
    )
    said = ", ".join(f"{name} {write(float(mean), 'money')}" for name, mean in means.items())
    alt = f"Grid of recency and value scores with mean forecasts by segment: {said}"
    return render(fig, "rfm", caption, alt, wide=True)


def worth(profiles: pd.DataFrame, dimension: str, currency: str) -> Table:
    """How large each segment of a dimension is, what it is worth, and what its customers cost to acquire."""
    rows = profiles[profiles["dimension"] == dimension]
    if rows.empty:
        return ELSEWHERE
    if dimension in BY_FORECAST and knows_no_tier(profiles["segment"]):
        return ELSEWHERE
    columns = [
        Column("segment", TITLES[dimension]),
        Column("customers", "customers", "count"),
        Column("customer_share", "share", "share"),
        Column("predicted_share", "share of forecast", "share"),
        Column("predicted_mean", f"mean forecast, {currency}", "money"),
        Column("predicted_mean_lower", "95% from", "money"),
        Column("predicted_mean_upper", "to", "money"),
    ]
    caption = "Size and forecast, with the 95% interval of the mean forecast"
    if rows["acquisition_cost_mean"].notna().any():
        caption += (
            ". CAC is the mean cost of acquisition; payback and LTV:CAC are computed from the margin of the forecast"
        )
        columns += [
            Column("acquisition_cost_mean", f"CAC, {currency}", "money"),
            Column("payback_days", "payback, days", "days"),
            Column("ltv_cac", "LTV:CAC", "mean"),
        ]
    return table(rows, columns, caption)


def behaviour(profiles: pd.DataFrame, dimension: str, currency: str) -> Table:
    """What the customers of each segment of a dimension do."""
    rows = profiles[profiles["dimension"] == dimension]
    if rows.empty:
        return ELSEWHERE
    columns = [
        Column("segment", TITLES[dimension]),
        Column("churn_risk_mean", "will not buy in the horizon", "share"),
        Column("p_alive_mean", "still active", "share"),
        Column("recency_days_mean", "days since last purchase", "days"),
        Column("frequency_mean", "repeat purchase days", "mean"),
        Column("monetary_value_mean", f"spend per purchase day, {currency}", "money"),
    ]
    return table(rows, columns, "Behaviour in means per customer; the first two columns are mean probabilities")


def mix_table(rows: pd.DataFrame, dimension: str) -> Table:
    """The most frequent categories, channels and countries of the segments of a dimension, with their index."""
    found = rows[rows["dimension"] == dimension]
    if found.empty:
        return nothing(
            "Categories, channels and countries are not shown, because they are not known, or known of too few "
            "customers."
        )
    lines: dict[Any, dict[Any, str]] = {}
    for (segment, kind), of in found.groupby(["segment", "kind"], sort=False):
        top = of.head(3)
        said = zip(top["name"], top["share"], top["index"], strict=True)
        lines.setdefault(segment, {})[kind] = ", ".join(
            f"{name} {share:.0%} ({index:.0f})" for name, share, index in said
        )
    shown = pd.DataFrame.from_dict(lines, orient="index").rename_axis("segment").reset_index()
    columns = [Column("segment", TITLES[dimension]), *(Column(k, t) for k, t in KINDS.items() if k in shown)]
    return table(
        shown,
        columns,
        "The three most frequent of each, with their share of the segment's customers and, in brackets, their index: "
        "100 means as frequent as among all customers",
    )


def hits(rows: pd.DataFrame, goal: float, confidence: float) -> Table:
    """How well tiers found, on the test window, those who were worth most."""
    if rows.empty:
        return NOT_JUDGED
    columns = [
        Column("tier", "tier"),
        Column("customers", "customers", "count"),
        Column("precision", "belong there", "share"),
        Column("precision_lower", f"{confidence:.0%} from", "share"),
        Column("precision_upper", "to", "share"),
        Column("recall", "found", "share"),
        Column("by_chance", "by chance", "share"),
        Column("value_share", "share of value", "share"),
        Column("value_share_perfect", "share if perfect", "share"),
    ]
    known = {BAYES: "best that history allows", LATENT_TRUTH: "if the truth were known"}
    columns += [Column(name, title, "share") for name, title in known.items() if rows[name].notna().any()]
    top = rows.iloc[0]
    if not np.isfinite(top.precision):
        return nothing("There are too few test customers to show how well tiers held.")
    reach = f" The goal of {goal:.0%} is {'reached' if top.precision >= goal else 'missed'}"
    if np.isfinite(top.bayes):
        reach += f"; history allows about {top.bayes:.0%}, because what customers will spend is largely chance"
    return table(
        rows,
        columns,
        f"Tiers as of the test date compared with what customers then spent: {write(float(top.precision), 'share')} of "
        f"the customers in {top.tier} belong there.{reach}",
    )


def eco(profiles: pd.DataFrame, metrics: dict[str, Any], currency: str) -> Table:
    """Eco-conscious customers of high value: how many, and what they are worth."""
    rows = profiles[(profiles["dimension"] == "eco") & (profiles["segment"] == CONSCIOUS_HIGH)]
    if not metrics:
        return NO_ECO
    if rows.empty or bool(rows["suppressed"].iloc[0]):
        return nothing("There are too few eco-conscious customers of high value to show.")
    row = rows.iloc[0]
    return note(
        f"{row.customers:,.0f} customers of the tier {HIGH} have {metrics['least_share']:.0%} or more of their "
        f"revenue from eco products: {row.customer_share:.1%} of all customers, with {row.predicted_share:.1%} of the "
        f"forecast, {write(float(row.predicted_mean), 'money')} {currency} each."
    )


def eco_differences(metrics: dict[str, Any]) -> Table:
    """What sets them apart from other customers of high value."""
    rows = pd.DataFrame(metrics.get("sets_apart", []))
    if rows.empty:
        return nothing("There are too few eco-conscious customers of high value to compare.") if metrics else ELSEWHERE
    columns = [
        Column("feature", "feature"),
        Column("eco_mean", "eco-conscious", "written"),
        Column("other_mean", "others", "written"),
        Column("difference", "difference", "ratio"),
    ]
    return table(
        rows.assign(
            feature=rows["feature"].map(FEATURE_TITLES),
            **{name: [write(mean, "money") for mean in rows[name]] for name in ("eco_mean", "other_mean")},
        ),
        columns,
        f"Means of eco-conscious {HIGH} customers and of the others, and the difference in standard deviations: 0.2 is "
        "small, 0.5 medium, 0.8 large",
    )
