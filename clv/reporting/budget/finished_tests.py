"""What the experiments report shows of finished tests: what they say to do, whether it paid, how sure that is."""

import re
from typing import Any

import pandas as pd

from clv.marketing.experiments.decisions import decisive
from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, Chart, figure, panels, render
from clv.reporting.kit.table import ELSEWHERE, Column, Table, facts, note, nothing, table, write

NO_TESTS = nothing(
    "No randomised test is finished. Put who was assigned to which arm, and when, into the table of experiments; once "
    "test_window_days are over for a participant, the page shows what it yielded."
)
NOT_COMPARED = nothing("No test has a control arm and enough participants to compare with it.")
COLUMNS = 3  # of small pictures side by side
MOST_PANELS = 12


def headline(metrics: dict[str, Any]) -> Table:
    """How many tests there were, and how many of them had a winner."""
    if not metrics["tests"] and metrics["still_open"] == 0:
        return ELSEWHERE
    tests = metrics["tests"].values()
    return facts(
        [
            ("finished tests", write(len(tests), "count")),
            ("with a winner", write(sum(bool(test["winner"]) for test in tests), "count")),
            ("with an alarm", write(sum(bool(test["alarm"]) for test in tests), "count")),
            ("participants", write(metrics["participants"], "count")),
            ("whose window is not over", write(metrics["still_open"], "count")),
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
        f"Intervals of {metrics['confidence']:.0%}, each for its arm alone. {len(apart)} of {len(surest)} leave out 0"
        + (f": {', '.join(apart)}" if len(apart) else "")
    )
    narrower = _narrower(money)
    if narrower:
        caption += f". The forecast of before the test makes them {narrower:.0%} narrower on average"
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
            Column("p_holm", "p, for all arms", "ratio"),
            Column("decision", "decision"),
            Column("why", "why"),
        ]
        used = "with the forecast as covariate" if deciding["with_forecast"].any() else "as measured"
        caption = (
            f"{name}: revenue per participant in {metrics['window_days']} days less that of {_control(test)}, {used}. "
            f"An arm works, or harms, where p is at most {1 - metrics['confidence']:.2g} after the correction for "
            "several arms (Holm); intervals are of each arm alone"
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
        Column("control_mean", "of the control", "share"),
        Column("difference", "difference", "signed_share"),
        Column("lower", "from", "signed_share"),
        Column("upper", "to", "signed_share"),
        Column("p_holm", "p, for all arms", "ratio"),
    ]
    return table(
        _in_order(shares), columns, "Participants who bought in the window, as measured; it does not decide, money does"
    )


def returns(rows: pd.DataFrame, metrics: dict[str, Any], budget: dict[str, Any], currency: str) -> Table:
    """What was spent on each arm, and what came back; `budget` is metrics/budget.json, which these tests may carry."""
    if rows.empty:
        return NOT_COMPARED if metrics["tests"] else ELSEWHERE
    deciding = _in_order(decisive(rows))
    margin = metrics["margin_rate"] * deciding["difference"] * deciding["participants"]
    shown = deciding.assign(margin=margin, profit=margin - deciding["cost"])
    columns = [
        *_arms(),
        Column("cost", f"cost, {currency}", "money"),
        Column("margin", f"more margin, {currency}", "money"),
        Column("profit", f"profit, {currency}", "money"),
        Column("roi", "return", "signed_share"),
        Column("roi_lower", "from", "signed_share"),
        Column("roi_upper", "to", "signed_share"),
    ]
    caption = (
        f"What an arm yielded beyond the control, at a margin of {metrics['margin_rate']:.0%} of revenue. The return "
        "is profit over cost: 0% gets the money back, -100% yields nothing; an interval that holds 0% leaves it open"
    )
    paid = shown.dropna(subset=["cost", "margin"])
    cost, brought = float(paid["cost"].sum()), float(paid["margin"].sum())
    if cost > 0:
        caption += (
            f". All arms together cost {write(cost, 'money')} {currency} and yielded {write(brought, 'money')} more "
            f"margin, a return of {write(brought / cost - 1, 'signed_share')}"
        )
    if budget["mode"] == "optimal" and budget["source"] == "tests":
        caption += (
            ". A test reaches customers of all tiers; the budget goes to those who spend most, for whom the same rise "
            "is worth more"
        )
    return table(shown, columns, caption)


def watched(days: pd.DataFrame, metrics: dict[str, Any], currency: str) -> Chart | Table:
    """The difference from day to day, with the interval for one look and that for every day."""
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
    told = f"0 was left out by {', '.join(apart)} (dashed)" if apart else "it never left out 0"
    more = len(set(labels)) - len(order)
    caption = (
        f"Blue is right for a single look at a single arm, orange for looks on every day at all arms "
        f"({metrics['confidence']:.0%}); revenue as measured. By orange {told}"
        + (f"; {more} more arms are not drawn" if more else "")
    )
    return render(fig, "watched", caption, f"Small line charts for {len(order)} arms; {told}", wide=True)


def checks(metrics: dict[str, Any]) -> Table:
    """Whether each test was randomised as meant."""
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
    caption = "An alarm is raised below 0.001; a test with an alarm decides nothing"
    if any(n is None for test in metrics["tests"].values() for n in test["sizes"].values()):
        caption += ". Sizes of few participants, and others that would reveal them, are not shown"
    columns = [
        Column("test", "test"),
        Column("sizes", "participants by arm"),
        Column("meant", "shares meant"),
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
    """The rows with the arms of each test in natural order, and as they were within an arm."""
    key = [(test, _natural(arm)) for test, arm in zip(rows["experiment"], rows["arm"], strict=True)]
    return rows.iloc[sorted(range(len(rows)), key=key.__getitem__)]


def _arms() -> list[Column]:
    return [Column("experiment", "test"), Column("arm", "arm"), Column("participants", "participants", "count")]


def _labels(rows: pd.DataFrame) -> pd.Series:
    """Arms as they are called in a picture: after their test too, where there are several."""
    alone = len(rows["experiment"].unique()) == 1
    names = [
        (arm or "no name") if alone else f"{test}: {arm or 'no name'}"
        for test, arm in zip(rows["experiment"], rows["arm"], strict=True)
    ]
    return pd.Series(names, rows.index, dtype="object")


def _narrower(money: pd.DataFrame) -> float:
    """By which share the forecast narrows intervals on average; 0 where there is none."""
    width = (money["upper"] - money["lower"]).groupby(money["with_forecast"].astype("bool")).mean()
    return float(1 - width[True] / width[False]) if len(width) == 2 else 0.0


def _view(days: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis that show all of the intervals for one look, and of the others what is near them."""
    low, high = min(float(days["lower"].min()), 0.0), max(float(days["upper"].max()), 0.0)
    return low - 0.3 * (high - low), high + 0.3 * (high - low)


def _control(test: dict[str, Any]) -> str:
    return " and ".join(arm or "no name" for arm in test["control"]) or "a control, which is missing"


def _days(test: dict[str, Any]) -> str:
    first, last = test["first_day"], test["last_day"]
    return f"assigned on {first}" if first == last else f"assigned from {first} to {last}"
