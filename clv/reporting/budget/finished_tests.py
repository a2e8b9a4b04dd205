"""Parts of the experiments report: finished tests, with their decision, return and uncertainty."""

import re
from typing import Any

import pandas as pd

from clv.marketing.experiments.decisions import decisive
from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, Chart, figure, panels, render
from clv.reporting.kit.table import ELSEWHERE, Column, Table, facts, note, nothing, table, write

NO_TESTS = nothing(
    "No randomised test is finished. Enter which customer was assigned to which arm, and when, in the table of "
    "experiments. Once test_window_days are over for a participant, the page shows what the test yielded."
)
NOT_COMPARED = nothing("No test has a control arm and enough participants for a comparison with it.")
COLUMNS = 3  # of small pictures side by side
MOST_PANELS = 12


def headline(metrics: dict[str, Any]) -> Table:
    """How many tests were finished, and how many of them had a winner."""
    if not metrics["tests"] and metrics["still_open"] == 0:
        return ELSEWHERE
    tests = metrics["tests"].values()
    return facts(
        [
            ("finished tests", write(len(tests), "count")),
            ("tests with a winner", write(sum(bool(test["winner"]) for test in tests), "count")),
            ("tests with an alarm", write(sum(bool(test["alarm"]) for test in tests), "count")),
            ("participants", write(metrics["participants"], "count")),
            ("participants whose window is not over", write(metrics["still_open"], "count")),
        ]
    )


def conclusions(metrics: dict[str, Any]) -> Table:
    """The outcome of each test in a sentence."""
    if not metrics["tests"]:
        return NO_TESTS
    lines = []
    for name, test in metrics["tests"].items():
        found = f"the winner is {test['winner']}: {test['why']}" if test["winner"] else f"no winner: {test['why']}"
        lines.append(note(f"{name} ({_days(test)}): {found}.").html)
    return Table("".join(lines))


def differences(rows: pd.DataFrame, metrics: dict[str, Any], currency: str) -> Chart | Table:
    """The difference of revenue with its interval by arm, without and with the forecast as covariate."""
    money = _in_order(rows[rows["outcome"] == "revenue"].dropna(subset=["lower"]))
    if money.empty:
        return NOT_COMPARED if metrics["tests"] else ELSEWHERE
    labels = _labels(money)
    order = list(dict.fromkeys(labels))
    place = {label: len(order) - i for i, label in enumerate(order)}
    fig, ax = figure(height=1.2 + 0.36 * len(order))
    styles = ((False, "as measured", GREY, 0.14), (True, "with the forecast as covariate", BLUE, -0.14))
    for used, title, colour, shift in styles:
        part = money[money["with_forecast"] == used]
        if len(part):
            y = [place[label] + shift for label in labels[part.index]]
            ends = [part["difference"] - part["lower"], part["upper"] - part["difference"]]
            ax.errorbar(part["difference"], y, xerr=ends, fmt="o", color=colour, label=title, markersize=4)
    ax.axvline(0, color=GREY, linewidth=1)
    ax.set_yticks(list(place.values()), order)
    ax.grid(axis="x")
    ax.set_xlabel(f"revenue per participant less the control's, {currency}")
    fig.legend(frameon=False, loc="outside upper center", ncols=2)
    surest = decisive(money).assign(label=labels)
    apart = surest.loc[(surest["lower"] > 0) | (surest["upper"] < 0), "label"]
    caption = (
        f"{metrics['confidence']:.0%} intervals, each for its arm alone. {len(apart)} of {len(surest)} exclude 0"
        + (f": {', '.join(apart)}" if len(apart) else "")
    )
    narrower = _narrower(money)
    if narrower:
        caption += f". The forecast made before the test makes the intervals {narrower:.0%} narrower on average"
    parts = [
        f"{row['label']} {row['difference']:+,.2f} ({row['lower']:+,.2f} to {row['upper']:+,.2f})"
        for row in surest.to_dict("records")
    ]
    return render(fig, "differences", caption, f"Intervals of the difference by arm: {', '.join(parts)}")


def decisions(rows: pd.DataFrame, metrics: dict[str, Any], currency: str) -> Table:
    """What to do, by arm, in words."""
    if not metrics["tests"]:
        return ELSEWHERE
    tables = []
    for name, test in metrics["tests"].items():
        made = pd.DataFrame.from_dict(dict(_by_arm(test["arms"])), orient="index").rename_axis("arm").reset_index()
        deciding = decisive(rows[rows["experiment"] == name])
        shown = made.merge(deciding, on="arm", how="left")
        columns = [
            Column("arm", "arm"),
            Column("participants", "participants", "count"),
            Column("difference", f"difference, {currency}", "money"),
            Column("lower", "from", "money"),
            Column("upper", "to", "money"),
            Column("p_holm", "corrected p", "ratio"),
            Column("decision", "decision"),
            Column("why", "why"),
        ]
        used = "with the forecast as covariate" if deciding["with_forecast"].any() else "as measured"
        caption = (
            f"{name}: revenue per participant in {metrics['window_days']} days less that of {_control(test)}, {used}. "
            f"An arm works, or harms, if p is at most {1 - metrics['confidence']:.2g} after Holm's correction for "
            "several arms. Each interval is for its arm alone"
        )
        tables.append(table(shown, columns, caption).html)
    return Table("".join(tables))


def purchases(rows: pd.DataFrame, metrics: dict[str, Any]) -> Table:
    """Whether more participants bought, by arm; as measured."""
    shares = rows[(rows["outcome"] == "purchased") & ~rows["with_forecast"].astype("bool")]
    if shares.empty:
        return NOT_COMPARED if metrics["tests"] else ELSEWHERE
    columns = [
        *_arms(),
        Column("mean", "share who bought", "share"),
        Column("control_mean", "share in the control", "share"),
        Column("difference", "difference", "signed_share"),
        Column("lower", "from", "signed_share"),
        Column("upper", "to", "signed_share"),
        Column("p_holm", "corrected p", "ratio"),
    ]
    return table(
        _in_order(shares),
        columns,
        "The share of participants who bought in the window, as measured. Decisions depend on revenue, not on this "
        "share",
    )


def returns(rows: pd.DataFrame, metrics: dict[str, Any], budget: dict[str, Any], currency: str) -> Table:
    """The cost and return of each arm; `budget` is metrics/budget.json, which may be based on these tests."""
    if rows.empty:
        return NOT_COMPARED if metrics["tests"] else ELSEWHERE
    deciding = _in_order(decisive(rows))
    margin = metrics["margin_rate"] * deciding["difference"] * deciding["participants"]
    shown = deciding.assign(margin=margin, profit=margin - deciding["cost"])
    columns = [
        *_arms(),
        Column("cost", f"cost, {currency}", "money"),
        Column("margin", f"additional margin, {currency}", "money"),
        Column("profit", f"profit, {currency}", "money"),
        Column("roi", "return", "signed_share"),
        Column("roi_lower", "from", "signed_share"),
        Column("roi_upper", "to", "signed_share"),
    ]
    caption = (
        f"What each arm yielded beyond the control, at a margin of {metrics['margin_rate']:.0%} of revenue. The return "
        "is profit divided by cost: at 0% the arm earns its cost, at -100% it yields nothing. If the interval contains "
        "0%, it is open whether the arm paid"
    )
    paid = shown.dropna(subset=["cost", "margin"])
    cost, brought = float(paid["cost"].sum()), float(paid["margin"].sum())
    if cost > 0:
        caption += (
            f". All arms together cost {write(cost, 'money')} {currency} and yielded an additional margin of "
            f"{write(brought, 'money')}, a return of {write(brought / cost - 1, 'signed_share')}"
        )
    if budget["mode"] == "optimal" and budget["source"] == "tests":
        caption += (
            ". A test reaches customers of all tiers, but the budget goes to those who spend most, and the same "
            "relative rise is worth more with them"
        )
    return table(shown, columns, caption)


def watched(days: pd.DataFrame, metrics: dict[str, Any], currency: str) -> Chart | Table:
    """The difference day by day, with the interval for a single look and that for a look every day."""
    if days.empty:
        return NOT_COMPARED if metrics["tests"] else ELSEWHERE
    days = _in_order(days)
    labels = _labels(days)
    order = list(dict.fromkeys(labels))[:MOST_PANELS]
    columns = min(COLUMNS, len(order))
    fig, axes = panels(len(order), columns, width=7.2, row_height=2.1)
    low, high = _view(days[labels.isin(order)])
    apart = []
    for ax, label in zip(axes, order, strict=True):
        rows = days[labels == label]
        ax.fill_between(rows["day"], rows["always_lower"], rows["always_upper"], color=ORANGE, alpha=0.3, linewidth=0)
        ax.fill_between(rows["day"], rows["lower"], rows["upper"], color=BLUE, alpha=0.35, linewidth=0)
        ax.plot(rows["day"], rows["difference"], color=BLUE)
        ax.axhline(0, color=GREY, linewidth=1)
        ax.set_ylim(low, high)
        ax.set_title(label, fontsize=9)
        first = rows.loc[(rows["always_lower"] > 0) | (rows["always_upper"] < 0), "day"]
        if len(first):
            ax.axvline(first.iloc[0], color=GREEN, linestyle="--", linewidth=1)
            apart.append(f"{label} from day {first.iloc[0]}")
    fig.supxlabel("days since the first assignment", fontsize=9)
    fig.supylabel(f"difference, {currency}", fontsize=9)
    told = f"it excludes 0 for {', '.join(apart)} (dashed)" if apart else "it never excludes 0"
    more = len(set(labels)) - len(order)
    caption = (
        f"The difference of revenue as measured, with {metrics['confidence']:.0%} intervals. The blue interval is "
        f"valid for a single look at a single arm, the orange one for a look at all arms on every day: {told}"
        + (f". {more} more arms are not drawn" if more else "")
    )
    return render(fig, "watched", caption, f"Small line charts for {len(order)} arms; {told}", wide=True)


def checks(metrics: dict[str, Any]) -> Table:
    """Whether each test was randomised as intended."""
    if not metrics["tests"]:
        return ELSEWHERE
    shown = pd.DataFrame(
        [
            {
                "test": name,
                "sizes": ", ".join(f"{arm or 'no name'} {_size(n)}" for arm, n in _by_arm(test["sizes"])),
                "meant": "as given" if test["shares_given"] else "equal, assumed",
                "p_sizes": test["p_sizes"],
                "p_forecast": test["p_forecast"],
                "alarm": test["alarm"] or "none",
            }
            for name, test in metrics["tests"].items()
        ]
    )
    caption = "A p value below 0.001 raises an alarm. A test with an alarm decides nothing"
    if any(n is None for test in metrics["tests"].values() for n in test["sizes"].values()):
        caption += ". Small arm sizes are not shown, nor are sizes that would reveal them"
    columns = [
        Column("test", "test"),
        Column("sizes", "participants by arm"),
        Column("meant", "intended shares"),
        Column("p_sizes", "p of the sizes", "fine"),
        Column("p_forecast", "p of the forecasts", "fine"),
        Column("alarm", "alarm"),
    ]
    return table(shown, columns, caption)


def _size(n: int | None) -> str:
    return "not shown" if n is None else f"{n:,}"


def _natural(arm: str) -> tuple[str | int, ...]:
    """A key that sorts email-5 before email-10."""
    return tuple(int(part) if i % 2 else part for i, part in enumerate(re.split(r"(\d+)", arm)))


def _by_arm(found: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(found.items(), key=lambda pair: _natural(pair[0]))


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the arms of each test in natural order; the order within an arm is kept."""
    key = [(test, _natural(arm)) for test, arm in zip(rows["experiment"], rows["arm"], strict=True)]
    return rows.iloc[sorted(range(len(rows)), key=key.__getitem__)]


def _arms() -> list[Column]:
    return [Column("experiment", "test"), Column("arm", "arm"), Column("participants", "participants", "count")]


def _labels(rows: pd.DataFrame) -> pd.Series:
    """Labels of arms in a chart, with the name of the test if there are several."""
    alone = len(rows["experiment"].unique()) == 1
    names = [
        (arm or "no name") if alone else f"{test}: {arm or 'no name'}"
        for test, arm in zip(rows["experiment"], rows["arm"], strict=True)
    ]
    return pd.Series(names, rows.index, dtype="object")


def _narrower(money: pd.DataFrame) -> float:
    """The share by which the forecast narrows intervals on average; 0 if there is no forecast."""
    width = (money["upper"] - money["lower"]).groupby(money["with_forecast"].astype("bool")).mean()
    return float(1 - width[True] / width[False]) if len(width) == 2 else 0.0


def _view(days: pd.DataFrame) -> tuple[float, float]:
    """Limits of the axis that show all single-look intervals, and the others as far as they are close to these."""
    low, high = min(float(days["lower"].min()), 0.0), max(float(days["upper"].max()), 0.0)
    return low - 0.3 * (high - low), high + 0.3 * (high - low)


def _control(test: dict[str, Any]) -> str:
    return " and ".join(arm or "no name" for arm in test["control"]) or "a control, which is missing"


def _days(test: dict[str, Any]) -> str:
    first, last = test["first_day"], test["last_day"]
    return f"assigned on {first}" if first == last else f"assigned from {first} to {last}"
