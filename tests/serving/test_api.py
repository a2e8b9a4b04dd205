"""The API over a release: every route, the batch's numbers, refusals."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clv import paths
from clv.serving import routes_ask
from clv.serving.cursor import Cursor
from clv.serving.refused import RefusedError
from clv.serving.selection import Selection
from clv.serving.state import State
from tests.serving.running import Client

STAMP = ("release", "as_of", "horizon_days", "currency")
ALONE = 8  # customers who are forecast one by one
TABLES = {"orders": "transactions", "customers": "customers", "touches": "touches"}
LINE = {"customer_id": "C1", "order_ts": "2024-05-01", "amount": 10.0}
AGGREGATES = {"orders": 3, "spend": 300.0, "days_since_first": 100, "days_since_last": 10}


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as the body of a request holds them."""
    times = {name: frame[name].dt.strftime("%Y-%m-%dT%H:%M:%S") for name in frame.select_dtypes("datetime")}
    plain = frame.assign(**times)
    return plain.astype(object).where(plain.notna(), None).to_dict("records")


@pytest.fixture(scope="module")
def values(release_root: Path) -> dict[str, dict[str, Any]]:
    """The batch's rows, by customer."""
    return {row["customer_id"]: row for row in rows(pd.read_parquet(release_root / paths.CUSTOMER_VALUES))}


@pytest.fixture(scope="module")
def raw(release_root: Path) -> dict[str, pd.DataFrame]:
    return {name: pd.read_parquet(release_root / paths.raw(table)) for name, table in TABLES.items()}


def body_of(raw: dict[str, pd.DataFrame], ids: list[str] | None = None) -> dict[str, Any]:
    """The body that requests forecasts, of all customers or of some."""
    return {name: rows(table if ids is None else table[table["customer_id"].isin(ids)]) for name, table in raw.items()}


def get(service: Client, path: str) -> Any:
    answer = service.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def operations(service: Client) -> dict[str, Any]:
    return {path: one["get"] for path, one in service.get("/openapi.json").json()["paths"].items() if "get" in one}


def test_every_answer_says_of_which_release_it_is(service: Client, values: dict[str, Any]) -> None:
    release = get(service, "/readyz")["release"]
    for path in operations(service):
        if not path.startswith("/v1/"):
            continue
        answer = get(service, path.replace("{customer_id}", next(iter(values))))
        assert answer["release"] == release, path
        assert (answer["as_of"], answer["horizon_days"], answer["currency"]) == ("2024-11-30", 120, "EUR"), path
        schema = operations(service)[path]["responses"]["200"]["content"]["application/json"]["schema"]
        assert set(schema["required"]) <= set(answer), path


def test_every_customer_is_the_row_of_the_batch(service: Client, values: dict[str, Any]) -> None:
    assert len(values) > 400
    for customer_id, row in values.items():
        assert get(service, f"/v1/customers/{customer_id}")["customer"] == row


def test_a_customer_has_the_reasons_and_the_campaign_of_the_batch(service: Client, release_root: Path) -> None:
    reasons = pd.read_parquet(release_root / paths.REASONS)
    best = reasons["customer_id"].iloc[0]
    answer = get(service, f"/v1/customers/{best}")
    assert answer["reasons"] == rows(reasons[reasons["customer_id"] == best].drop(columns="customer_id"))
    plan = pd.read_parquet(release_root / paths.CAMPAIGN_PLAN)
    row = plan.iloc[-1:]
    answer = get(service, f"/v1/customers/{row['customer_id'].iloc[0]}")
    assert [answer["campaign"]] == rows(row.drop(columns="customer_id"))
    assert "holdout" in answer["campaign"]


def test_pages_hold_every_customer_once_in_order(service: Client, values: dict[str, Any]) -> None:
    found, cursor = [], ""
    while cursor is not None:
        page = get(service, f"/v1/customers?limit=150{cursor and '&cursor=' + cursor}")
        found, cursor = found + page["customers"], page["next"]
        assert page["total"] == len(values)
    assert found == sorted(values.values(), key=lambda row: (-row["predicted_clv"], row["customer_id"]))


def test_a_page_is_of_the_customers_chosen(service: Client, values: dict[str, Any]) -> None:
    page = get(service, "/v1/customers?tier=High-CLV&sort=recency_days&limit=1000")
    wanted = [row for row in values.values() if row["tier"] == "High-CLV"]
    assert page["customers"] == sorted(wanted, key=lambda row: (row["recency_days"], row["customer_id"]))
    assert get(service, "/v1/customers?top_pct=5")["total"] == round(len(values) * 0.05)


def test_a_cursor_of_another_release_is_refused(service: Client) -> None:
    cursor = Cursor("0" * 12, 100).text(Selection())
    answer = service.get("/v1/customers", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "release_changed")


def test_forecasts_are_the_batch_s_for_all_and_for_one(
    service: Client, values: dict[str, Any], raw: dict[str, pd.DataFrame]
) -> None:
    for ids in (None, *([one] for one in list(values)[:ALONE])):
        answer = service.post("/v1/predict", json=body_of(raw, ids))
        assert answer.status_code == 200, answer.text
        found = answer.json()["customers"]
        assert [row["customer_id"] for row in found] == (ids or list(values))
        for row in found:
            assert row == {name: values[row["customer_id"]][name] for name in row}
        assert {"predicted_clv", "lower_90", "upper_99", "p_alive", "value_365d"} <= set(found[0])


def test_a_forecast_counts_what_is_set_aside(service: Client, raw: dict[str, pd.DataFrame]) -> None:
    ids = [str(raw["orders"]["customer_id"].iloc[0])]
    body = body_of(raw, ids)
    body["orders"] = [*body["orders"], body["orders"][0]]  # the same line twice
    assert service.post("/v1/predict", json=body).json()["set_aside"] == {"duplicate_line": 1}


def test_an_estimate_is_called_by_its_name(service: Client) -> None:
    answer = service.post("/v1/estimate", json=AGGREGATES).json()
    assert answer["method"] == "aggregate"
    assert answer["not_used"]
    assert "predicted_clv" not in answer


def test_an_event_is_taken_once(service: Client, values: dict[str, Any]) -> None:
    event = LINE | {
        "event_id": "taken-once",
        "customer_id": next(iter(values)),
        "order_id": "O-new",
        "order_ts": "2024-11-29",
    }
    answers = [service.post("/v1/events", json=event) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert [answer.json()["is_new"] for answer in answers] == [True, False]
    assert answers[0].json()["forecast"]["customer_id"] == event["customer_id"]
    other = service.post("/v1/events", json=event | {"amount": 11.0})
    assert (other.status_code, other.json()["error"]["field"]) == (409, "event_id")


@pytest.mark.parametrize("code", ["busy", "invalid"])
def test_an_event_that_is_written_is_never_refused(
    service: Client, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    async def refuses(*_: Any) -> Any:
        raise RefusedError("it cannot be forecast", code)

    monkeypatch.setattr(routes_ask, "ask", refuses)
    event = LINE | {"event_id": f"written-{code}", "customer_id": next(iter(values)), "order_ts": "2024-11-29"}
    answer = service.post("/v1/events", json=event)
    assert (answer.status_code, answer.json()["is_new"]) == (202, True)
    assert answer.json()["not_computed"] == "it cannot be forecast"


def test_an_answer_that_the_client_has_is_not_sent_again(service: Client, values: dict[str, Any]) -> None:
    paths_of_release = [path for path in operations(service) if path.startswith("/v1/") and path != "/v1/status"]
    assert len(paths_of_release) == 10
    for path in paths_of_release:
        address = path.replace("{customer_id}", next(iter(values)))
        first = service.get(address)
        assert first.headers["etag"] == f'"{first.json()["release"]}"'
        assert first.headers["cache-control"] == "no-cache"
        for known in (first.headers["etag"], f"W/{first.headers['etag']}", f'"x", {first.headers["etag"]}'):
            again = service.get(address, headers={"if-none-match": known})
            assert (again.status_code, again.content) == (304, b""), path
        assert service.get(address, headers={"if-none-match": '"another"'}).status_code == 200
    for path in ("/v1/status", "/metrics", "/healthz"):
        assert "etag" not in service.get(path).headers


def order(**fields: Any) -> dict[str, Any]:
    return {"orders": [LINE | fields]}


NAN = '{"orders": [{"customer_id": "a", "order_ts": "2024-05-01", "amount": NaN}]}'
REFUSED: list[tuple[str, str, Any, int, str, str | None]] = [
    ("GET", "/nowhere", None, 404, "not_found", None),
    ("GET", "/v1/customers/nobody", None, 404, "not_found", "customer_id"),
    ("GET", "/v1/customers/a/b%20c%2Fd", None, 404, "not_found", "customer_id"),
    ("DELETE", "/v1/segments", None, 405, "wrong_method", None),
    ("GET", "/v1/customers?limit=0", None, 422, "invalid", "limit"),
    ("GET", "/v1/customers?limit=1001", None, 422, "invalid", "limit"),
    ("GET", "/v1/customers?tier=Best", None, 422, "invalid", "tier"),
    ("GET", "/v1/customers?tire=High-CLV", None, 422, "invalid", "tire"),
    ("GET", "/v1/customers?top_pct=nan", None, 422, "invalid", "top_pct"),
    ("GET", "/v1/customers?sort=name", None, 422, "invalid", "sort"),
    ("GET", "/v1/customers?cursor=abc", None, 422, "invalid", "cursor"),
    ("GET", "/v1/budget?total=-1", None, 422, "invalid", "total"),
    ("POST", "/v1/predict", {}, 422, "invalid", "orders"),
    ("POST", "/v1/predict", {"orders": []}, 422, "invalid", "orders"),
    ("POST", "/v1/predict", order(customer_id={"a": 1}), 422, "invalid", "orders.0.customer_id"),
    ("POST", "/v1/predict", order(customer_id=7), 422, "invalid", "orders.0.customer_id"),
    ("POST", "/v1/predict", order(customer_id=""), 422, "invalid", "orders.0.customer_id"),
    ("POST", "/v1/predict", order(amount="10"), 422, "invalid", "orders.0.amount"),
    ("POST", "/v1/predict", order(is_return=1), 422, "invalid", "orders.0.is_return"),
    ("POST", "/v1/predict", order(order_ts="31.12.2024"), 422, "invalid", "orders.0.order_ts"),
    ("POST", "/v1/predict", order(order_ts="2024-W18-4"), 422, "invalid", "orders.0.order_ts"),
    ("POST", "/v1/predict", order(order_ts="2024-05-02x10:00"), 422, "invalid", "orders.0.order_ts"),
    ("POST", "/v1/predict", order(colour="red"), 422, "invalid", "orders.0.colour"),
    ("POST", "/v1/predict", NAN, 422, "invalid", "orders.0.amount"),
    ("POST", "/v1/predict", "[" * 100_000, 422, "invalid", "body"),
    ("POST", "/v1/predict", '{"orders": ' * 2000, 422, "invalid", "body"),
    ("POST", "/v1/predict", "no JSON", 422, "invalid", "body"),
    ("POST", "/v1/predict", " " * 4_000_001, 413, "too_large", "body"),
    ("POST", "/v1/predict", {"orders": [LINE] * 50_001}, 422, "invalid", "orders"),
    ("POST", "/v1/predict", {"orders": [LINE]}, 422, "invalid", "customers"),
    ("POST", "/v1/predict", {"orders": [LINE], "customers": [], "touches": []}, 422, "invalid", "orders"),
    ("POST", "/v1/estimate", "[" * 100_000, 400, "bad_request", "body"),
    ("POST", "/v1/estimate", "no JSON", 422, "invalid", "body"),
    ("POST", "/v1/estimate", AGGREGATES | {"orders": True}, 422, "invalid", "orders"),
    ("POST", "/v1/estimate", AGGREGATES | {"orders": 0}, 422, "invalid", "orders"),
    ("POST", "/v1/estimate", AGGREGATES | {"days_since_last": 200}, 422, "invalid", "days_since_last"),
    ("POST", "/v1/events", LINE, 422, "invalid", "event_id"),
    ("POST", "/v1/events", LINE | {"event_id": "e", "amount": None}, 422, "invalid", "amount"),
    ("POST", "/v1/estimate", '{"\\ud800": 1}', 422, "invalid", "body"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code", "field"), REFUSED)
def test_refusals_name_the_field(
    service: Client, method: str, path: str, body: Any, status: int, code: str, field: str | None
) -> None:
    sent = {"content": body, "headers": {"content-type": "application/json"}} if isinstance(body, str) else {}
    if isinstance(body, dict):
        sent = {"json": body}
    answer = service.request(method, path, **sent)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "field"}
    assert (error["code"], error["field"]) == (code, field), error["message"]


def test_a_forecast_without_a_table_of_the_model_is_refused(service: Client) -> None:
    error = service.post("/v1/predict", json={"orders": [LINE]}).json()["error"]
    assert error["message"].endswith("; give customers in the request, [] if there are none")
    error = service.post("/v1/predict", json={"orders": [LINE], "customers": [], "touches": []}).json()["error"]
    assert error["message"].startswith("transactions: no column ")
    assert error["message"].endswith("; add it to the rows of orders, null where it is not known")


def test_where_the_queue_is_full_others_come_back_later(service: Client, raw: dict[str, pd.DataFrame]) -> None:
    body = body_of(raw)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: service.post("/v1/predict", json=body), range(6)))
    by_status = {status: [a for a in answers if a.status_code == status] for status in (200, 503)}
    assert len(by_status[200]) + len(by_status[503]) == 6
    assert len(by_status[200]) >= 2  # the queue holds two
    assert by_status[503]
    for answer in by_status[503]:
        assert answer.headers["retry-after"] == "1"
        assert answer.json()["error"]["code"] == "busy"


def test_the_status_says_how_old_what_is_served_is(running_service: tuple[Client, State]) -> None:
    service, state = running_service
    state.today = lambda: date(2024, 12, 10)
    answer = get(service, "/v1/status")
    assert answer["age_days"] == {"data": 10, "model": 10}
    assert answer["queue"] == {"waiting": 0, "most": 2}
    assert answer["pending"] is None
    assert answer["verdict"]["status"] in ("pass", "fail", "not judged")
    assert {"python", "pandas", "lightgbm"} <= set(answer["versions"])


def test_requests_are_counted_by_template(running_service: tuple[Client, State], values: dict[str, Any]) -> None:
    service, state = running_service
    state.today = lambda: date(2024, 12, 10)
    someone = next(iter(values))
    service.get(f"/v1/customers/{someone}")
    service.request("MADEUP", "/v1/nowhere-at-all")
    text = service.get("/metrics").text
    assert 'clv_requests_total{method="GET",route="/v1/customers/{customer_id:path}",status="200"}' in text
    assert 'clv_requests_total{method="other",route="elsewhere",status="404"}' in text
    assert 'clv_age_days{of="data"} 10.0' in text
    assert f'release="{get(service, "/readyz")["release"]}"' in text
    assert someone not in text
    assert "nowhere-at-all" not in text
