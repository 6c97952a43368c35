"""What we stand on: pinned, with its licences listed, and looked up among known faults where anybody answers."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PINNED = dict(
    line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")
)


def test_the_licence_of_every_dependency_is_listed():
    rows = re.findall(
        r"^\| (\S+) \| (\S+) \| (.+) \| (running|tests) \|$", (ROOT / "docs/licences.md").read_text(), re.M
    )
    assert {name: version for name, version, _, _ in rows} == PINNED
    assert [name for name, _, licence, _ in rows if licence in ("see the package", "not installed here")] == []
    running = {name for name, _, _, use in rows if use == "running"}
    assert {"fastapi", "faiss-cpu", "numpy"} <= running
    assert not {"pytest", "pip_audit", "cyclonedx-bom", "mypy"} & running


@pytest.mark.parametrize(
    ("answer", "code", "line"),
    [
        ("", 0, "the dependencies were not looked up among known faults: Connection refused"),
        ({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, 0, "1 of 1 dependencies were looked up"),
        ({"dependencies": [{"name": "a", "skip_reason": "unknown"}]}, 0, "0 of 1 dependencies were looked up"),
        (
            {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}]},
            1,
            "a 1: CVE-1, mended in 2",
        ),
    ],
)
def test_faults_are_told_and_silence_is_said(tmp_path, answer, code, line):
    """A pip-audit that answers as we say stands in the place of the real one."""
    said = json.dumps(answer) if answer else ""
    stand_in = f"import sys\nsys.stdout.write({said!r})\nsys.stderr.write('Traceback\\nConnection refused')\n"
    (tmp_path / "pip_audit.py").write_text(stand_in)
    done = subprocess.run(
        [sys.executable, str(ROOT / "deploy" / "audit.py")],
        env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, line in done.stdout) == (code, True), done.stdout + done.stderr
