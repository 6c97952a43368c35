"""What the extension may do is little, and stays so."""

import json
import re
import runpy
import struct
import sys
import zipfile
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
EXTENSION = HOUSE / "extension"
MANIFESTS = {name: json.loads((EXTENSION / name).read_text()) for name in ("manifest.json", "manifest.firefox.json")}
SOURCES = [path for path in EXTENSION.rglob("*") if path.suffix in (".js", ".html", ".css")]

each_manifest = pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)


@each_manifest
def test_it_asks_for_no_page_that_a_person_has_not_chosen(manifest):
    assert set(manifest["permissions"]) <= {"activeTab", "scripting", "storage", "sidePanel", "contextMenus"}
    assert manifest["optional_host_permissions"] == ["https://*/*", "http://*/*"]
    assert (
        not {"host_permissions", "optional_permissions", "content_scripts", "web_accessible_resources"}
        & manifest.keys()
    )


@each_manifest
def test_its_pages_run_its_own_scripts_only_and_nothing_may_frame_them(manifest):
    policy = dict(part.split(" ", 1) for part in manifest["content_security_policy"]["extension_pages"].split("; "))
    assert policy["default-src"] == policy["object-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["img-src"] == "'self'"
    assert policy["connect-src"] == "https: http://127.0.0.1:* http://localhost:*"


def test_the_manifests_differ_only_where_the_browsers_do():
    chromium, firefox = MANIFESTS.values()
    both = chromium.keys() & firefox.keys() - {"background", "permissions"}
    assert {key: chromium[key] for key in both} == {key: firefox[key] for key in both}
    assert set(chromium["permissions"]) - set(firefox["permissions"]) == {"sidePanel"}


@each_manifest
def test_every_file_that_is_named_is_there(manifest):
    named = re.findall(r'"([\w/]+\.(?:js|html|png|css))"', json.dumps(manifest))
    for path in SOURCES:
        named += [
            str((path.parent / name).relative_to(EXTENSION))
            for name in re.findall(r'from "\./([\w.]+)"', path.read_text())
        ]
        named += re.findall(r'(?:src|href)="([\w/.]+)"', path.read_text())
    assert named
    assert [name for name in named if not (EXTENSION / name).is_file()] == []


def test_no_source_makes_html_or_code_out_of_text():
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|javascript:|<script(?! type=\"module\" src=)|"
        r"\son\w+=\"|style=\"|onMessageExternal|onConnectExternal|postMessage\(.*\*"
    )
    assert [(path.name, found[0]) for path in SOURCES if (found := forbidden.search(path.read_text()))] == []


def test_the_archives_are_the_same_bytes_each_time_and_hold_what_is_shipped(tmp_path, monkeypatch):
    archives = []
    for folder in (tmp_path / "1", tmp_path / "2"):
        monkeypatch.setattr(sys, "argv", ["zipped.py", str(folder)])
        runpy.run_path(str(EXTENSION / "zipped.py"), run_name="__main__")
        archives.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert archives[0] == archives[1]
    assert len(archives[0]) == 2
    with zipfile.ZipFile(tmp_path / "1" / f"lessonry-firefox-{MANIFESTS['manifest.json']['version']}.zip") as archive:
        assert json.loads(archive.read("manifest.json")) == MANIFESTS["manifest.firefox.json"]
        assert {"panel.html", "background.js", "icons/128.png", "_locales/en/messages.json"} <= set(archive.namelist())
        assert not [
            name for name in archive.namelist() if name.startswith("docs/") or name.endswith((".py", "firefox.json"))
        ]


def test_the_listing_names_each_picture_and_none_is_heavy_or_of_another_size():
    docs = EXTENSION / "docs"
    pictures = {path.name: path.read_bytes() for path in docs.glob("*.png")}
    assert set(re.findall(r"`([\w-]+\.png)`", (docs / "store.md").read_text())) == pictures.keys() != set()
    assert {struct.unpack(">II", one[16:24]) for one in pictures.values()} == {(1280, 800)}
    assert max(map(len, pictures.values())) <= 150_000
