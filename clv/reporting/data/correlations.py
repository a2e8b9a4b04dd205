"""Part of the data report: which figures of customers correlate."""

import numpy as np
import pandas as pd

from clv.marketing.description.related_features import FEWEST_OF_TWO, FIGURES
from clv.reporting.kit.chart import Chart, render
from clv.reporting.kit.drawn_note import drawn_note
from clv.reporting.kit.heat import heat_map
from clv.reporting.kit.table import Table, nothing

# Pairs that correlate by definition, whatever customers do.
BY_DEFINITION = {
    frozenset({"recency_days", "tenure_days"}): "the first purchase of one-time buyers is also their last",
    frozenset({"frequency", "categories"}): "more categories take more purchases",
    frozenset({"monetary_value", "unit_price_mean"}): "spend grows with the price",
}


def correlations(rows: pd.DataFrame, drawn: int, customers: int) -> Chart | Table:
    """Rank correlation of every two figures of today's customers, from data/described/correlations.csv.

    They are computed on all `customers`, or on a sample of `drawn`.
    """
    present = {*rows["one"], *rows["other"]}
    names = [name for name in FIGURES if name in present]
    rho = rows.pivot_table(index="one", columns="other", values="rho").reindex(index=names[1:], columns=names[:-1])
    if not rho.notna().to_numpy().any():
        return nothing(f"No two figures are known of at least {FEWEST_OF_TWO} customers and differ between them.")
    texts = [["" if np.isnan(v) else f"{v:.2f}" for v in row] for row in rho.to_numpy()]
    numbered = [f"{FIGURES[name]}  {i}" for i, name in enumerate(names, 1)]
    fig, _ = heat_map(rho.to_numpy(), texts, numbered[1:], [str(i) for i in range(1, len(names))], 0.3)
    said = _strongest(rho)
    return render(
        fig,
        "correlations",
        f"{said}. 1 means that customers who rank higher in one figure always rank higher in the other, -1 that they "
        "always rank lower, and 0 that neither is the rule. Columns have the numbers of the rows; 1 is "
        f"{FIGURES[names[0]]}. Blue is above 0, orange below.{_no_news(names)} Correlations do not show what causes "
        f"what{drawn_note(drawn, customers)}",
        f"Heat map of rank correlations between {len(names)} figures of customers. {said}",
        wide=True,
    )


def _strongest(rho: pd.DataFrame) -> str:
    """The strongest correlation that does not hold by definition, as a sentence."""
    pairs = [(abs(v), v, one, other) for one, row in rho.T.items() for other, v in row.items() if np.isfinite(v)]
    news = [pair for pair in pairs if frozenset(pair[2:]) not in BY_DEFINITION]
    if not news:
        return "Which figures of customers go together"
    _, value, one, other = max(news)
    how = "rise together" if value > 0 else "move in opposite directions"
    return f"{FIGURES[str(other)].capitalize()} and {FIGURES[str(one)]} {how} most strongly: {value:.2f}"


def _no_news(names: list[str]) -> str:
    """Which pairs correlate by definition, and why."""
    said = [why for pair, why in BY_DEFINITION.items() if pair <= set(names)]
    return f" Some correlate by definition: {', '.join(said)}." if said else ""
