"""The compose file: it fits the images and the parameters, and gives a container no more than it needs."""

import re
from typing import Any

import pytest

from clv.params import Params
from tests.conftest import ROOT
from tests.deploy import containerfile
from tests.deploy.programs import DEPLOY, compose, documents

SERVICES = compose()
OURS = {"service": "service", "retrain": "pipeline"}
FIXED = re.compile(r":v?\d+\.\d+\.\d+(-\w+)?$")  # a fixed version, not the newest


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_may_do_little(name: str) -> None:
    found = SERVICES[name]
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert found["tmpfs"] == ["/tmp"]
    assert found["mem_limit"]
    assert found["pids_limit"]


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_of_one_version(name: str) -> None:
    assert FIXED.search(SERVICES[name]["image"])


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "retrain"])
def test_what_stays_is_watched(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize(("name", "target"), OURS.items())
def test_our_images_are_built_of_the_containerfile(name: str, target: str) -> None:
    build = SERVICES[name]["build"]
    assert build["target"] == target
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert ROOT / build["dockerfile"] == DEPLOY / "Containerfile"
    assert containerfile.last(target, "CMD")


def test_the_service_may_write_to_its_volume_alone() -> None:
    mounted = [volume.rsplit(":", 2 if volume.endswith(":ro") else 1) for volume in SERVICES["service"]["volumes"]]
    assert [parts[1:] for parts in mounted] == [["/srv/clv", "ro"], ["/var/lib/clv"]]
    command = containerfile.command("service")
    assert command[command.index("--folder") + 1] == "/var/lib/clv"
    assert containerfile.last("service", "WORKDIR") == "/srv/clv"


def test_the_health_of_the_service_is_asked_as_in_the_image() -> None:
    assert SERVICES["service"]["healthcheck"]["test"] == ["CMD", *containerfile.check_of_health()]


def test_the_ports_are_those_of_the_image_and_of_the_parameters(project_params: Params) -> None:
    port = containerfile.last("service", "EXPOSE")
    assert SERVICES["service"]["expose"] == [port]
    assert int(port) == project_params.serve.port
    assert f"server service:{port};" in (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    targets = documents(DEPLOY / "prometheus.yml")[0]["scrape_configs"][0]["static_configs"][0]["targets"]
    assert targets == [f"service:{port}"]


def test_only_the_proxy_is_open_to_others() -> None:
    published = {name: found["ports"] for name, found in SERVICES.items() if "ports" in found}
    assert set(published) == {"proxy", "grafana"}
    assert all(port.startswith("127.0.0.1:") for port in published["grafana"])
    networks = documents(DEPLOY / "compose.yaml")[0]["networks"]
    assert networks["inside"]["internal"] is True
    assert SERVICES["service"]["networks"] == ["inside"]


def test_retraining_runs_when_it_is_asked_for() -> None:
    retrain = SERVICES["retrain"]
    assert retrain["profiles"] == ["retrain"]
    assert retrain["restart"] == "no"
    assert retrain["command"] == containerfile.command("pipeline")


def files(name: str) -> list[str]:
    return [volume.split(":")[0] for volume in SERVICES[name].get("volumes", []) if volume.startswith("./")]


@pytest.mark.parametrize("name", SERVICES)
def test_the_files_that_it_mounts_are_there(name: str) -> None:
    assert all((DEPLOY / path).exists() for path in files(name))


def test_secrets_stay_out_of_git_and_of_the_images() -> None:
    secrets: dict[str, Any] = documents(DEPLOY / "compose.yaml")[0]["secrets"]
    assert all(secret["file"].startswith("./secrets/") for secret in secrets.values())
    assert "/deploy/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert documents(DEPLOY / "prometheus.yml")[0]["scrape_configs"][0]["authorization"] == {
        "credentials_file": "/run/secrets/metrics_key"
    }
    assert "metrics_key" in SERVICES["prometheus"]["secrets"]


def test_grafana_finds_its_source_and_its_dashboards() -> None:
    source = documents(DEPLOY / "grafana/provisioning/datasources/prometheus.yaml")[0]["datasources"][0]
    assert source["url"] == "http://prometheus:9090"
    provider = documents(DEPLOY / "grafana/provisioning/dashboards/clv.yaml")[0]["providers"][0]
    assert f"./grafana/dashboards:{provider['options']['path']}:ro" in SERVICES["grafana"]["volumes"]
