"""Write the page that links the reports.

Reads: data/customer_values.parquet, the metrics, tables and documents of the earlier stages.
Writes: reports/index.html; reports/model_card.html and data_dictionary.html, the documents as pages; reports/gain.svg,
the picture in the README.
"""

from clv import params, paths, storage
from clv.errors import run_stage
from clv.features.store import read_plan
from clv.reporting import customers, evaluation, segments
from clv.reporting.document import document
from clv.reporting.page import LINKS, Body, cards, page


def main() -> None:
    p = params.load()
    plan = read_plan()
    values = storage.read_table(paths.CUSTOMER_VALUES)
    headline = storage.read_json(paths.EVALUATE_METRICS)
    gain = evaluation.gain(storage.read_csv(paths.GAIN_CURVE))
    reports = [link for link in LINKS if link.href != paths.INDEX.name]
    body = "\n".join(
        [
            "<h1>Customer lifetime value</h1>",
            f"<p>The net revenue of the {plan.horizon_days} days after {plan.last_day}, forecast for every customer "
            f"known that day.</p>",
            customers.headline(values, plan.horizon_days, p.currency).html,
            cards(reports),
            "<h2>How far to trust it</h2>",
            f"<p>The same recipe, as of {plan.backtest.as_of}, against what then happened:</p>"
            if plan.backtest
            else "",
            evaluation.headline(headline, p.currency).html,
            evaluation.verdict_line(storage.read_json(paths.VERDICT)).html if plan.backtest else "",
            gain.to_html(),
            "<h2>Where the value is</h2>",
            segments.tiers(storage.read_csv(paths.PROFILES_CSV))._repr_html_(),
        ]
    )

    storage.write_text(gain.standalone(), paths.GAIN_PICTURE)
    for text, out in (
        (paths.MODEL_CARD, paths.MODEL_CARD_PAGE),
        (paths.DATA_DICTIONARY, paths.DATA_DICTIONARY_PAGE),
    ):
        written = document(text.read_text(encoding="utf-8"))
        title = text.stem.replace("_", " ").capitalize()
        storage.write_text(page(Body(title, written), out.name, text.name), out)
    storage.write_text(page(Body("Customer lifetime value", body), paths.INDEX.name, "stages/index.py"), paths.INDEX)
    print(f"index: {paths.INDEX} links {len(reports)} reports")


if __name__ == "__main__":
    run_stage(main)
