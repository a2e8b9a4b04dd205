"""Write the front page, which links the reports.

Reads: the summary, the tables that its pictures are drawn from, the documents of the earlier stages; for the digests of
what all of it was made of: data/clean/, code/index.txt and all parameters.
Writes: reports/index.html; reports/model_card.html and data_dictionary.html, the documents as pages; reports/gain.svg,
the picture in the README.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from clv import params, paths, storage
from clv.data.world.params import SyntheticParams
from clv.errors import run_stage
from clv.evaluation.past_runs import TEXT
from clv.features.store import read_base, read_plan
from clv.reporting.front import front_page, pictures
from clv.reporting.front.pictures import Picture
from clv.reporting.front.provenance import digests
from clv.reporting.kit.document import document
from clv.reporting.kit.not_known import missing
from clv.reporting.kit.page import LINKS, Body, page
from clv.reporting.models import accuracy
from clv.reporting.summary import answers
from clv.strict import load


def main() -> None:
    p = params.load()
    plan = read_plan()
    numbers = storage.read_json(paths.SUMMARY)
    gain = storage.read_csv(paths.GAIN_CURVE)
    drawn = draw(numbers, gain, p.currency)
    made_of = digests(
        storage.fingerprint(paths.CLEAN),
        storage.read_text(paths.code("index")),
        asdict(p),
        load(SyntheticParams, paths.SYNTHETIC),
    )
    known = [path.as_posix() for path in vars(paths).values() if isinstance(path, Path)]
    body = "\n".join(
        [
            "<h1>Customer lifetime value</h1>",
            f"<p>The net revenue of the {plan.horizon_days} days after {plan.last_day}, forecast for every customer "
            f"known that day.</p>",
            answers.headline(numbers).html,
            answers.invented(numbers).html,
            *([missing(numbers["not_known"]).html] if numbers["not_known"] else []),
            answers.trust(numbers).html,
            "<h2>Reports</h2>",
            front_page.cards([link for link in LINKS if link.href in drawn], drawn),
            "<h2>The numbers behind them</h2>",
            front_page.files(known, [link for link in LINKS if link.href not in (*drawn, paths.INDEX.name)]),
            front_page.revisions(**made_of),
        ]
    )

    storage.write_text(accuracy.gain(gain).standalone(), paths.GAIN_PICTURE)
    for text, out in (
        (paths.MODEL_CARD, paths.MODEL_CARD_PAGE),
        (paths.DATA_DICTIONARY, paths.DATA_DICTIONARY_PAGE),
    ):
        written = document(text.read_text(encoding="utf-8"))
        title = text.stem.replace("_", " ").capitalize()
        storage.write_text(page(Body(title, written), out.name, text.name), out)
    storage.write_text(page(Body("Customer lifetime value", body), paths.INDEX.name, "stages/index.py"), paths.INDEX)
    print(f"index: {paths.INDEX} links {len(LINKS) - 1} reports")


def draw(numbers: dict[str, Any], gain: pd.DataFrame, currency: str) -> dict[str, Picture]:
    """The picture of each report that has one, by its href."""
    return {
        "00_summary.html": pictures.outlook(numbers),
        "01_data.html": pictures.orders(read_base()),
        "02_features.html": pictures.features(storage.read_csv(paths.FEATURES_CSV)),
        "03_models.html": pictures.gain(gain),
        "04_calibration.html": pictures.deciles(storage.read_csv(paths.DECILES)),
        "05_customers.html": pictures.tiers(storage.read_csv(paths.PROFILES_CSV, text=["segment"])),
        paths.MODEL_CARD_PAGE.name: pictures.checks(numbers["trust"]),
        "06_budget.html": pictures.budget(storage.read_csv(paths.BUDGET_CSV, text=["tier", "channel"]), currency),
        "07_revenue.html": pictures.revenue(storage.read_csv(paths.REVENUE_CURVE), currency),
        "08_runs.html": pictures.runs(storage.read_csv(paths.RUNS, text=TEXT)),
    }


if __name__ == "__main__":
    run_stage(main)
