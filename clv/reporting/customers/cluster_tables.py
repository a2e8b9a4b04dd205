"""What the segments report shows of clusters."""

from typing import Any

import numpy as np
import pandas as pd

from clv.reporting.kit.chart import BLUE, GREY, Chart, figure, render
from clv.reporting.kit.heat import heat_map
from clv.reporting.kit.table import Format, Table, facts, note, nothing, write

SHORT_TITLES: dict[str, tuple[str, Format]] = {
    "predicted_clv": ("forecast", "money"),
    "recency_days": ("days since last", "days"),
    "frequency": ("repeat days", "mean"),
    "p_alive": ("still active", "share"),
    "categories": ("categories", "mean"),
    "eco_share": ("eco share", "share"),
    "open_share_90d": ("e-mails opened", "share"),
}
SHARES = {"eco_share": "revenue", "open_share_90d": "e-mails"}
DARKEST_AT = 1.5  # standard deviations


def stability(metrics: dict[str, Any]) -> Table:
    """How many clusters there are, and how far to trust them."""
    if len(metrics["names"]) < 2:
        return nothing("There are too few different customers for clusters, so all are in one.")
    pairs = facts(
        [
            ("clusters", write(len(metrics["names"]), "count")),
            ("stability (1 is always the same)", write(metrics["stability"], "ratio")),
            ("minimum wanted", write(metrics["min_stability"], "ratio")),
        ]
    )
    said = (
        "Stability is the mean adjusted Rand index between these clusters and those found in resamples of the "
        "customers. It is 1 if customers are always grouped alike, and 0 if they are grouped by chance."
    )
    for name, share in sorted(metrics["filled"].items()):
        said += (
            f" {SHORT_TITLES[name][0].capitalize()} is not known for {share:.0%} of the customers, who get the median."
        )
    warning = f"<p><strong>Warning: {metrics['warning']}.</strong></p>" if metrics["warning"] else ""
    return Table(pairs.html + warning + note(said).html)


def silhouettes(by_number: dict[str, float]) -> Chart | Table:
    """How clearly customers fall apart into so many clusters."""
    if not by_number:
        return nothing("No number of clusters was tried.")
    counts = sorted(map(int, by_number))
    values = [by_number[str(k)] for k in counts]
    best = counts[int(np.argmax(values))]
    fig, ax = figure(height=2.2)
    ax.bar(counts, values, color=[BLUE if k == best else GREY for k in counts], width=0.6)
    ax.set_xticks(counts)
    ax.set_xlabel("clusters")
    ax.set_ylabel("silhouette")
    said = ", ".join(f"{k} {value:.3f}" for k, value in zip(counts, values, strict=True))
    caption = (
        f"{best} clusters are separated best, with a silhouette of {max(values):.2f}: 1 means clear separation, 0 none"
    )
    return render(fig, "silhouettes", caption, f"Bar chart of the silhouette by number of clusters: {said}")


def profiles(rows: pd.DataFrame, currency: str) -> Chart | Table:
    """Mean of each feature in each cluster, shaded by how far it is from that of all customers."""
    if rows["mean"].isna().all():
        return nothing("There are too few customers to show clusters.")
    named = rows.assign(cluster=rows["cluster"].astype("str") + " " + rows["name"])
    order, features = list(dict.fromkeys(named["cluster"])), list(dict.fromkeys(named["feature"]))
    means = named.pivot_table("mean", "cluster", "feature", dropna=False).reindex(index=order, columns=features)
    shades = named.pivot_table("standardised", "cluster", "feature", dropna=False).reindex_like(means)
    texts = [
        [write(mean, SHORT_TITLES[feature][1]) for feature, mean in zip(features, row, strict=True)]
        for row in means.to_numpy(dtype="float64")
    ]
    titles = [SHORT_TITLES[feature][0].replace(" ", "\n", 1) for feature in features]
    fig, _ = heat_map(shades.to_numpy() / DARKEST_AT, texts, order, titles, 0.5)
    shares = [what for feature, what in SHARES.items() if feature in features]
    of = f"; shares refer to {' and '.join(shares)}" if shares else ""
    caption = (
        f"Means per customer. The forecast is that of the horizon, in {currency}{of}. Blue is above the mean of all "
        "customers, orange below"
    )
    said = "; ".join(
        f"{c}: " + ", ".join(f"{SHORT_TITLES[f][0]} {t}" for f, t in zip(features, line, strict=True))
        for c, line in zip(order, texts, strict=True)
    )
    return render(fig, "clusters", caption, f"Heat map of features by cluster. {said}", wide=True)
