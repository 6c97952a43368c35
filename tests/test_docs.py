"""The documentation tells the truth: its commands run, its settings and links exist."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from api import cli
from api.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = typer.main.get_command(cli.app).commands
LESSONRY = str(Path(sys.executable).with_name("lessonry"))


def commands() -> list[tuple[str, str]]:
    """(page, command) for every `lessonry` line in a shell block; lines that end in a backslash go on."""
    found = []
    for page in PAGES:
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                if line.startswith("lessonry "):
                    found.append((page.name, line))
    return found


def words(command: str) -> list[str]:
    return shlex.split(command, comments=True)[1:]


def needs_network_or_stays(command: str) -> bool:
    """Commands that are only checked for their options: they fetch from the internet or do not return."""
    parts = words(command)
    fetches = any(part.startswith(("http", "sentence-transformers/")) for part in parts)
    return parts[0] in ("serve", "mcp") or (parts[0] in ("add", "model") and fetches)


@pytest.mark.parametrize(("page", "command"), commands())
def test_documented_options_exist(page, command):
    name, *rest = words(command)
    parsed = COMMANDS[name]
    known = {option for parameter in parsed.params for option in parameter.opts}
    if rest and rest[0] in getattr(parsed, "commands", {}):
        known = {option for parameter in parsed.commands[rest[0]].params for option in parameter.opts}
    assert {part.split("=")[0] for part in rest if part.startswith("--")} <= known, f"{page}: {command}"


@pytest.mark.slow
def test_documented_commands_run(tmp_path):
    """In order, on a home with the starter corpus, in a copy of the tree; exit 0 is success."""
    for name in ("README.md", "docs", "corpus", "tests"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    home = tmp_path / "home"
    subprocess.run([LESSONRY, "--home", str(home), "import", "corpus/starter"], cwd=tmp_path, check=True)
    ran = 0
    for page, command in commands():
        if needs_network_or_stays(command):
            continue
        line = [part.replace("/tmp/", f"{tmp_path}/") for part in words(command)]
        done = subprocess.run([LESSONRY, "--home", str(home), *line], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, f"{page}: {command}\n{done.stderr}"
        ran += 1
    assert ran >= 10


def test_make_targets_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"(?:^    |`(?:PORT=\d+ )?)make ([a-z-]+)", page.read_text(), re.MULTILINE):
            assert target in targets, f"{page.name}: make {target}"


def test_every_setting_is_documented():
    table = (ROOT / "docs" / "settings.md").read_text()
    documented = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert documented == set(Settings.model_fields)


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
