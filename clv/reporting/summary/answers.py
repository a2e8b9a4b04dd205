"""Parts of the summary for decision-makers: what to expect, what to do, what changed, how far to trust it."""

from datetime import date, timedelta
from html import escape
from typing import Any

import pandas as pd

from clv.marketing.segments.rfm import SCORES, SEGMENTS
from clv.marketing.summary.changes import SEASON
from clv.marketing.tiers import TIERS
from clv.reporting.kit.chart import BLUE, INK, SKY, Chart, figure, render
from clv.reporting.kit.not_known import NO_RETURNS, knows_no_tier
from clv.reporting.kit.page import LINKS
from clv.reporting.kit.table import ELSEWHERE, Column, Table, facts, note, nothing, table, write

UNSURE = "not known yet"


def headline(summary: dict[str, Any]) -> Table:
    """The run in five numbers."""
    forecast, money = summary["forecast"], summary["currency"]
    total = UNSURE if forecast["total"] is None else write(forecast["total"], "money")
    return facts(
        [
            (f"forecast of the next {summary['horizon_days']} days, {money}", total),
            (f"95% interval of the forecast, {money}", _between(forecast, UNSURE)),
            _top(summary["top_segment"]),
            _money(summary["budget"], money),
            _off(summary["trust"]),
        ]
    )


def invented(summary: dict[str, Any]) -> Table:
    """A warning on the pages of a synthetic shop; otherwise nothing."""
    if not summary["synthetic"]:
        return ELSEWHERE
    return note("This shop is synthetic: its customers and orders are invented, and so is every figure on these pages.")


def words(summary: dict[str, Any], profiles: pd.DataFrame) -> Table:
    """What the names of the tiers and of the top segment mean; `profiles` is the table of segments."""
    shares = profiles[profiles["dimension"] == "tier"].set_index("segment")["customer_share"]
    if knows_no_tier(shares.index.to_series()):
        return note(f"Nobody has a tier, because tiers are based on the forecast, and {NO_RETURNS}.")
    shares = shares.reindex(list(TIERS))
    said = "Tiers rank customers by forecast, from the top: "
    if shares.isna().any():
        said += ", ".join(TIERS)
    else:
        high, growth, low = (f"{share:.0%}" for share in shares)
        said += f"{TIERS[0]} has the first {high} of the customers, {TIERS[1]} the next {growth} and "
        said += f"{TIERS[2]} the other {low}"
    top = summary["top_segment"]
    rule = next((segment for segment in SEGMENTS if top and segment.name == top["name"]), None)
    if rule is not None:
        said += (
            f". {rule.name} have {_scores(rule.recency)} for how recently they bought, and {_scores(rule.value)} for "
            f"how often and how much per order, where a score of {SCORES} is the best fifth"
        )
    return note(f"{said}.")


def outlook(summary: dict[str, Any]) -> Chart | Table:
    """The forecast beside what customers spent in the last horizon."""
    if summary["forecast"]["total"] is None:
        return nothing(f"There is no outlook, because {NO_RETURNS}.")
    forecast, last, money, days = (summary[name] for name in ("forecast", "last_horizon", "currency", "horizon_days"))
    bars = {f"next {days} days": forecast["total"]} | ({f"last {days} days": last["of_known"]} if last else {})
    fig, ax = figure(height=0.6 * len(bars) + 0.9)
    ax.barh(range(len(bars)), list(bars.values()), color=BLUE, height=0.55, label="customers known on its first day")
    if forecast["lower_95"] is not None:
        interval = [forecast["lower_95"], forecast["upper_95"]]
        ax.plot(interval, [0, 0], color=INK, linewidth=2, marker="|", markersize=12)
    if last:
        ax.barh(
            1,
            last["of_new"],
            left=last["of_known"],
            color=SKY,
            height=0.55,
            label="customers who were new in these days",
        )
        end = (last["of_known"] + max(last["of_new"], 0), 1)
        ax.annotate(f"{last['of_new']:+,.0f} from new", end, (6, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(bars)), [f"{name}\n{value:,.0f} from known" for name, value in bars.items()])
    ax.invert_yaxis()
    ax.margins(x=0.14)
    ax.set_xlim(left=0)
    ax.grid(visible=False)
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    fig.legend(frameon=False, loc="outside upper center", ncols=2)
    caption = _expected(summary)
    return render(fig, "outlook", caption, f"Bars of revenue in {days} days, {money}. {caption}")


def what_to_do(advice: dict[str, Any]) -> Table:
    """The recommended actions, each with a link to the report with its details."""
    titles = {link.href: link.title for link in LINKS}
    items = []
    for action in advice["actions"]:
        href = f"{action['page']}.html"
        items.append(f'<li>{escape(action["text"])} <a href="{href}">{escape(titles[href])}</a></li>')
    return Table(f"<ol>{''.join(items)}</ol>") if items else nothing("No action is recommended.")


def changed(advice: dict[str, Any], summary: dict[str, Any]) -> Table:
    """The numbers of the kept run beside those of this one."""
    found, currency = advice["changes"], summary["currency"]
    if found["why"]:
        return nothing(f"Nothing is compared with an earlier run: {found['why']}.")
    rows = pd.DataFrame(
        {
            "what": f"{row['what']}, {currency}" if row["kind"] == "money" else row["what"],
            "then": write(row["then"], row["kind"]),
            "now": write(row["now"], row["kind"]),
            "change": _change(row),
        }
        for row in found["rows"]
    )
    columns = [
        Column("what", "number"),
        Column("then", f"as of {found['then']}", "written"),
        Column("now", "now", "written"),
        Column("change", "change", "written"),
    ]
    same = "No number changed since" if (rows["change"] == "none").all() else "What changed since"
    return table(rows, columns, f"{same} the run that was kept, as of {found['then']}{_other_days(found, summary)}")


def trust(summary: dict[str, Any]) -> Table:
    """How far to trust the forecast, and what the estimated effect of spending is based on."""
    found = summary["trust"]
    if summary["forecast"]["total"] is None:
        return note(f"There is no backtest, because {found['why']}, and no forecast to trust, because {NO_RETURNS}.")
    if not found["customers"]:
        return note(
            f"There is no backtest, because {found['why']}. The forecast comes from the buy-till-you-die models alone, "
            "which estimate from past purchases which customers still buy. Nothing has yet shown how good it is. "
            f"{_spending(summary)}"
        )
    said = []
    if found["bias"] is not None:
        said.append(f"the total forecast was {_side(found['bias'])} what they then spent{_earlier(found['earlier'])}")
    if found["coverage_95"] is not None:
        said.append(
            f"{100 * found['coverage_95']:.0f} of every 100 customers spent an amount inside their 95% interval"
        )
    first = f"In the last test, on {found['customers']:,} customers, {', and '.join(said)}." if said else ""
    return note(f"{first} {_checks(found)} {_spending(summary)}".strip())


def _side(bias: float) -> str:
    return f"{abs(bias):.1%} {'above' if bias > 0 else 'below'}"


def _earlier(biases: list[float]) -> str:
    """How far off the tests before the last one were, in brackets; "" if there were none."""
    if not biases:
        return ""
    if len(biases) == 1:
        return f" ({_side(biases[0])} in the test before, on which its interval is based)"
    low, high = min(biases), max(biases)
    if low < 0 < high:
        between = f"{_side(low)} to {_side(high)}"
    else:
        least, most = sorted(biases, key=abs)[:: len(biases) - 1]
        between = f"between {abs(least):.1%} and {_side(most)}"
    return f" ({between} in the {len(biases)} tests before, on which its interval is based)"


def _spending(summary: dict[str, Any]) -> str:
    """The evidence behind the expected effect of the budget."""
    source, found = summary["budget"]["source"], summary["evidence"]
    if source == "none":
        return "The effect of spending is not known, so the budget is split by fixed shares."
    if source == "elasticities":
        return "The estimated effect of spending is based on assumed elasticities, which no test has measured."
    tests, proven = found["tests"], found["proven"]
    arms = {0: "no arm is proven on its own", 1: "1 arm is proven on its own"}
    of = "" if found["participants"] is None else f" of {found['participants']:,} participants"
    how_many = arms.get(proven, f"{proven:,} arms are proven on their own")
    return f"The estimated effect of spending is based on {tests:,} test{'' if tests == 1 else 's'}{of}; {how_many}."


def _scores(span: tuple[int, int]) -> str:
    low, high = span
    return f"a score of {low}" if low == high else f"one of {low} to {high}"


def _other_days(found: dict[str, Any], summary: dict[str, Any]) -> str:
    """A note that two forecasts cover different days, with the difference of season; "" if their days are the same."""
    if found["then"] == summary["as_of"]:
        return ""
    text = f". The two forecasts cover different {summary['horizon_days']} days"
    season = next((row for row in found["rows"] if row["what"] == SEASON), None)
    if season is None or round(season["then"], 2) == round(season["now"], 2):
        return text
    side = "weaker" if season["now"] < season["then"] else "stronger"
    return (
        f"{text}: the days ahead now are {side} by season ({season['now']:.2f} times average days, then "
        f"{season['then']:.2f})"
    )


def _checks(found: dict[str, Any]) -> str:
    """The ranking compared with the naive one, and the checks."""
    failed, passed = [check["name"].replace("_", " ") for check in found["failed"]], found["passed"]
    checks = f"{passed} of {passed + len(failed)} checks pass" + (f" (failed: {', '.join(failed)})" if failed else "")
    if found["gini"] is None or found["gini_naive"] is None:
        return f"{checks}."
    side = "better" if found["gini"] > found["gini_naive"] else "no better"
    return (
        f"It ranks customers {side} than their spending in the period before does (Gini {found['gini']:.2f} against "
        f"{found['gini_naive']:.2f}, where 1 is a perfect ranking and 0 none), and {checks}."
    )


def _expected(summary: dict[str, Any]) -> str:
    """The caption of the outlook."""
    forecast, last, money, days = (summary[name] for name in ("forecast", "last_horizon", "currency", "horizon_days"))
    text = (
        f"The {summary['customers']:,} customers known on {summary['as_of']} are forecast to spend "
        f"{write(forecast['total'], 'money')} {money}; {forecast['expected_buyers']:,.0f} of them are expected to buy"
    )
    if last and last["of_known"] > 0:
        begin = date.fromisoformat(summary["as_of"]) - timedelta(days=days)
        change = forecast["total"] / last["of_known"] - 1
        more = summary["customers"] - last["known_customers"]
        text += (
            f". The {last['known_customers']:,} known on {begin} spent {write(last['of_known'], 'money')} in the "
            f"{days} days since. The forecast is {abs(change):.1%} {'above' if change > 0 else 'below'} that, "
            f"{f'for {more:,} more customers and ' if more else ''}in another season"
        )
    text += ". Customers still to come are not in the forecast"
    if forecast["lower_95"] is None:
        return f"{text}. It is not known yet how far it may be off, because no window is over"
    text += ". The line is the 95% interval of the total. It is based on the errors of the totals of past windows"
    if forecast["level_error"] is None:
        return text
    return f"{text}, which were off by {forecast['level_error']:.0%} on average"


def _between(found: dict[str, Any], unknown: str) -> str:
    if found["lower_95"] is None:
        return unknown
    return f"{write(found['lower_95'], 'money')} to {write(found['upper_95'], 'money')}"


def _top(top: dict[str, Any] | None) -> tuple[str, str]:
    if top is None:
        return "segment with most of the forecast", UNSURE
    return f"have {top['share']:.0%} of the forecast and are {top['customer_share']:.0%} of the customers", top["name"]


def _money(budget: dict[str, Any], money: str) -> tuple[str, str]:
    """The tier that gets most of the budget; only the budget if it has a warning, as if it exceeds all forecasts."""
    if budget["warning"]:
        margin = budget["forecast_margin"]
        said = NO_RETURNS if margin is None else f"all forecasts yield a margin of {write(margin, 'money')}"
        return f"budget, {money}; {said}", write(budget["total"], "money")
    tiers: dict[str, float] = {}
    for cell in budget["split"]:
        tiers[cell["tier"]] = tiers.get(cell["tier"], 0.0) + cell["budget"]
    if not tiers:
        return f"to spend, out of {write(budget['total'], 'money')} {money}", write(0, "count")
    tier = max(tiers, key=lambda name: tiers[name])
    unspent = f"; {write(budget['not_spent'], 'money')} stays unspent" if budget["not_spent"] >= 1 else ""
    return f"to spend on {tier}, out of {write(budget['total'], 'money')} {money}{unspent}", write(tiers[tier], "money")


def _off(trust: dict[str, Any]) -> tuple[str, str]:
    what = "error of the total forecast in the last test"
    return what, "not tested" if trust["bias"] is None else write(trust["bias"], "signed_share")


def _change(row: dict[str, Any]) -> str:
    """A change as text: relative, in percentage points of a share, or `changed` for text."""
    kind, change = row["kind"], row["change"]
    if row["then"] == row["now"]:
        return "none"
    if kind == "text":
        return "changed"
    if change is None:
        return write(None, "count")
    return f"{100 * change:+.1f} points" if kind == "share" else write(change, "signed_share")
