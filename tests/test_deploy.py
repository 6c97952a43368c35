"""What is deployed: the steps of the Dockerfile run as a script, and the files around it say what they should."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient

from api.app import create_app
from tests.fakes import opened

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.fixture
def home_app(tmp_path: Path) -> str:
    """What /metrics tells after a request."""
    with opened(tmp_path) as lessonry, TestClient(create_app(lessonry), base_url="http://127.0.0.1") as client:
        client.get("/v1/search?q=x")
        return client.get("/metrics").text


def instructions(name: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{name} +(.*)$", joined, re.MULTILINE)


def test_everything_that_is_copied_is_there_and_not_ignored():
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for line in instructions("COPY"):
        if not line.startswith("--from"):
            *names, _ = line.split()
            assert {name for name in names if not (ROOT / name).exists()} == set()
            assert set(names) <= sent


def test_the_image_serves_as_nobody_and_looks_after_itself():
    assert instructions("USER") == ["10001"]
    assert DOCKERFILE.index("USER 10001") > DOCKERFILE.rindex("RUN")
    assert instructions("HEALTHCHECK")
    assert not re.search(r"ADD |:latest|curl|sudo|--privileged", DOCKERFILE)


def test_the_composition_is_bound_to_this_machine_and_confined():
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["lessonry"]
    assert service["ports"] == ["127.0.0.1:8000:8000"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_the_deployment_is_one_writer_and_confined():
    claim, deployment, service = yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text())
    pod = deployment["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]["type"]) == (1, "Recreate")
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert service["spec"]["selector"] == deployment["spec"]["selector"]["matchLabels"]


def test_the_unit_starts_what_the_script_makes():
    unit = (ROOT / "deploy" / "lessonry.service").read_text()
    assert "ExecStart=/opt/lessonry/venv/bin/lessonry serve" in unit
    assert "TARGET/venv" in (ROOT / "deploy" / "make_runtime.sh").read_text()


def test_the_dashboard_asks_for_measures_that_there_are(home_app):
    """Every metric in the dashboard is one that /metrics tells."""
    asked = re.findall(r"\blessonry_\w+", (ROOT / "deploy" / "grafana.json").read_text())
    assert {name for name in asked if name not in home_app} == set()


@pytest.mark.slow
def test_the_runtime_serves_without_torch(tmp_path):
    """The last step of the image's first stage, in a clean folder, and then the server as the image starts it."""
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("corpus", "ingest", "search", "api", "deploy"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    made = tmp_path / "opt"
    subprocess.run(["sh", "deploy/make_runtime.sh", sys.executable, str(made)], cwd=tmp_path, check=True)
    lessonry = made / "venv" / "bin" / "lessonry"
    assert subprocess.run([made / "venv" / "bin" / "python", "-c", "import torch"], capture_output=True).returncode
    environment = {
        "PATH": os.defpath, "LESSONRY_HOME": str(tmp_path / "data"), "LESSONRY_MODELS": str(made / "models")
    }  # fmt: skip
    told = subprocess.run(
        [lessonry, "add", "-"], input=b"# The valve\n\nIt was open when it should have been shut.",
        env=environment, cwd=made, capture_output=True,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([lessonry, "serve", "--port", str(port)], env=environment, cwd=made)
    try:
        answer = _answer(f"http://127.0.0.1:{port}/v1/search?q=nobody+closed+it&mode=semantic", server)
    finally:
        server.terminate()
        assert server.wait(timeout=30) == 0
    assert b"The valve" in answer
    assert b'"degraded":null' in answer


def _answer(url: str, server: subprocess.Popen[bytes]) -> bytes:
    while server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                return bytes(response.read())
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server ended with {server.returncode}")
