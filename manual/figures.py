"""Draw the figures of docs/method.md from metrics and tables in git: `python -m manual.figures`.

Each figure belongs to one section. Its picture is docs/figures/NAME.svg; the page holds its caption.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from clv import paths, storage
from clv.evaluation.forecast_names import ENSEMBLE
from clv.models.btyd.pareto_nbd import ParetoNbd
from clv.models.learners.registry import BTYD
from clv.reporting.calibration import rolling_origins
from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, SKY, Chart, Mark, figure, name_lines, render
from clv.reporting.kit.names import TITLES
from clv.reporting.kit.table import Table
from clv.reporting.models import accuracy, composition
from manual.parts import ROOT, filled

PAGE, FOLDER = ROOT / "docs" / "method.md", ROOT / "docs" / "figures"
TENURE = 720  # days of the customers in the figure of P(alive)
REPEATS = {2: SKY, 5: BLUE, 15: ORANGE}  # purchases after the first, each with its colour
DIGITS = 6  # of what is drawn, so that the last bit of a processor does not show


def season() -> Chart | Table:
    return composition.season(_train())


def alive() -> Chart:
    """P(alive) by the days since the last purchase, for customers with few and with many repeat purchases."""
    model = ParetoNbd(**_train()["today"]["btyd"]["purchases"])
    days = np.arange(0, TENURE + 1, 10)
    fig, ax = figure(height=3.0)
    marks = []
    for repeats, colour in REPEATS.items():
        x, tenure = np.full(len(days), float(repeats)), np.full(len(days), float(TENURE))
        p = np.round(model.p_alive(x, tenure - days, tenure), DIGITS)
        ax.plot(days, p, color=colour)
        marks.append(Mark(TENURE, float(p[-1]), f"{repeats} repeat purchases", colour))
    ax.set_ylim(0, 1.02)
    ax.set_xlabel("days since the last purchase")
    ax.set_ylabel("P(alive)")
    name_lines(ax, marks, at=1.03)
    text = (
        f"P(alive) of customers whose first purchase was {TENURE} days ago, by the model fitted to the built-in shop: "
        "the more often a customer bought, the sooner silence means that they have left"
    )
    return render(fig, "alive", text, f"Line chart. {text}")


def learners() -> Chart:
    """The Gini of each learner in the backtest, and that of their combination, with confidence intervals."""
    rows = storage.read_csv(paths.METRICS_CSV)
    names = [BTYD, *sorted(set(_train()["today"]["weights"]) - {BTYD}), ENSEMBLE]
    found = rows[rows["metric"] == "gini"].set_index("forecast").loc[names].sort_values("value", kind="stable")
    fig, ax = figure(height=3.6)
    at = np.arange(len(found))
    errors = np.abs(found[["lower", "upper"]].to_numpy().T - found["value"].to_numpy())
    colours = [GREEN if name == ENSEMBLE else GREY if name == BTYD else BLUE for name in found.index]
    for place, (value, colour) in enumerate(zip(found["value"], colours, strict=True)):
        ax.errorbar(value, place, xerr=errors[:, [place]], fmt="o", color=colour, capsize=3)
    ax.set_yticks(at, [TITLES[name] for name in found.index])
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.set_xlabel("normalised Gini, with a 95% confidence interval")
    best, start = (float(found["value"][name]) for name in (ENSEMBLE, BTYD))
    text = (
        f"Ranking in the backtest of the built-in shop: the combination reaches a Gini of {best:.3f}, the "
        f"buy-till-you-die value alone {start:.3f}"
    )
    return render(fig, "learners", text, f"Dots with intervals, one per learner. {text}")


def level() -> Chart | Table:
    return rolling_origins.bias(storage.read_csv(paths.ROLLING))


def weights() -> Chart:
    """The weight of each learner, in the backtest and today."""
    train = _train()
    runs = {"backtest": train["backtest"]["weights"], "today": train["today"]["weights"]}
    names = [name for name in sorted(runs["today"]) if any(run[name] > 0 for run in runs.values())]
    fig, ax = figure(height=3.0)
    at = np.arange(len(names))
    for place, (title, colour) in enumerate({"backtest": SKY, "today": BLUE}.items()):
        ax.barh(at + 0.2 - 0.4 * place, [runs[title][name] for name in names], height=0.38, color=colour, label=title)
    ax.set_yticks(at, [TITLES[name] for name in names])
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
    ax.set_xlabel("weight")
    fig.legend(frameon=False, loc="outside upper center", ncols=2)
    text = f"Weights of the learners: {len(names)} of {len(runs['today'])} take part in the backtest or today"
    return render(fig, "weights", text, f"Bar chart of weights, two bars per learner. {text}")


def orders() -> Chart | Table:
    return accuracy.deciles(storage.read_csv(paths.DECILES), storage.read_json(paths.SUMMARY)["currency"])


def intervals() -> Chart | Table:
    return accuracy.coverage(storage.read_csv(paths.COVERAGE))


FIGURES: dict[str, Callable[[], Chart | Table]] = {
    "season": season,
    "alive": alive,
    "learners": learners,
    "level": level,
    "weights": weights,
    "orders": orders,
    "intervals": intervals,
}


def drawn() -> dict[str, Chart]:
    """The figures by name. Raises `ValueError` where the last run has nothing to draw."""
    found = {name: draw() for name, draw in FIGURES.items()}
    if tables := [name for name, chart in found.items() if isinstance(chart, Table)]:
        raise ValueError(f"the last run has nothing to draw for {', '.join(tables)}")
    return {name: chart for name, chart in found.items() if isinstance(chart, Chart)}


def page(text: str, charts: dict[str, Chart]) -> str:
    """The page with a link to each picture, and its caption."""
    parts = {name: f"![{chart.alt}](figures/{name}.svg)\n\n*{chart.caption}.*" for name, chart in charts.items()}
    return filled(text, parts)


def _train() -> dict[str, Any]:
    return storage.read_json(paths.TRAIN_METRICS)


if __name__ == "__main__":
    made = drawn()
    for figure_name, chart in made.items():
        (FOLDER / f"{figure_name}.svg").write_text(chart.standalone(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")
    print(f"figures: {', '.join(made)}")
