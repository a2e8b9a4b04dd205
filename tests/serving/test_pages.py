"""The pages of the dashboard: complete for every release, safe with every id, with the numbers of the release."""

import csv
import io
import json
import re
import shlex
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from clv import paths, storage
from clv.publishing.publication import WITH_CONTACTS
from clv.reporting.kit.table import write
from clv.serving.adoption import Pending
from clv.serving.cursor import Cursor
from clv.serving.keys import Keys
from clv.serving.pages.addresses import customer_address, is_segment, visible
from clv.serving.pages.pasted_format import PastedFormat
from clv.serving.release import Release
from clv.serving.selection import Selection
from tests.serving.dashboards import PAGES, STRANGE, Shop, bare, checked, dashboard, strange


@pytest.fixture(scope="module")
def shop(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with dashboard(release, tmp_path_factory.mktemp("journal")) as running:
        yield running


@pytest.fixture(scope="module")
def strange_shop(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("strange")
    with dashboard(strange(release, folder / "release"), folder / "journal") as running:
        yield running


@pytest.fixture(scope="module")
def bare_shop(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("bare")
    with dashboard(bare(release, folder / "release"), folder / "journal") as running:
        yield running


@pytest.fixture(scope="module")
def values(release: Release) -> pd.DataFrame:
    """The customers in the order of the list."""
    frame = pd.read_parquet(release.path(paths.CUSTOMER_VALUES))
    return frame.sort_values(["predicted_clv", "customer_id"], ascending=[False, True]).reset_index(drop=True)


def ids_on(page: str) -> list[str]:
    """The ids in the list, from the addresses of their cards."""
    return [unquote(one) for one in re.findall(r'<th scope="row"[^>]*><a href="/customers/([^"]*)"', page)]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole(shop: Shop, path: str) -> None:
    page = checked(shop.get(path))
    assert shop.release.id in "".join(page.text)
    assert len(page.all("h1")) == 1


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_where_nothing_is_known(bare_shop: Shop, path: str) -> None:
    checked(bare_shop.get(path))
    best = bare_shop.release.customers.page(Selection(), None, 1)[0][0]["customer_id"]
    card = "".join(checked(bare_shop.get(customer_address(best))).text)
    assert "There are no reasons for this customer" in card
    assert "not in the plan of the next campaign" in card


def test_guesses_are_shown_nowhere(bare_shop: Shop) -> None:
    rows, _, _ = bare_shop.release.customers.page(Selection(), None, 5)
    for path in ("/", "/elite", *(customer_address(row["customer_id"]) for row in rows)):
        page = bare_shop.get(path).text
        assert "It is not known who comes back." in page
        assert "not known</" in page
        for row in rows:
            assert f">{row['predicted_clv']:,.0f}<" not in page
    assert "Who comes back, as nobody has yet." in bare_shop.get("/status").text


def test_no_backtest_is_said_where_its_numbers_would_be(bare_shop: Shop) -> None:
    assert "There is no backtest" in bare_shop.get("/elite").text
    assert "there is no backtest" in bare_shop.get("/segments").text
    assert bare_shop.get("/status").text.count("not judged") > 1


@pytest.mark.parametrize("customer_id", STRANGE)
def test_any_id_leads_to_its_card(strange_shop: Shop, customer_id: str) -> None:
    found = strange_shop.get("/customers/", params={"id": customer_id})
    if not is_segment(customer_id):
        page = checked(found)
    else:
        assert found.status_code == 303
        assert found.headers["location"] == customer_address(customer_id)
        page = checked(strange_shop.get(found.headers["location"]))
    assert f"{visible(customer_id)}" in "".join(page.text)


def test_ids_do_nothing_but_be_read(strange_shop: Shop) -> None:
    page = strange_shop.get("/").text
    assert "&lt;script&gt;" in page
    listed = checked(strange_shop.get("/"))
    assert [one["src"] for one in listed.all("img")] == []
    assert set(filter(is_segment, STRANGE)) <= set(ids_on(page))
    for path in ("/?tier=", "/?top_pct=", "/elite?top_pct=", "/budget?total=", "/customers/?id=", "/?cursor="):
        answer = strange_shop.get(f"{path}%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        assert answer.status_code in (404, 422)
        checked(answer, answer.status_code)


def test_numbers_that_are_not_known_are_not_shown(strange_shop: Shop) -> None:
    first, second = STRANGE[:2]
    assert "has no interval" in strange_shop.get(customer_address(first)).text
    unknown = strange_shop.get(customer_address(second)).text
    assert "<dd>not known</dd>" in unknown
    row = strange_shop.release.customers.get(second)
    assert row is not None
    assert f"<dd>{row['predicted_clv']:,.0f}</dd>" not in unknown


def test_the_pages_of_the_list_hold_everybody_once_in_order(shop: Shop, values: pd.DataFrame) -> None:
    found: list[str] = []
    path = "/"
    while path:
        page = checked(shop.get(path))
        found += ids_on(shop.get(path).text)
        path = next((unescape(link["href"]) for link in page.all("a") if link.get("rel") == "next"), "")
    assert found == values["customer_id"].tolist()


def test_the_page_before_is_the_page_before(shop: Shop, values: pd.DataFrame) -> None:
    first = ids_on(shop.get("/").text)
    second = next(link["href"] for link in checked(shop.get("/")).all("a") if link.get("rel") == "next")
    back = next(link["href"] for link in checked(shop.get(second)).all("a") if link.get("rel") == "prev")
    assert ids_on(shop.get(back).text) == first == values["customer_id"].head(len(first)).tolist()


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("tier=High-CLV", lambda v: v[v["tier"] == "High-CLV"]),
        ("segment=Champions", lambda v: v[v["rfm_segment"] == "Champions"]),
        ("cluster=1&elite=no", lambda v: v[(v["cluster"] == 1) & ~v["elite"]]),
        ("elite=yes", lambda v: v[v["elite"]]),
        ("top_pct=5%25", lambda v: v[v["predicted_clv"] > np.sort(v["predicted_clv"])[::-1][round(0.05 * len(v))]]),
        (
            "tier=Low-CLV&sort=recency_days",
            lambda v: v[v["tier"] == "Low-CLV"].sort_values(["recency_days", "customer_id"]),
        ),
        ("", lambda v: v),
    ],
)
def test_the_export_is_what_was_chosen(shop: Shop, values: pd.DataFrame, query: str, chosen: object) -> None:
    assert callable(chosen)
    wanted = chosen(values)
    answer = shop.get(f"/customers.csv?{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.search(rf'filename="customers-[a-z0-9.-]+-{shop.release.id}\.csv"', answer.headers["content-disposition"])
    given = pd.read_csv(io.StringIO(answer.text), dtype={"customer_id": "str"})
    assert len(given) > 0
    pd.testing.assert_frame_equal(
        given.fillna({"not_known": ""}), wanted.reset_index(drop=True), check_dtype=False, check_exact=True
    )
    assert ids_on(shop.get(f"/?{query}").text) == wanted["customer_id"].head(50).tolist()


def test_a_spreadsheet_finds_no_formula(strange_shop: Shop) -> None:
    guarded = [row["customer_id"] for row in rows_of(strange_shop.get("/customers.csv").text)]
    exact = [row["customer_id"] for row in rows_of(strange_shop.get("/customers.csv?exact=yes").text)]
    assert "'=1+1" in guarded
    assert "=1+1" not in guarded
    assert (
        [one.removeprefix("'") for one in guarded if "=1" in one] == [one for one in exact if "=1" in one] == ["=1+1"]
    )
    assert "exact=yes" in strange_shop.get("/").text


def test_a_spreadsheet_with_decimal_commas_opens_the_list(strange_shop: Shop) -> None:
    plain, comma = (strange_shop.get(f"/customers.csv{query}") for query in ("", "?comma=yes"))
    assert comma.text.startswith("\ufeffcustomer_id;predicted_clv;")
    read = {"dtype": {"customer_id": "str"}}
    pd.testing.assert_frame_equal(
        pd.read_csv(io.BytesIO(comma.content), sep=";", decimal=",", encoding="utf-8-sig", **read),
        pd.read_csv(io.StringIO(plain.text), **read),
    )
    assert "comma=yes" in strange_shop.get("/").text


def test_a_new_release_begins_the_list_again(shop: Shop) -> None:
    old = Cursor("0123456789ab", 50).text(Selection())
    page = shop.get(f"/?cursor={old}")
    checked(page)
    assert "A new release was adopted" in page.text
    assert ids_on(page.text) == ids_on(shop.get("/").text)


@pytest.mark.parametrize(
    ("query", "field"),
    [("top_pct=abc", "top_pct"), ("top_pct=0", "top_pct"), ("top_pct=nan", "top_pct"), ("cluster=x", "cluster"),
     ("elite=maybe", "elite"), ("sort=nothing", "sort"), ("tier=Gold", "tier"), ("segment=None", "segment")],
)  # fmt: skip
def test_what_cannot_be_chosen_is_said_beside_the_field(shop: Shop, query: str, field: str) -> None:
    for path in ("/", "/customers.csv"):
        page = checked(shop.get(f"{path}?{query}"), 422)
        wrong = [one["id"] for kind in ("input", "select") for one in page.all(kind) if "aria-invalid" in one]
        assert wrong == [field]
    if field == "top_pct":  # the input is still in the form
        said = f"Give a percentage above 0, 100 at most, such as 5, not '{query.partition('=')[2]}'."
        assert said in "".join(page.text)
        assert f'value="{query.partition("=")[2]}"' in shop.get(f"/?{query}").text


def test_nobody_is_found(shop: Shop) -> None:
    for answer in (shop.get("/customers/", params={"id": "nobody"}), shop.get("/customers/nobody")):
        page = checked(answer, 404)
        assert "No customer has this id" in "".join(page.text)
        assert 'value="nobody"' in answer.text


def test_the_card_shows_what_is_known(shop: Shop, values: pd.DataFrame, release: Release) -> None:
    best = values.iloc[0]
    text = " ".join("".join(checked(shop.get(customer_address(best["customer_id"]))).text).split())
    reasons = pd.read_parquet(release.path(paths.REASONS))
    plan = pd.read_parquet(release.path(paths.CAMPAIGN_PLAN)).set_index("customer_id").loc[best["customer_id"]]
    for reason in reasons.loc[reasons["customer_id"] == best["customer_id"], "text"]:
        assert reason in text
    assert plan["offer"] in text
    assert ("Leave alone" in text) == bool(plan["holdout"])
    for name in ("tier", "rfm_segment", "cluster_name"):
        assert best[name] in text


def test_the_history_is_that_of_the_orders(shop: Shop, values: pd.DataFrame, release: Release) -> None:
    raw = pd.read_parquet(release.path(paths.raw("transactions")))
    for customer_id in values["customer_id"].iloc[[0, 300, 599]]:
        own = raw[raw["customer_id"] == customer_id]
        spent = own.groupby(own["order_ts"].dt.strftime("%Y-%m"))["amount"].sum().round(2)
        page = shop.get(customer_address(customer_id)).text
        rows = re.findall(
            r'<td class="left">([\d-]+)</td><td class="right">(\d+)</td><td class="right">([\d,.-]+)', page
        )
        found = {month: float(amount.replace(",", "")) for month, _, amount in rows}
        assert found == {month: amount for month, amount in sorted(spent.items(), reverse=True) if month in found}
        assert (
            sum(int(orders) for _, orders, _ in rows)
            == values.set_index("customer_id").loc[customer_id, "frequency"] + 1
        )


def test_the_best_hold_what_the_release_says(shop: Shop, values: pd.DataFrame, release: Release) -> None:
    page = " ".join("".join(checked(shop.get("/elite?top_pct=10")).text).split())
    best = values.head(60)
    assert f"customers{len(best)}" in page
    assert f"of the forecast of all{best['predicted_clv'].sum() / values['predicted_clv'].sum():.1%}" in page
    gain = storage.read_csv(release.path(paths.GAIN_CURVE)).set_index("customers_share").loc[0.10, "ensemble"]
    assert f"of what came, in the backtest{gain:.1%}" in page
    assert ids_on(shop.get("/elite?top_pct=10").text) == best["customer_id"].head(25).tolist()


def test_segments_are_those_of_the_release(shop: Shop, release: Release) -> None:
    page = shop.get("/segments").text
    rows = storage.read_csv(release.path(paths.PROFILES_CSV), ("dimension", "segment"))
    for name, customers, suppressed in rows[["segment", "customers", "suppressed"]].itertuples(index=False):
        cells = re.findall(rf'<th scope="row">(?:<a href="[^"]*">)?{re.escape(str(name))}(?:</a>)?</th>'
                           r'<td class="right">([^<]*)</td>', page)  # fmt: skip
        assert ("–" if suppressed else f"{customers:,.0f}") in cells
    moves = storage.read_csv(release.path(paths.MIGRATION))
    assert ("few" in page) == bool(moves["suppressed"].any())
    links = {unescape(link["href"]) for link in checked(shop.get("/segments")).all("a") if "?" in link["href"]}
    assert len(links) > 10
    for link in links:
        assert shop.get(link).status_code == 200, link


def test_the_budget_is_that_of_the_run(shop: Shop, release: Release) -> None:
    cells = storage.read_csv(release.path(paths.BUDGET_CSV))
    page = shop.get("/budget").text
    for amount in cells["budget"]:
        assert f"{amount:,.0f}" in page
    for typed in ("much", "-1", "nan", "1e300"):
        checked(shop.get("/budget", params={"total": typed}), 422)
        assert f'value="{typed}"' in shop.get("/budget", params={"total": typed}).text


def test_another_total_is_split_as_the_api_splits_it(shop: Shop) -> None:
    page = shop.get("/budget", params={"total": "1,234.50"})
    text = "".join(checked(page).text)
    assert "Not the budget of the run." in text
    for cell in shop.get("/v1/budget", params={"total": 1234.5}).json()["cells"]:
        assert write(cell["budget"], "count") in text
    assert "Not the budget of the run." not in shop.get("/budget").text


def test_a_browser_is_asked_for_the_key(release: Release, tmp_path: Path) -> None:
    with dashboard(release, tmp_path / "journal", Keys((sha256(b"secret").hexdigest(),))) as shop:
        for path in (*PAGES, "/reports/index.html", "/customers.csv", "/static/page.css"):
            refused = shop.get(path, headers={"Accept": "text/html"})
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Basic")
            assert shop.get(path, auth=("anybody", "secret")).status_code == 200
        docs = shop.get("/docs", auth=("anybody", "secret")).text
        assert "X-API-Key: $KEY" in unescape(docs)
        assert "secret" not in docs


def test_a_verdict_that_fails_and_a_run_that_waits_are_said_on_every_page(release: Release, tmp_path: Path) -> None:
    failing = bare(release, tmp_path / "release")
    checks = storage.read_json(failing.path(paths.VERDICT))
    storage.write_json([checks[0] | {"status": "fail"}, *checks[1:]], failing.path(paths.VERDICT))
    with dashboard(Release.load(failing.folder), tmp_path / "journal") as shop:
        shop.state.watcher = SimpleNamespace(pending=Pending("fedcba987654", "stage <train> runs"))
        for path in PAGES:
            text = "".join(checked(shop.get(path)).text)
            assert "The verdict fails." in text
            assert "A newer run is not served yet." in text
        assert "stage &lt;train&gt; runs" in shop.get("/status").text


def test_before_there_is_a_release_a_page_says_so(release: Release, tmp_path: Path) -> None:
    with dashboard(release, tmp_path / "journal") as shop:
        served, shop.state.serving = shop.state.serving, None
        for path in (*PAGES, "/customers/anybody"):
            answer = shop.get(path)
            assert "Not ready yet" in "".join(checked(answer, 503).text)
            assert answer.headers["refresh"]
        checked(shop.post("/predict", {"from": "orders"}), 503)
        shop.state.serving = served
        checked(shop.get("/"))


def test_forecasts_of_pasted_orders_are_those_of_the_batch(shop: Shop, values: pd.DataFrame, release: Release) -> None:
    chosen = values["customer_id"].iloc[[0, 100, 400]].tolist()
    tables = {
        table: frame[frame["customer_id"].isin(chosen)].to_csv(index=False)
        for table in ("transactions", "customers", "touches")
        for frame in [pd.read_parquet(release.path(paths.raw(table)))]
    }
    checked(shop.post("/predict", {"from": "orders", **tables}))
    answer = shop.post("/predict", {"from": "orders", "as": "csv", **tables})
    assert release.id in answer.headers["content-disposition"]
    given = pd.read_csv(io.StringIO(answer.text)).set_index("customer_id")
    batch = values.set_index("customer_id").loc[given.index, given.columns]
    assert sorted(given.index) == sorted(chosen)
    pd.testing.assert_frame_equal(
        given.fillna({"not_known": ""}), batch, check_dtype=False, check_exact=True, check_names=False
    )


def test_orders_as_a_shop_writes_them(shop: Shop) -> None:
    text = "customer_id;order_ts;amount\n<b>björn</b>;01.03.2024;1.040,00\n<b>björn</b>;20.11.2024;55,50\n"
    for sent in ({"transactions": text}, {"transactions_file": ("orders.csv", text.encode("utf-16"), "text/csv")}):
        page = checked(shop.post("/predict", {"from": "orders", "transactions": "", **sent}))
        assert "<b>björn</b>" in "".join(page.text)
        assert "Not given, and treated as unknown" in "".join(page.text)


@pytest.mark.parametrize(
    ("changes", "starter", "words"),
    [
        ({}, "customer_id,order_ts,amount\nanna,2025-03-01,40.00\n", "31.12.2025, amounts such as 49.90 or 49,90."),
        ({"decimal": ","}, "customer_id;order_ts;amount\nanna;2025-03-01;40,00\n", "amounts such as 49,90."),
        (
            {"separator": "\t", "decimal": ".", "date_format": "%d/%m/%Y"},
            "customer_id\torder_ts\tamount\nanna\t01/03/2025\t40.00\n",
            "Columns are divided by tabs; dates in the format %d/%m/%Y, amounts such as 49.90.",
        ),
    ],
)
def test_the_form_begins_with_a_table_as_the_release_reads_it(
    release: Release, changes: dict[str, str], starter: str, words: str
) -> None:
    form = PastedFormat(release.recorded["generate"]["files"] | changes)
    assert form.starter.startswith(starter)
    assert form.in_words.endswith(words)


def test_the_form_calls_columns_as_the_shop_does(release: Release) -> None:
    files = release.recorded["generate"]["files"]
    columns = {"transactions": files["columns"]["transactions"] | {"customer_id": "Customer ID"}}
    form = PastedFormat(files | {"columns": columns})
    assert form.names == ["Customer ID", "order_ts", "amount"]
    assert form.starter.startswith("Customer ID,order_ts,amount\n")


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"transactions": ""}, "transactions", "Paste orders"),
        ({"transactions": "customer_id,order_ts\nanna,2024-03-01\n"}, "transactions", "no column 'amount'"),
        ({"transactions": "customer_id,order_ts,amount\nanna,2024-03-01,much\n"}, "transactions", "much"),
        ({"transactions": "customer_id,order_ts,amount\nanna,2031-03-01,5\n"}, "transactions", "Nobody bought"),
        ({"transactions": "customer_id,order_ts,amount\nanna,2024-03-01,5\n", "touches": "customer_id,kind\nanna,mail"},
         "touches", "touch_ts"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_orders_is_said_beside_them(
    shop: Shop, fields: dict[str, str], field: str, said: str
) -> None:
    answer = shop.post("/predict", {"from": "orders", **fields})
    page = checked(answer, 422)
    assert [one["id"] for one in page.all("textarea") if "aria-invalid" in one] == [field]
    text = "".join(page.text)
    assert said in text
    assert "generate.files" not in text
    assert "/tmp" not in text
    assert fields["transactions"] in text, "what was typed is still there"


def test_an_estimate_is_called_one(shop: Shop, release: Release) -> None:
    figures = {"orders": "4", "spend": "1,200", "days_since_first": "400", "days_since_last": "20"}
    text = " ".join("".join(checked(shop.post("/predict", {"from": "figures", **figures})).text).split())
    assert "This is another number than a forecast" in text
    sent = {"orders": 4, "spend": 1200.0, "days_since_first": 400, "days_since_last": 20}
    api = shop.client.post("/v1/estimate", json=sent).json()
    assert f"estimate of {release.horizon_days} days, EUR{write(api['estimated_clv'], 'money')}" in text


@pytest.mark.parametrize(
    ("change", "field"),
    [({"orders": ""}, "orders"), ({"orders": "2.5"}, "orders"), ({"spend": "lots"}, "spend"),
     ({"days_since_last": "401"}, "days_since_last"), ({"orders": "1"}, "days_since_last"), ({"spend": "-3"}, "spend")],
)  # fmt: skip
def test_figures_that_cannot_be_are_said_beside_the_field(shop: Shop, change: dict[str, str], field: str) -> None:
    figures = {"orders": "4", "spend": "1200", "days_since_first": "400", "days_since_last": "20"} | change
    page = checked(shop.post("/predict", {"from": "figures", **figures}), 422)
    inputs = {one["id"]: one for one in page.all("input") if "id" in one}
    assert [name for name, one in inputs.items() if "aria-invalid" in one] == [field]
    assert {name: inputs[name]["value"] for name in figures} == figures
    assert "days_since" not in "".join(page.text), "the form has names of its own"


def test_the_documentation_has_every_address(shop: Shop) -> None:
    page = checked(shop.get("/docs"))
    text, described = "".join(page.text), shop.get("/openapi.json").json()["paths"]
    assert len(described) > 10
    for path in described:
        assert path in text
    assert not any(path.startswith(("/elite", "/customers", "/reports")) for path in described)
    for example in re.findall(r"<code>(curl .*?)</code>", shop.get("/docs").text, re.S):
        words = shlex.split(unescape(example).replace("\\\n", " "))
        data = next((json.loads(words[i + 1]) for i, word in enumerate(words) if word == "-d"), None)
        answer = shop.client.request("GET" if data is None else "POST", words[1], json=data)
        assert answer.status_code in (200, 202), (example, answer.text[:300])


def test_reports_are_those_that_publishing_publishes(shop: Shop, release: Release) -> None:
    index = shop.get("/reports/index.html")
    assert index.status_code == 200
    assert index.content == release.path(paths.INDEX).read_bytes()
    assert "script-src 'unsafe-inline'" in index.headers["content-security-policy"]
    links = {link for link in re.findall(r'href="([^"#:]+)"', index.text) if not link.startswith("data")}
    assert len(links) > 20
    for link in links:
        answer = shop.get(f"/reports/{link}")
        assert answer.status_code == 200, link
        assert answer.headers["x-content-type-options"] == "nosniff"
    listed = [link["href"] for link in checked(shop.get("/reports")).all("a") if link["href"].startswith("/reports/")]
    assert len(listed) > 5
    for link in listed:
        assert shop.get(link).status_code == 200, link


def test_no_list_of_persons_and_no_other_file_is_a_report(release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    mine = bare(release, folder)
    for listing in WITH_CONTACTS:
        (folder / listing).mkdir(exist_ok=True)
        (folder / listing / "email.csv").write_text("customer_id\nC1\n", encoding="utf-8")
    (folder / "reports" / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "reports" / "outside.html").symlink_to(folder / "dvc.lock")
    with dashboard(mine, tmp_path / "journal") as shop:
        for name in ("campaigns/email.csv", "audiences/email.csv", "notes.txt", "outside.html", "../dvc.lock",
                     "..%2fdvc.lock", "%2e%2e/dvc.lock", "/etc/passwd", "", "metrics"):  # fmt: skip
            answer = shop.get(f"/reports/{name}")
            assert answer.status_code == 404, name
            assert "stages:" not in answer.text
