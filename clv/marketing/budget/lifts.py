"""How the revenue of a tier rises with the spend per customer in a channel: Hill curves, fitted to tests.

For a group of participants (test, tier, channel, cost), the mean revenue over the expected revenue is

    baseline(test, tier) + lift(tier, channel) * [c / (c + k)] / [m / (m + k)] + noise

with k per channel, pooled over tiers, and m the highest cost tested there. Baselines, the lifts of channels and those
of cells each vary around a mean with a standard deviation that is estimated, too: a cell departs from its channel, and
a channel from the others, as far as their data support it. Given k the model is linear (variable projection: Golub and
Pereyra, 1973, SIAM Journal on Numerical Analysis 10); k is searched over a grid, channel by channel, by restricted
likelihood and a prior around the tested costs, because a few costs give little information about it. The standard
deviations are those of highest likelihood (empirical Bayes: Morris, 1983, Journal of the American Statistical
Association 78).

Every bootstrap resample is fitted anew. Shrunk estimates vary too little between resamples, so the values to which they
are shrunk are drawn as well, with their standard deviation (Bardsley et al., 2014, "Randomize-then-optimize", SIAM
Journal on Scientific Computing 36).
"""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from clv.marketing.budget.groups import DIGITS, Groups

SPREADS = (0.02, 0.1, 0.3)  # standard deviations tried, of baselines, channels and cells, relative to revenue
HALVES = 9  # grid points of k, from a quarter of the lowest to four times the highest cost tested
HALF_PRIOR = 1.0  # standard deviation of log k around the geometric mean of the tested costs
SWEEPS = 3  # over the channels


@dataclass(frozen=True)
class Lifts:
    """The curves of cells, the rows of `cells`: tier, channel and highest (cost tested per customer, money).

    `top` (cells, draws) is the limit of the relative rise of revenue as spend grows, 0 or more, and `half` (cells,
    draws) the cost per customer, money, at which half of it is reached; `point_top` and `point_half` (cells,) are those
    of the original data. `assumed` are the channels in which no tier was tested at two costs; there, k is taken to be
    the geometric mean of the tested costs.
    """

    cells: pd.DataFrame
    top: np.ndarray
    half: np.ndarray
    point_top: np.ndarray
    point_half: np.ndarray
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class _Design:
    """The regression without k: which columns a group has, by kind, and the grid of k (channels, HALVES)."""

    fixed: np.ndarray  # (groups, p), 1 where a coefficient applies to the group; lifts still without their factor
    channel: np.ndarray  # (groups,) code, -1 for a control
    cost: np.ndarray
    kind: np.ndarray  # (p,) 0 free, 1 baseline, 2 channel, 3 cell
    lift: np.ndarray  # (p,) whether the factor of the cost applies
    grid: np.ndarray
    prior: np.ndarray  # log prior of the grid, (channels, HALVES)
    highest: np.ndarray  # (channels,)
    weight: np.ndarray  # (groups,)

    def factors(self, channel: int, half: np.ndarray) -> np.ndarray:
        """The factor on the lift at the highest cost in groups of a channel, at each k: (len(half), groups)."""
        most = self.highest[channel]
        factor = self.cost / (self.cost + half[:, None]) * (most + half[:, None]) / most
        return np.where(self.channel == channel, factor, 0.0)


def fit_lifts(groups: Groups, seed: int) -> Lifts | None:
    """Fit the curves of every cell that was tested; None where no group of a test can be used."""
    table = groups.table
    if table.empty:
        return None
    treated = table[table["channel"] != ""]
    cells = treated.groupby(["tier", "channel"])["cost"].max().reset_index(name="highest")
    channels = [str(name) for name in sorted(treated["channel"].unique())]
    design = _design(table, cells, channels)
    with threadpool_limits(1):
        spreads = _spreads(design, table["mean"].to_numpy())
        pulls = np.random.default_rng([seed, 12]).standard_normal((len(groups.draws), len(design.kind)))
        drawn = _fit(design, groups.draws, np.tile(spreads, (len(groups.draws), 1)), pulls)
        point = _fit(design, table["mean"].to_numpy()[None], spreads[None], np.zeros((1, len(design.kind))))
    tops = [_curves(design, table, cells, channels, *found[:2]) for found in (drawn, point)]
    assumed = tuple(name for name in channels if _one_cost(treated[treated["channel"] == name]))
    return Lifts(cells, *tops[0], tops[1][0][:, 0], tops[1][1][:, 0], assumed)


def _design(table: pd.DataFrame, cells: pd.DataFrame, channels: list[str]) -> _Design:
    places = table[["experiment", "tier"]].drop_duplicates()
    columns: list[Any] = [np.ones(len(table))]
    columns += [
        ((table["experiment"] == p.experiment) & (table["tier"] == p.tier)).to_numpy() for p in places.itertuples()
    ]
    columns += [(table["channel"] != "").to_numpy()]
    columns += [(table["channel"] == name).to_numpy() for name in channels]
    columns += [((table["channel"] == c.channel) & (table["tier"] == c.tier)).to_numpy() for c in cells.itertuples()]
    sizes = (1, len(places), 1, len(channels), len(cells))
    tested = [table[table["channel"] == name] for name in channels]
    costs = [np.unique(rows["cost"]) for rows in tested]
    centre = np.array([np.log(c).mean() for c in costs])
    grid = np.array(
        [
            np.full(HALVES, round(float(np.exp(middle)), DIGITS))
            if _one_cost(rows)
            else np.geomspace(c[0] / 4, c[-1] * 4, HALVES)
            for rows, c, middle in zip(tested, costs, centre, strict=True)
        ]
    )
    return _Design(
        fixed=np.column_stack(columns).astype("float64"),
        channel=pd.Index(channels).get_indexer(pd.Index(table["channel"])),
        cost=table["cost"].to_numpy(),
        kind=np.repeat([0, 1, 0, 2, 3], sizes),
        lift=np.repeat([False, False, True, True, True], sizes),
        grid=grid,
        prior=-0.5 * ((np.log(grid) - centre[:, None]) / HALF_PRIOR) ** 2,
        highest=np.array([c[-1] for c in costs]),
        weight=1 / table["variance"].to_numpy(),
    )


def _one_cost(tested: pd.DataFrame) -> bool:
    """Whether no tier was tested at two costs in a channel.

    The mean cost of one arm is higher in tiers that redeem more, but tiers also differ in how they respond, so costs of
    different tiers are not compared.
    """
    return bool(tested.groupby("tier")["cost"].nunique().max() == 1)


def _spreads(design: _Design, means: np.ndarray) -> np.ndarray:
    """The standard deviations of baselines, channels and cells, (3,), with the highest likelihood of the data."""
    tried = np.array(list(itertools.product(SPREADS, repeat=3)))
    many = np.tile(means, (len(tried), 1))
    score = _fit(design, many, tried, np.zeros((len(tried), len(design.kind))))[2]
    return np.asarray(tried[int(np.argmax(np.round(score, 9)))])


def _fit(
    design: _Design, means: np.ndarray, spreads: np.ndarray, pulls: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients (n, p), k (n, channels) and log likelihood (n,) of n data sets `means` (n, groups)."""
    n, (n_channels, n_halves) = len(means), design.grid.shape
    at = np.full((n, n_channels), n_halves // 2)
    penalty = np.concatenate([np.zeros((n, 1)), spreads**-2.0], axis=1)[:, design.kind]
    best = np.empty((n, design.fixed.shape[1]))
    score = np.empty(n)
    factor = np.array([design.factors(c, design.grid[c]) for c in range(n_channels)])  # (channels, halves, groups)
    for c in np.tile(np.arange(n_channels), SWEEPS):
        others = sum(factor[o][at[:, o]] for o in range(n_channels) if o != c) + np.zeros((n, len(design.cost)))
        candidates = others[:, None, :] + factor[c][None]
        coefficients, likelihood = _solve(design, candidates, means, penalty, pulls)
        likelihood = np.round(likelihood + design.prior[c], 9)
        at[:, c] = likelihood.argmax(axis=1)
        best = coefficients[np.arange(n), at[:, c]]
        score = likelihood.max(axis=1)
    return best, np.take_along_axis(design.grid.T, at, axis=0), score


def _solve(
    design: _Design, factors: np.ndarray, means: np.ndarray, penalty: np.ndarray, pulls: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Penalised least squares with factors (n, halves, groups): coefficients (n, halves, p), likelihood (n, halves).

    Each penalised coefficient is shrunk towards `pulls` (n, p) times its standard deviation.
    """
    scaled = design.fixed * np.sqrt(design.weight)[:, None]
    X = np.where(design.lift, factors[..., None], 1.0) * scaled
    y = means * np.sqrt(design.weight)
    A = np.swapaxes(X, -1, -2) @ X
    diagonal = np.arange(X.shape[-1])
    A[..., diagonal, diagonal] += penalty[:, None, :] + 1e-9
    right = (np.swapaxes(X, -1, -2) @ y[:, None, :, None])[..., 0] + (np.sqrt(penalty) * pulls)[:, None, :]
    beta = np.linalg.solve(A, right[..., None])[..., 0]
    off = y[:, None, :] - (X @ beta[..., None])[..., 0]
    pulled = np.sqrt(penalty)[:, None, :] * beta - pulls[:, None, :] * (penalty[:, None, :] > 0)
    free = np.log(np.where(penalty > 0, penalty, 1.0)).sum(axis=1)[:, None]
    likelihood = -0.5 * ((off**2).sum(axis=-1) + (pulled**2).sum(axis=-1) + np.linalg.slogdet(A)[1] - free)
    return beta, likelihood


def _curves(
    design: _Design, table: pd.DataFrame, cells: pd.DataFrame, channels: list[str], beta: np.ndarray, half: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Top and half, (cells, n) each, from coefficients (n, p) and k (n, channels)."""
    base = beta * ~design.lift
    rise = beta * design.lift
    tops, halves = [], []
    for cell in cells.itertuples():
        mine = ((table["tier"] == cell.tier) & (table["channel"] == cell.channel)).to_numpy()
        code = channels.index(str(cell.channel))
        rows = design.fixed[mine].mean(axis=0)
        lift = (rise @ rows) / np.maximum(base @ rows, 0.1)  # below a tenth of the expected, noise would inflate it
        k = half[:, code]
        tops.append(np.maximum(lift, 0.0) * (design.highest[code] + k) / design.highest[code])
        halves.append(k)
    return np.array(tops), np.array(halves)
