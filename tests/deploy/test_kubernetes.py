"""The manifests: the API would accept them, and they fit the images."""

from pathlib import Path
from typing import Any

import pytest

from tests.deploy import containerfile
from tests.deploy.programs import DEPLOY, compose, documents, own_program, said

FILES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
OBJECTS = {f"{found['kind']} {found['metadata']['name']}": found for path in FILES for found in documents(path)}
DEPLOYMENT = OBJECTS["Deployment clv-service"]["spec"]
NIGHTLY = OBJECTS["CronJob clv-retrain"]["spec"]
PODS: dict[str, Any] = {
    "service": DEPLOYMENT["template"]["spec"],
    "retrain": NIGHTLY["jobTemplate"]["spec"]["template"]["spec"],
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_api_takes_it(path: Path) -> None:
    assert " passed for resource " in said(own_program("kubernetes-validate"), "--strict", path)


def test_a_misspelt_field_would_be_found(tmp_path: Path) -> None:
    text = (DEPLOY / "kubernetes" / "service.yaml").read_text(encoding="utf-8")
    (tmp_path / "service.yaml").write_text(text.replace("readinessProbe", "readynessProbe"), encoding="utf-8")
    assert "readynessProbe" in said(own_program("kubernetes-validate"), "--strict", tmp_path / "service.yaml", code=1)


@pytest.mark.parametrize("name", PODS)
def test_a_pod_is_restricted(name: str) -> None:
    """As the Pod Security Standard "restricted" requires."""
    pod = PODS[name]
    user = containerfile.last("service", "USER").partition(":")[0]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert str(pod["securityContext"]["runAsUser"]) == str(pod["securityContext"]["fsGroup"]) == user
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in (*pod["containers"], *pod.get("initContainers", [])):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize(("name", "target"), [("service", "service"), ("retrain", "pipeline")])
def test_images_are_those_of_the_compose_file(name: str, target: str) -> None:
    pod = PODS[name]
    images = {container["image"] for container in (*pod["containers"], *pod.get("initContainers", []))}
    assert images == {compose()[name]["image"]}
    given = pod["containers"][0].get("command")
    assert given in (None, containerfile.command(target))


@pytest.mark.parametrize("name", PODS)
def test_every_claim_and_mount_is_there(name: str) -> None:
    pod = PODS[name]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for volume in volumes.values():
        claim = volume.get("persistentVolumeClaim")
        assert claim is None or f"PersistentVolumeClaim {claim['claimName']}" in OBJECTS
    for container in (*pod["containers"], *pod.get("initContainers", [])):
        assert {mount["name"] for mount in container["volumeMounts"]} <= set(volumes)


def test_the_service_reads_the_clone_and_writes_to_its_volume() -> None:
    mounts = {mount["mountPath"]: mount for mount in PODS["service"]["containers"][0]["volumeMounts"]}
    assert mounts["/srv/clv"]["readOnly"] is True
    assert set(mounts) == {"/srv/clv", "/var/lib/clv", "/tmp"}
    assert DEPLOYMENT["replicas"] == 1
    assert DEPLOYMENT["strategy"] == {"type": "Recreate"}, "two services cannot share a folder of releases"


def test_probes_ask_the_port_of_the_image() -> None:
    container = PODS["service"]["containers"][0]
    assert str(container["ports"][0]["containerPort"]) == containerfile.last("service", "EXPOSE")
    paths = {name: container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert paths == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    assert {container[name]["httpGet"]["port"] for name in paths} == {container["ports"][0]["name"]}


def test_one_run_at_a_time_each_night() -> None:
    assert NIGHTLY["concurrencyPolicy"] == "Forbid"
    assert NIGHTLY["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert NIGHTLY["schedule"].split()[2:] == ["*", "*", "*"]


def test_labels_lead_to_the_pods() -> None:
    label = DEPLOYMENT["template"]["metadata"]["labels"]
    assert DEPLOYMENT["selector"]["matchLabels"] == label == OBJECTS["Service clv-service"]["spec"]["selector"]
    for name, pod in (
        ("clv-service", label),
        ("clv-retrain", NIGHTLY["jobTemplate"]["spec"]["template"]["metadata"]["labels"]),
    ):
        assert OBJECTS[f"NetworkPolicy {name}"]["spec"]["podSelector"]["matchLabels"] == pod
