"""Which requests are allowed, by host, site, key and size; and what no answer may hold."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from clv import paths
from clv.errors import InputError
from clv.serving.guard import is_loopback
from clv.serving.keys import Keys
from clv.serving.params import ServeParams
from clv.serving.release import Release
from clv.serving.release_answers import audiences, campaigns
from clv.serving.selection import Selection
from clv.serving.serve import require_keys
from tests.serving.running import NO_KEYS, Client, not_serving

KEY, OTHER = "a key that nobody guesses", "another one"
HASHES = ",".join(sha256(key.encode()).hexdigest() for key in (OTHER, KEY))
NOT_READY = 503  # the request passed the guard; the service has no release


@pytest.fixture(scope="module")
def open_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A service that needs no key."""
    with not_serving(tmp_path_factory.mktemp("open"), NO_KEYS) as client:
        yield client


@pytest.fixture(scope="module")
def locked_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A service that needs a key."""
    keys = Keys.of_environment({"CLV_API_KEYS": HASHES})
    with not_serving(tmp_path_factory.mktemp("locked"), keys) as client:
        yield client


def test_it_lives_before_it_is_ready(open_service: Client) -> None:
    assert open_service.get("/healthz").status_code == 200
    for path in ("/readyz", "/v1/status", "/v1/segments", "/v1/customers/C1"):
        answer = open_service.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_ready")
        assert answer.headers["retry-after"] == "1"
    assert "clv_requests_total" in open_service.get("/metrics").text


def test_a_head_is_the_answer_without_its_body(open_service: Client) -> None:
    for path, status in (("/healthz", 200), ("/readyz", 503)):
        head, whole = open_service.request("HEAD", path), open_service.get(path)
        assert (head.status_code, head.content) == (status, b"")
        assert head.headers["content-length"] == str(len(whole.content))
    assert open_service.request("HEAD", "/v1/predict").status_code == 405


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000", "127.0.0.2"])
def test_this_machine_may_be_called_so(open_service: Client, host: str) -> None:
    assert open_service.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", "", "[::1", "10.0.0.1"]
)
def test_a_name_that_was_made_to_point_here_is_refused(open_service: Client, host: str) -> None:
    answer = open_service.get("/healthz", headers={"host": host})
    assert (answer.status_code, answer.json()["error"]["code"]) == (421, "wrong_host")


def test_with_keys_a_proxy_may_call_it_by_any_name(locked_service: Client) -> None:
    headers = {"host": "clv.example.com", "x-api-key": KEY}
    assert locked_service.get("/v1/segments", headers=headers).status_code == NOT_READY


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:8001"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://127.0.0.1:8000"}, NOT_READY),
        ({"sec-fetch-site": "same-origin", "origin": "https://behind.a.proxy"}, NOT_READY),
        ({}, NOT_READY),
    ],
)
def test_a_page_of_another_site_cannot_send(open_service: Client, headers: dict[str, str], status: int) -> None:
    body = {"orders": 1, "spend": 1.0, "days_since_first": 1, "days_since_last": 1}
    assert open_service.post("/v1/estimate", json=body, headers=headers).status_code == status


def test_a_form_is_no_json(open_service: Client, running_service: tuple[Client, Any]) -> None:
    for path in ("/v1/predict", "/v1/estimate", "/v1/events"):
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            answer = running_service[0].post(path, content=b"{}", headers={"content-type": kind})
            assert answer.status_code == 422, (path, kind)


def basic(password: str) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(f"anybody:{password}".encode()).decode()}


WITH_KEY = [
    {"authorization": f"Bearer {KEY}"},
    {"authorization": f"bearer {OTHER}"},
    {"x-api-key": KEY},
    basic(KEY),
]
WITHOUT = [
    {},
    {"authorization": f"Bearer {KEY} "[:-2]},
    {"authorization": "Bearer "},
    {"authorization": f"Bearer {sha256(KEY.encode()).hexdigest()}"},
    {"x-api-key": ""},
    {"x-api-key": HASHES},
    {"authorization": "Basic ???"},
    {"authorization": "Basic /////w=="},
    basic(""),
    {"cookie": f"key={KEY}"},
]


@pytest.mark.parametrize("headers", WITH_KEY)
def test_a_key_opens(locked_service: Client, headers: dict[str, str]) -> None:
    for path in ("/v1/segments", "/v1/status", "/readyz"):
        assert locked_service.get(path, headers=headers).status_code == NOT_READY
    for path in ("/metrics", "/openapi.json", "/healthz"):
        assert locked_service.get(path, headers=headers).status_code == 200


@pytest.mark.parametrize("headers", WITHOUT)
def test_without_a_key_only_health_is_answered(locked_service: Client, headers: dict[str, str]) -> None:
    for path in ("/v1/segments", "/v1/status", "/metrics", "/openapi.json", "/", "/docs", "/reports/x", "/nowhere"):
        answer = locked_service.get(path, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "no_key"), path
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert KEY not in answer.text
    assert locked_service.get("/healthz", headers=headers).status_code == 200
    assert locked_service.get("/readyz", headers=headers).status_code == NOT_READY


def test_a_browser_is_asked_for_the_key(locked_service: Client) -> None:
    answer = locked_service.get("/", headers={"accept": "text/html,*/*"})
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_the_schema_says_whether_keys_are_needed(open_service: Client, locked_service: Client) -> None:
    assert "security" not in open_service.get("/openapi.json").json()
    described = locked_service.get("/openapi.json", headers={"x-api-key": KEY}).json()
    assert set(described["components"]["securitySchemes"]) == {"key", "bearer"}


@pytest.mark.parametrize("given", ["secret", HASHES + ",secret", "g" * 64, HASHES[:-1]])
def test_a_key_in_the_place_of_a_hash_is_refused_and_not_shown(given: str) -> None:
    with pytest.raises(InputError, match="must be SHA-256 hashes") as error:
        Keys.of_environment({"CLV_API_KEYS": given})
    assert "secret" not in str(error.value)


def test_a_hash_of_nothing_admits_nobody() -> None:
    with pytest.raises(InputError, match="number 2 is the hash of an empty key"):
        Keys.of_environment({"CLV_API_KEYS": f"{'0' * 64},{sha256(b'').hexdigest()}"})


def test_keys_are_those_of_the_environment() -> None:
    assert not Keys.of_environment({})
    assert not Keys.of_environment({"CLV_API_KEYS": " , "})
    assert len(Keys.of_environment({"CLV_API_KEYS": f" {HASHES.upper()} ,"}).hashes) == 2


def params_of(host: str) -> ServeParams:
    return ServeParams(host, 8000, ".serve", 8, "warn", 2.0, 4_000_000, 20_000)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_this_machine_needs_no_keys(host: str) -> None:
    require_keys(params_of(host), NO_KEYS)
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "clv.example.com", ""])
def test_another_address_needs_keys(host: str) -> None:
    with pytest.raises(InputError, match="CLV_API_KEYS is not set"):
        require_keys(params_of(host), NO_KEYS)
    require_keys(params_of(host), Keys(("0" * 64,)))


def test_a_body_that_comes_in_pieces_is_measured_too(open_service: Client) -> None:
    async def pieces() -> Any:
        for _ in range(50):
            yield b" " * 100_000

    for path in ("/v1/predict", "/v1/estimate"):
        sent = {"content": pieces(), "headers": {"content-type": "application/json"}}
        expected = (413, "too_large") if path == "/v1/estimate" else (NOT_READY, "not_ready")
        answer = open_service.post(path, **sent)
        assert (answer.status_code, answer.json()["error"]["code"]) == expected


def test_every_answer_keeps_browsers_from_mischief(open_service: Client) -> None:
    for path in ("/healthz", "/v1/segments", "/nowhere", "/metrics"):
        headers = open_service.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "server" not in headers


def test_of_lists_and_campaigns_nothing_is_answered_but_counts(release: Release) -> None:
    """This holds even if a file holds more, because the code names each field of an answer."""
    secret = {"email": "ada@example.com"}
    lists = {
        name: one | secret | {"meta": one["meta"] | secret, "google": one["google"] | secret}
        for name, one in release.json(paths.AUDIENCE_JSON)["lists"].items()
    }
    leaky = replace(release, _read={})
    leaky._read[paths.AUDIENCE_JSON] = release.json(paths.AUDIENCE_JSON) | secret | {"lists": lists}
    leaky._read[paths.CAMPAIGN_JSON] = release.json(paths.CAMPAIGN_JSON) | secret
    ids = [row["customer_id"] for row in release.customers.page(Selection(), None, 1000)[0]]
    for answer in (audiences, campaigns):
        assert answer(leaky) == answer(release)
        assert not [id for id in ids if id in str(answer(release))]
