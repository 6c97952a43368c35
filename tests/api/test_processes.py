"""Real processes with the real model: killed in the middle, served and stopped. Slow."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

LESSONRY = str(Path(sys.executable).with_name("lessonry"))
WORDS = [word for word in Path(__file__).read_text().split() if "zebra" not in word]


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


def test_workers_answer_over_one_port_and_one_that_dies_is_replaced(tmp_path):
    home, folder = tmp_path / "home", some_documents(tmp_path / "docs", 3)
    run(home, "add", folder, "--json")
    server = subprocess.Popen(
        [LESSONRY, "--home", str(home), "serve", "--port", "0", "--workers", "2"], stderr=subprocess.PIPE, text=True
    )
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())[0]
        for _ in range(30):
            assert get(f"{address}/v1/search?q=zebra2")["hits"][0]["document"]["title"] == "Incident 2"
        assert counted(address, "/v1/search") == 30  # by whichever worker, told by whichever is asked
        assert counted(address, "/v1/search") == 30
        for turn, worker in enumerate(workers_of(server.pid)):  # one of them has the duty
            os.kill(worker, signal.SIGKILL)
            assert eventually(lambda worker=worker: worker not in workers_of(server.pid))
            assert eventually(lambda: len(workers_of(server.pid)) == 2)
            job = sent(address, {"title": f"Late {turn}", "text": f"The marker is okapi{turn}."})
            assert eventually(lambda job=job: get(f"{address}{job}")["status"] == "done")
            assert get(f"{address}/v1/search?q=okapi{turn}")["hits"][0]["document"]["title"] == f"Late {turn}"
        before = workers_of(server.pid)
        server.send_signal(signal.SIGHUP)
        assert eventually(lambda: not set(workers_of(server.pid)) & set(before))
        assert get(f"{address}/v1/search?q=okapi1")["hits"][0]["document"]["title"] == "Late 1"
    finally:
        server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=20) == 0


def workers_of(pid: int) -> list[int]:
    """The processes of a server that answer."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True
    ).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if "spawn_main" in line]


def counted(address: str, route: str) -> int:
    with urllib.request.urlopen(f"{address}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    found = [line for line in lines if line.startswith("lessonry_request_duration_seconds_count") and route in line]
    return sum(round(float(line.split()[-1])) for line in found)


def sent(address: str, body: dict) -> str:
    request = urllib.request.Request(
        f"{address}/v1/documents", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return answer.headers["Location"]


def eventually(true) -> bool:
    """Whether it comes true within a minute; a connection to a worker that was killed counts as not yet."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with suppress(OSError):
            if true():
                return True
        time.sleep(0.1)
    return False
