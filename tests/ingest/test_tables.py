"""Tables: what becomes of the cells, which column is which field, and what is broken is told and not the end."""

import json
from collections.abc import Mapping

import pytest

from corpus.errors import NothingToRead, SourceError
from ingest.cells import mended, plain, text_of
from ingest.tables import table_items
from ingest.types import Item, Outcome, Page

FILE = "file:///data/lessons"


def read(body: str | bytes, suffix: str = ".csv", **wanted: str) -> list[Item | Outcome]:
    data = body.encode() if isinstance(body, str) else body
    return table_items(data, source="t", identity=FILE, suffix=suffix, wanted=wanted)


def pages(body: str | bytes, suffix: str = ".csv", **wanted: str) -> list[Page]:
    return [item.read() for item in read(body, suffix, **wanted) if isinstance(item, Item)]


def reason(body: str | bytes, suffix: str = ".csv", **wanted: str) -> str:
    with pytest.raises(SourceError) as error:
        read(body, suffix, **wanted)
    return error.value.reason


# --- columns

NASA = (
    '"","LessonId","Submitter1","Title","Abstract","Lesson","Organization","LessonDate","Categories","Topic","url"\n'
    '"1",9501,"Bell, M","Arc flash"," Splices\xa0fail. ","  Test it.\r\n    Twice. ","KSC",2014-06-06,'
    '"Energy, Facilities, ",22,"https://nen.nasa.gov/9501"\n'
)


def test_columns_are_guessed_by_name() -> None:
    [page] = pages(NASA)
    assert page == Page(
        text="## Abstract\n\nSplices fail.\n\n## Lesson\n\nTest it.\nTwice.",
        title="Arc flash",
        url="https://nen.nasa.gov/9501",
        organization="KSC",
        published="2014-06-06",
        tags=("energy", "facilities"),
        id="9501",
    )


def test_columns_can_be_mapped_and_joined() -> None:
    body = "Code,What,Why,Abstract\n7,It broke,Rust,no\n8,,Dust,no\n"
    found = pages(body, text="What+Why", id="Code", title="Code")
    assert [page.text for page in found] == ["## What\n\nIt broke\n\n## Why\n\nRust", "Dust"]
    assert [page.title for page in found] == ["7", "8"]


def test_a_mapped_column_that_is_not_there_is_named_with_those_there_are() -> None:
    assert reason("Title,Body\na,b\n", text="Text") == "there is no column 'Text'; there are: Title, Body"


def test_an_unknown_field_is_named_with_those_there_are() -> None:
    assert "no field 'author'" in reason("Title,Body\na,b\n", author="Body")


@pytest.mark.parametrize(("body", "suffix"), [("a,b\n1,2\n", ".csv"), ('[{"a": 1, "b": 2}]', ".json")])
def test_no_column_like_a_text_is_told_with_the_mend(body: str, suffix: str) -> None:
    assert reason(body, suffix) == "no column looks like the text; name it with --map text=COLUMN (there are: a, b)"


@pytest.mark.parametrize(
    ("header", "text", "title"),
    [
        ("Summary,Description", "d", "s"),
        ("Summary,Other", "s", "s"),
        ("title,body,description", "b", "t"),
        ("TITLE,Content_Text", "c", "t"),
    ],
)
def test_which_of_several_names_is_meant(header: str, text: str, title: str) -> None:
    cells = ",".join(name[0].lower() for name in header.split(","))
    [page] = pages(f"{header}\n{cells}\n")
    assert (page.text, page.title) == (text, title)


def test_a_row_without_title_is_called_by_its_first_words() -> None:
    [page] = pages(f"id,text\n1,{'many words ' * 20}\n")
    assert page.title is not None
    assert page.title.startswith("many words many")
    assert page.title.endswith("…")
    assert len(page.title) <= 81


def test_a_row_without_text_says_so() -> None:
    [_, item] = read("title,abstract,lesson\na,b,c\nd,,\n")
    assert isinstance(item, Item)
    with pytest.raises(NothingToRead, match="t, row 3: there is no text in abstract or lesson"):
        item.read()


def test_kind_tags_and_dates_are_taken_only_as_what_they_are() -> None:
    body = (
        "text,kind,tags,date\nx,Lessons Learned,a; B ;a;n/a,03/04/2011\ny,post mortem,,2020-02-30\nz,what,,May 3 2021\n"
    )
    assert [(page.kind, page.tags, page.published) for page in pages(body)] == [
        ("lesson", ("a", "b"), None),
        ("post-mortem", (), None),
        (None, (), "2021-05-03"),
    ]


# --- identities


def test_rows_go_by_id_then_title_then_a_digest_and_not_by_their_place() -> None:
    before = [item.identity for item in read("id,title,text\n7,a,x\n,b,y\n,,z\n") if isinstance(item, Item)]
    after = [item.identity for item in read("id,title,text\n,,z\nnew,,n\n,b,y\n7,a,x\n") if isinstance(item, Item)]
    assert before[:2] == [f"{FILE}#7", f"{FILE}#b"]
    assert before[::-1] == [after[0], *after[2:]]


# --- CSV


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(mark: str) -> None:
    body = f'title{mark}text\n"a, b; c"{mark}"one, two; three | four"\nd{mark}e\n'
    assert [(page.title, page.text) for page in pages(body)] == [("a, b; c", "one, two; three | four"), ("d", "e")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    [page] = pages("title,text\nDéjà,“Où?” – à l’été\n".encode(encoding))
    assert (page.title, page.text) == ("Déjà", "“Où?” – à l’été")


def test_broken_rows_fail_alone() -> None:
    body = 'title,text\na,one\nb,two,three,four\nc,"three\nlines\nlong"\nd,four\n'
    found = read(body)
    assert [item.source for item in found] == ["t, row 2", "t, row 3", "t, row 4", "t, row 5"]
    assert [item.error for item in found if isinstance(item, Outcome)] == [
        "t, row 3: it has 4 fields, the header has 2"
    ]
    assert [page.text for page in pages(body)] == ["one", "three\nlines\nlong", "four"]


def test_a_quotation_mark_that_is_never_closed_costs_its_row_only() -> None:
    body = 'title,text\na,one\nb,"two\nc,three\nd,four\n'
    [failed] = [item for item in read(body) if isinstance(item, Outcome)]
    assert failed.error == "t, row 3 (line 3): a quotation mark is never closed"
    assert [page.text for page in pages(body)] == ["one", "three", "four"]


def test_a_field_over_the_limit_costs_its_row_only() -> None:
    body = "title,text\na,one\nb," + "x" * 16_000_001 + "\nc,three\n"
    assert [page.text for page in pages(body)] == ["one", "three"]


def test_long_fields_are_read() -> None:
    [page] = pages("title,text\na," + "word " * 200_000 + "\n")
    assert len(page.text) == 999_999


def test_line_separators_inside_a_cell_do_not_end_its_row() -> None:
    assert [page.title for page in pages("title,text\na\u2028b,one\nc,two\n")] == ["a b", "c"]


def test_a_table_without_rows_says_so() -> None:
    assert reason("title,text\n") == "there are no rows in it"
    assert reason("[]", ".json") == "there are no rows in it"


# --- JSON


def test_json_shapes() -> None:
    rows = [{"title": "a", "text": "one"}, {"title": "b", "text": "two", "id": 5}]
    for shape in (rows, {"items": rows}, {"page": {"name": "x"}, "incidents": rows}, {"version": "1", "x": rows}):
        assert [page.text for page in pages(json.dumps(shape), ".json")] == ["one", "two"]
    lines = "\n\n".join(json.dumps(row) for row in rows)
    for suffix in (".jsonl", ".ndjson", ".json"):
        assert [page.text for page in pages(lines, suffix)] == ["one", "two"]


def test_an_object_is_one_document_with_the_file_as_its_identity() -> None:
    [item] = read('{"title": "a", "text": "one", "authors": [{"name": "x"}]}', ".json")
    assert isinstance(item, Item)
    assert (item.source, item.identity, item.read().text) == ("t", FILE, "one")


def test_a_map_decides_which_list_holds_the_rows() -> None:
    body = '{"title": "x", "text": "y", "a": [{"n": 1}], "b": [{"why": "because"}]}'
    assert [page.text for page in pages(body, ".json", text="why")] == ["because"]


STATUS: Mapping[str, object] = {
    "name": "Slow answers",
    "impact": "major",
    "updates": [
        {"content": "All <b>good</b> &amp; well.", "status": "resolved", "date": "2024-11-07T14:30:00.000+01:00"},
        {"content": "We look.\n\nNow.", "status": "investigating", "date": "2024-11-07T13:09:00.000Z"},
    ],
}


def test_updates_of_a_status_page_become_sections_in_the_order_of_time() -> None:
    [page] = pages(json.dumps(STATUS), ".json")
    assert page.text == (
        "## 2024-11-07 13:09 UTC, investigating\n\nWe look.\n\nNow.\n\n"
        "## 2024-11-07 13:30 UTC, resolved\n\nAll good & well."
    )
    assert (page.title, page.published, page.kind) == ("Slow answers", "2024-11-07", "post-mortem")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('[\n{"title": "a"},\n{"title": "b', "the JSON ends too early (line 3)"),
        ('[\n{"title": "a"},\n', "the JSON ends too early (line 2)"),
        ('{"title": "a", "text":', "the JSON ends too early (line 1)"),
        ('[{"title": "a", "ok": tr', "the JSON ends too early (line 1)"),
        ('[{"title": "a"},\n{"text" "b"}, {"c": 1}]', "this is not JSON: expecting ':' delimiter (line 2)"),
        ("42", "the JSON is no object and no list of objects"),
        ("[" * 100_000, "the JSON cannot be read: it is nested too deeply or has absurd numbers"),
    ],
)
def test_json_that_cannot_be_read(body: str, line: str) -> None:
    assert reason(body, ".json") == line


def test_a_bad_line_of_jsonl_fails_alone() -> None:
    body = '{"title": "a", "text": "one"}\n{"title": "b", "te\n[1]\n{"title": "d", "text": "four"}\n'
    assert [item.error for item in read(body, ".jsonl") if isinstance(item, Outcome)] == [
        "t, line 2: the JSON ends too early",
        "t, line 3: it is not an object",
    ]
    assert [page.text for page in pages(body, ".jsonl")] == ["one", "four"]


# --- cells


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<p>One</p><ul><li>a</li><li>b</li></ul>", "One\n\n- a\n- b"),
        ("H<sub>2</sub>O &amp; co", "H2O & co"),
        ("a &amp; b &lt; c", "a & b < c"),
        ("one<br>two\nthree\n\nfour", "one\ntwo\nthree\n\nfour"),
        ("a <b and c> d, Vec<T>", "a <b and c> d, Vec<T>"),
        ("```\n  <div>x</div>\n```", "```\n  <div>x</div>\n```"),
        ("KSC\ufffds plan.\ufffd\ufffd Next", "KSC’s plan. Next"),
        ("\u00a0a\u2003b\r\n\r\n\r\n\r\n      c  ", "a b\n\nc"),
    ],
)
def test_cells_are_cleaned(cell: str, text: str) -> None:
    assert plain(cell) == text


def test_a_nest_of_values_ends() -> None:
    nest: object = "deep"
    for _ in range(1000):
        nest = [nest]
    assert text_of(nest) == ""
    assert text_of(["a", None, True, 3, {"text": "b"}]) == "a\n\n3\n\nb"


def test_french_is_left_alone_and_a_wrong_conversion_is_not_guessed_at() -> None:
    french = "Les élèves préfèrent l'été; après les fêtes, très tôt, il a été créé."
    assert mended(french, is_utf8=False) == french
    wrong = "NASAês plan, itês late, donêt ask, KSCês and JPLês part.¾ End"
    assert plain(mended(wrong, is_utf8=False)) == "NASA’s plan, it’s late, don’t ask, KSC’s and JPL’s part. End"
    assert mended(wrong, is_utf8=True) == wrong
