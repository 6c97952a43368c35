"""GET /v1/pack: the lessons as a browser fetches them, and only when they have changed."""

from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from search.pack_matching import Pack
from tests.fakes import opened, stored


def test_a_pack_is_fetched_once_for_each_state_of_the_corpus(tmp_path: Path):
    with opened(tmp_path / "home", models=tmp_path / "models") as lessonry:
        stored(lessonry, "Certificates", "The certificate expired and the router refused all.")
        client = TestClient(create_app(lessonry), base_url="http://127.0.0.1")
        first = client.get("/v1/pack")
        assert (first.status_code, first.headers["content-encoding"]) == (200, "gzip")
        assert [one["title"] for one in Pack(first.content).lessons] == ["Certificates"]
        asked = {"If-None-Match": first.headers["etag"]}
        again = client.get("/v1/pack", headers=asked)
        assert (again.status_code, again.content) == (304, b"")
        plain = client.get("/v1/pack", headers={"Accept-Encoding": "identity"})
        assert plain.content == first.content
        stored(lessonry, "Backups", "The backup was never restored, and the disk was full.")
        changed = client.get("/v1/pack", headers=asked)
        assert changed.status_code == 200
        assert {one["title"] for one in Pack(changed.content).lessons} == {"Certificates", "Backups"}
