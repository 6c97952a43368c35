"""What keeps happening, over HTTP and as pages: counts that can be checked by eye, and links to the sentences."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from api import charts
from api.app import create_app
from api.wiring import Lessonry
from tests.fakes import draft, opened, stored

STORM = "A retry storm took the queue down."


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> Iterator[TestClient]:
    with TestClient(create_app(lessonry), base_url="http://127.0.0.1") as made:
        yield made


@pytest.fixture
def storm(lessonry: Lessonry) -> None:
    """Fifty lessons of two years, five of which tell of a retry storm, and guidance that does too."""
    for n in range(50):
        text, year = STORM if n < 5 else "All was well.", "2020" if n % 2 else "2021"
        one = draft(f"lesson {n}", text, kind="lesson", published=year)
        lessonry.corpus.documents.put(one, lessonry.split(one.title, one.text))
    stored(lessonry, "guidance", STORM, kind="guidance", published="2021")


def test_counts_stand_beside_what_they_are_a_share_of(client, storm):
    answer = client.get("/v1/patterns").json()
    assert (answer["by"], answer["documents"], answer["undated"]) == ("factor", 50, 0)
    [found] = answer["items"]
    assert (found["name"], found["documents"], found["of"]) == ("retry storm", 5, 50)
    assert found["years"] == [
        {"year": "2020", "documents": 2, "of": 25, "share": 0.08},
        {"year": "2021", "documents": 3, "of": 25, "share": 0.12},
    ]


def test_a_tiny_number_has_no_share(client, storm):
    answer = client.get("/v1/patterns", params={"kind": "guidance"}).json()
    assert answer["items"][0]["years"] == [{"year": "2021", "documents": 1, "of": 1, "share": None}]
    soup = BeautifulSoup(client.get("/patterns?kind=guidance").text, "lxml")
    assert soup.select_one(".rate").get_text() == "1 of 1"


def test_sentences_are_paged_and_lead_to_their_passage(client, storm):
    question = {"factor": "retry storm", "limit": "2"}
    seen, more = [], True
    while more:
        answer = client.get("/v1/patterns/sentences", params=question).json()
        seen += answer["items"]
        more = question["cursor"] = answer["next"]
    assert len({one["document"]["id"] for one in seen}) == len(seen) == 5
    assert {one["text"] for one in seen} == {STORM}
    soup = BeautifulSoup(client.get("/patterns/retry-storm").text, "lxml")
    hrefs = [link["href"] for link in soup.select(".rows h3 a")]
    assert hrefs == [f"/documents/{one['document']['id']}#p{one['passage_id']}" for one in seen]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/patterns/sentences?factor=bad+luck", 404),
        ("/v1/patterns/sentences", 422),
        ("/v1/patterns?by=weather", 422),
        ("/patterns/bad-luck", 404),
        ("/patterns?since=yesterday", 422),
        ("/patterns/retry-storm?since=yesterday", 422),
        ("/patterns/retry-storm?cursor=nonsense", 422),
    ],
)
def test_what_cannot_be_asked_is_said(client, path, status):
    assert client.get(path).status_code == status


def test_a_chart_says_in_words_and_in_a_table_what_it_draws(client, storm):
    soup = BeautifulSoup(client.get("/patterns").text, "lxml")
    [chart] = soup.select("svg.chart")
    assert chart.select_one("desc").get_text() == "2020: 2 of 25 documents. 2021: 3 of 25 documents"
    assert [one["height"] for one in chart.select("rect.column")] == ["42.7", "64.0"]
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in soup.select("tbody tr")]
    assert rows == [["2021", "3", "25", "12 %"], ["2020", "2", "25", "8 %"]]


def test_technologies_lead_to_their_documents(client, lessonry):
    stored(lessonry, "redis", "Redis was full.", kind="lesson", published="2020")
    soup = BeautifulSoup(client.get("/patterns/technologies?kind=lesson").text, "lxml")
    assert soup.select_one(".multiples h2 a")["href"] == "/documents?kind=lesson&technology=Redis"


def test_an_empty_home_says_what_to_do(client):
    soup = BeautifulSoup(client.get("/patterns").text, "lxml")
    assert soup.select_one(".empty a[href='/sources']")


def test_years_are_put_together_until_there_are_enough():
    base = {"2015": 3, "2018": 4, "2019": 16, "2020": 25, "2021": 19, "2022": 1}
    assert [(one.label, one.of) for one in charts.spans(base)] == [("2015–2019", 23), ("2020", 25), ("2021–2022", 20)]
    assert [(one.label, one.of) for one in charts.spans({"2015": 3})] == [("2015", 3)]
    assert [(one.label, one.of) for one in charts.spans({"2014": 3, "2015": 30})] == [("2014–2015", 33)]
    assert charts.spans({}) == []


def test_the_highest_share_fills_its_column():
    over = charts.spans({"2019": 20, "2020": 40})
    years = {"2019": 5, "2020": 5}
    drawn = charts.columns(years, over, charts.top([years], over))
    assert [(one.count, one.height, one.y) for one in drawn] == [(5, 64.0, 0.0), (5, 32.0, 32.0)]
    assert [one.height for one in charts.columns({}, over, 0.0)] == [0.0, 0.0]
