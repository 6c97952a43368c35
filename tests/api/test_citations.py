"""Citations: right for a machine, whatever stands in a title."""

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from api import citations
from api.app import create_app
from corpus.types import Document
from tests.fakes import opened, stored


def document(**fields: object) -> Document:
    known = {
        "id": "abc", "identity": "test:abc", "title": "DNS & 100% {down}", "text": "", "kind": "lesson",
        "url": "https://example.org/a_b?c=1&d={2}", "organization": "Acme_Corp", "published": "2021-05-17",
        "tags": (), "language": "en", "source": "", "added": "", "changed": "",
    }  # fmt: skip
    return Document(**{**known, **fields})  # type: ignore[arg-type]


def test_bibtex_escapes_what_means_something_to_tex():
    assert citations.bibtex([document(), document(id="d", organization=None, published=None, url=None)]) == (
        "@misc{abc,\n"
        "  title = {{DNS \\& 100\\% \\{down\\}}},\n"
        "  author = {{Acme\\_Corp}},\n"
        "  year = {2021},\n"
        "  month = may,\n"
        "  url = {https://example.org/a_b?c=1&d=%7B2%7D},\n"
        "}\n"
        "\n"
        "@misc{d,\n"
        "  title = {{DNS \\& 100\\% \\{down\\}}},\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("published", "parts"), [("2021", [2021]), ("2021-05", [2021, 5]), ("2021-05-17", [2021, 5, 17])]
)
def test_csl_dates_are_as_precise_as_known(published, parts):
    told = json.loads(citations.csl_json([document(published=published, url="javascript:alert(1)")]))
    assert told == [
        {
            "id": "abc", "type": "report", "title": "DNS & 100% {down}", "author": [{"literal": "Acme_Corp"}],
            "publisher": "Acme_Corp", "issued": {"date-parts": [parts]},
        }
    ]  # fmt: skip


def test_a_page_carries_its_citation_and_offers_it_as_files(tmp_path: Path):
    with opened(tmp_path) as lessonry, TestClient(create_app(lessonry), base_url="http://127.0.0.1") as client:
        key = stored(lessonry, 'A "</script>" title', "The disk was full.", organization="Acme", published="2021-05")
        page = BeautifulSoup(client.get(f"/documents/{key}").text, "html.parser")
        tags = {tag["name"]: tag["content"] for tag in page.find_all("meta") if tag.get("name", "").startswith("cit")}
        assert tags == {
            "citation_title": 'A "</script>" title',
            "citation_author": "Acme",
            "citation_publication_date": "2021/05",
            "citation_technical_report_institution": "Acme",
        }
        told = json.loads(page.find("script", type="application/ld+json").string)
        assert (told["headline"], told["sourceOrganization"]["name"]) == ('A "</script>" title', "Acme")
        for ending, start in ((".bib", f"@misc{{{key},"), (".csl.json", '[\n  {\n    "id"')):
            file = client.get(f"/documents/{key}{ending}")
            assert file.text.startswith(start)
            assert file.headers["content-disposition"] == f'attachment; filename="{key}{ending}"'
        assert client.get("/documents/nowhere.bib").status_code == 404
