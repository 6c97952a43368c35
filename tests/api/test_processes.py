"""Real processes with the real model: killed in the middle, served and stopped. Slow."""

import json
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

LESSONRY = str(Path(sys.executable).with_name("lessonry"))
WORDS = Path(__file__).read_text().split()


def run(home: Path, *words: object) -> dict:
    done = subprocess.run([LESSONRY, "--home", str(home), *map(str, words)], capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return json.loads(done.stdout)


def some_documents(folder: Path, count: int) -> Path:
    chance = random.Random(5)
    folder.mkdir()
    for number in range(count):
        story = " ".join(chance.choices(WORDS, k=120))
        (folder / f"{number:03d}.md").write_text(f"# Incident {number}\n\n{story}\n\nThe marker is zebra{number}.\n")
    return folder


def test_killed_at_any_moment_and_run_again_everything_is_there_once(tmp_path):
    home, folder = tmp_path / "home", some_documents(tmp_path / "docs", 120)
    chance = random.Random(7)
    for _ in range(6):
        process = subprocess.Popen([LESSONRY, "--home", str(home), "add", str(folder)], stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.8, 4.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    report = run(home, "add", folder, "--json")
    assert report["added"] + report["unchanged"] == 120
    assert report["failed"] == report["changed"] == 0
    titles = [item["title"] for item in run(home, "list", "--json")["items"]]
    assert sorted(titles) == sorted(f"Incident {number}" for number in range(120))
    assert run(home, "doctor", "--json") == {"healthy": True, "problems": [], "repaired": []}
    for number in (0, 60, 119):
        hits = run(home, "search", f"zebra{number}", "--limit", "1", "--json")["hits"]
        assert hits[0]["document"]["title"] == f"Incident {number}"


def test_the_server_sees_what_another_process_adds_and_stops_when_asked(tmp_path):
    home, folder = tmp_path / "home", some_documents(tmp_path / "docs", 3)
    server = subprocess.Popen(
        [LESSONRY, "--home", str(home), "serve", "--port", "0"], stderr=subprocess.PIPE, text=True
    )
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())[0]
        assert get(f"{address}/v1/documents")["items"] == []
        run(home, "add", folder, "--json")
        answer = get(f"{address}/v1/search?q=zebra2")
        assert answer["hits"][0]["document"]["title"] == "Incident 2"
        assert answer["degraded"] is None
    finally:
        server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=20) in (0, -signal.SIGTERM)


def get(url: str) -> dict:
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)
