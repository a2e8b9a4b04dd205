"""Parts of the budget report: the evidence behind the split of the money, and its assumptions."""

from html import escape
from typing import Any

from clv.reporting.kit.table import Table, note

WORST = "mean profit of the worst draws"
SOURCES = {
    "tests": "The effect of spending is estimated from randomised tests of this shop, which compare customers with and "
    "without the spending",
    "elasticities": "The effect of spending is an assumption of this shop (budget.elasticities), not a measurement. "
    "There are no intervals, because nothing shows how far the assumption is off",
    "none": "Neither a randomised test nor an assumption shows what spending yields, so no return is stated",
}


def source(metrics: dict[str, Any]) -> Table:
    """Where the curves come from, how they split the money, and which inputs could not be used."""
    by = "by the fixed shares in budget.rule"
    if metrics["mode"] == "optimal":
        by = (
            "so that expected profit is highest"
            if not metrics["draws"]
            else (
                f"so that a weighted mean of the expected profit and the {WORST} is highest. Each draw resamples the "
                "participants of the tests; budget.worst_share is the share of draws that count as the worst"
            )
        )
    texts = [f"{SOURCES[metrics['source']]}. The money is split {by}."]
    if metrics["source"] == "tests":
        texts.append(
            "A single arm may prove little on its own (see what the tests showed), so the curves combine all arms. "
            "They assume that the effects of channels add up."
        )
    if metrics["assumed_half_cost"]:
        names = ", ".join(metrics["assumed_half_cost"])
        texts.append(
            f"Only one cost was tested for {names}. That this cost reaches half of the largest effect is an assumption."
        )
    texts += [f"{what}." for what in metrics["dropped_bounds"]]
    if len(metrics["left_out"]) == 1:
        texts.append(f"Left out: {metrics['left_out'][0]}.")
    html = "".join(note(text).html for text in texts)
    if len(metrics["left_out"]) > 1:
        items = "".join(f"<li>{escape(what)}</li>" for what in metrics["left_out"])
        html += f"{note('Left out:').html}<ul>{items}</ul>"
    return Table(html)


def assumptions(metrics: dict[str, Any]) -> Table:
    """The assumptions behind the figures, in plain words."""
    if metrics["source"] == "none":
        return note("The split follows fixed shares. It is not based on a forecast of what spending yields.")
    common = "The effects of channels add up: no two channels win the same customer, and no channel helps another."
    if metrics["source"] == "elasticities":
        return note(
            f"{common} A curve passes through your reference point with your elasticity, and flattens beyond it. "
            "Each tier gets its share of the customers whom a channel's money wins."
        )
    return note(
        f"{common} Spending has an effect for {metrics['window_days']} days, the window of the tests, and none "
        "afterwards. Customers react as they did in the tests: their revenue rises by the same share of what they "
        f"would buy anyway, which is the part of the forecast for the first {metrics['window_days']} days. No channel "
        "spends more per customer than was tested there. Customers count whether or not they agreed to e-mail, as in "
        "the tests. Spending never puts customers off."
    )
