"""Jira's CSV and XML: repeated columns, comments, wiki markup, dates that are known or unknown but never wrong."""

import pytest

from corpus.errors import Unreadable
from ingest.export_jira import jira_date
from ingest.exports import Export, read_export
from ingest.jira_markup import read_jira_markup
from ingest.types import Outcome, Page

HEADER = (
    "Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Reporter,Assignee,Created,Resolved,"
    "Labels,Labels,Description,Custom field (Root cause),Custom field (Rank),Comment,Comment\n"
)
ISSUE = (
    "Checkout down,OPS-12,10012,Incident,Done,OPS,Operations,Jane Doe,priya,14/Jul/25 3:42 PM,15/Jul/25 9:00 AM,db,pool,"
    '"h2. What happened\n\nThe *pool* ran dry, see [the graph|https://x.example/g] and [~bob.lee].\n\n'
    '{code:sql|title=q}\nselect 1; -- *x*\n{code}\n||When||What||\n|10:02|Alarm|",'
    "A limit of ten connections nobody knew of,0|i000:,14/Jul/25 4:00 PM;priya;h1. Note; with semicolons,"
    "21.07.2025 10:00;557058:0c2a3d4e-1111-2222-3333-444455556666;Second\n"
)
OTHER = "Empty one,OPS-13,10013,Bug,Open,OPS,Operations,Jane Doe,,03/04/21 10:22 AM,,,,,,0|i1:,,\n"
CUT = 'Cut,OPS-14,10014,Bug,Open,OPS,Ops,,,2025-07-14,,,,"The quotation mark is never'


def read(body: str | bytes, most_items: int = 100) -> Export | None:
    data = body.encode() if isinstance(body, str) else body
    return read_export(data, source="jira.csv", most_bytes=50_000_000, most_items=most_items)


def entries(body: str | bytes, most_items: int = 100) -> list[Page | Outcome]:
    found = read(body, most_items)
    assert found is not None
    return list(found.entries)


def test_an_issue_of_a_csv() -> None:
    [page] = entries(HEADER + ISSUE)
    assert page == Page(
        title="Checkout down",
        text="## What happened\n\nThe pool ran dry, see the graph and @bob.lee.\n\n"
        "```\nselect 1; -- *x*\n```\n\nWhen | What\n10:02 | Alarm\n\n"
        "## Root cause\n\nA limit of ten connections nobody knew of\n\n"
        "## Comment by @priya, 2025-07-14\n\n### Note; with semicolons\n\n"
        "## Comment, 2025-07-21\n\nSecond",
        id="OPS-12",
        kind="post-mortem",
        published="2025-07-14",
        tags=("db", "pool", "operations"),
        people=("Jane Doe", "priya", "557058:0c2a3d4e-1111-2222-3333-444455556666", "bob.lee"),
    )


def test_labels_and_the_last_change_of_a_csv() -> None:
    header = "Issue key,Summary,Issue Type,Labels,Reporter,Reporter Id,Created,Updated,Description\n"
    [page] = entries(header + "A-1,Slow,Bug,outage,Jane Doe,jdoe,14/Jul/25 3:42 PM,16/Jul/25 9:00 AM,It was slow\n")
    assert isinstance(page, Page)
    assert (page.kind, page.published, page.updated) == ("post-mortem", "2025-07-14", "2025-07-16")
    assert page.people == ("Jane Doe\njdoe",)


def test_what_is_empty_or_cut_off_is_told() -> None:
    found = entries(HEADER + OTHER + ISSUE + CUT)
    assert [entry.status if isinstance(entry, Outcome) else entry.id for entry in found] == [
        "skipped",
        "OPS-12",
        "failed",
    ]
    assert isinstance(found[2], Outcome)
    assert found[2].error == (
        "jira.csv, row 3: it has 14 fields, the header has 18; it is cut off, or a quotation mark is never closed"
    )


@pytest.mark.parametrize("mark", [";", "|", "\t", "^"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_other_delimiters_and_encodings(mark: str, encoding: str) -> None:
    body = mark.join(("Issue key", "Summary", "Description", "Created")) + "\r\n"
    body += mark.join(("A-1", "Größe é", "Ein Text über Größe", "2025-07-14T10:22:33.000+0000")) + "\r\n"
    [page] = entries(body.encode(encoding))
    assert isinstance(page, Page)
    assert (page.title, page.text, page.published) == ("Größe é", "Ein Text über Größe", "2025-07-14")


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("14/Jul/25 3:42 PM", "2025-07-14"), ("04/Mar/2021", "2021-03-04"), ("4-Mar-21 10:22", "2021-03-04"),
        ("2021-03-04 10:22", "2021-03-04"), ("2021-03-04T10:22:33.000+0100", "2021-03-04"), ("Mar 4, 2021", "2021-03-04"),
        ("6/21/2025 16:14", "2025-06-21"), ("21.06.2025 16:14", "2025-06-21"), ("4 Mar 2019 10:22:33 +0000", "2019-03-04"), ("05/05/2021 10:00", "2021-05-05"),
        ("03/04/21 10:22 AM", None), ("03/04/2021 10:22", None), ("10/11/12", None), ("21/06/25 16:14", None), ("", None), ("soon", None),
        ("99/Jul/25", None), ("14/Foo/25", None), (None, None), (7.5, None),
    ],
)  # fmt: skip
def test_dates(written: object, date: str | None) -> None:
    assert jira_date(written) == date


def test_a_hundred_thousand_issues_are_bounded() -> None:
    body = "Issue key,Summary,Description\n" + "".join(f"A-{n},Title {n},Some text\n" for n in range(100_000))
    found = entries(body, most_items=1000)
    assert len(found) == 1001
    assert isinstance(found[999], Page)
    assert isinstance(found[1000], Outcome)
    assert found[1000].error == "jira.csv: it holds more than 1000 entries; the rest is not read"


def test_other_tables_are_none() -> None:
    assert read("title,text\nIssue key,Summary\n") is None
    assert read('"Lesson","text about an Issue key, and Summary"\n') is None


# --- wiki markup


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("h1. One\ntext\nh3. Three", "# One\n\ntext\n\n### Three"),
        ("* a\n** b\n# c\n- d", "- a\n  - b\n- c\n- d"),
        ("{quote}said{quote} {color:red}red{color} {{mono}} _it_ snake_case_name 2*3*4", "said red `mono` it snake_case_name 2*3*4"),
        ("!shot.png|thumbnail! wow! really!", "wow! really!"),
        ("[https://x.example] [^log.txt] [~accountid:5b10ac8d82e05b22cc7d4ef5] [WARN]", "https://x.example log.txt @somebody [WARN]"),
        ("{noformat}\nh1. no\n{code}\n{noformat}\nafter", "```\nh1. no\n{code}\n```\n\nafter"),
        ("before {code}open\n# to the end", "before\n\n```\nopen\n# to the end\n```"),
        ("a\\\\b \\{c\\}", "a\nb {c}"),
        ("# \n####### seven\n----\n", "#\n####### seven"),
    ],
)  # fmt: skip
def test_markup(markup: str, text: str) -> None:
    assert read_jira_markup(markup) == text


# --- XML


def xml(items: str, prolog: str = "", encoding: str = "UTF-8") -> bytes:
    return f"""<?xml version="1.0" encoding="{encoding}"?>
<!-- RSS generated by JIRA (9.12.0#912000) at Fri Nov 20 11:22:33 UTC 2026 <rss> -->
{prolog}<rss version="0.92"><channel><title>Your Jira</title><link>https://jira.example/issues/?jql=x</link>
<description>An XML representation of a search request</description><issue start="0" end="2" total="2"/>{items}
</channel></rss>""".encode(encoding)


ITEM = """<item><title>[OPS-12] Größe &amp; checkout</title><link>https://jira.example/browse/OPS-12</link>
<project id="1" key="OPS">Operations</project>
<description>&lt;h2&gt;What happened&lt;/h2&gt;&lt;p&gt;Ran dry &#x1b;, see &lt;a href="#" class="user-hover" rel="blee"&gt;Bob Lee&lt;/a&gt;&lt;/p&gt;
&lt;div class="code panel"&gt;&lt;div class="codeContent panelContent"&gt;&lt;pre class="code-java"&gt;a &amp;lt; b
# c&lt;/pre&gt;&lt;/div&gt;&lt;/div&gt;</description>
<key id="10012">OPS-12</key><summary>Größe &amp; checkout</summary><type id="1">Incident</type><status id="3">Done</status>
<assignee username="-1">Unassigned</assignee><reporter username="jdoe">Jane Doe</reporter>
<labels><label>db</label><label>pool</label></labels><created>Mon, 4 Mar 2019 10:22:33 +0000</created><component>API</component>
<comments><comment id="1" author="jdoe" created="Tue, 5 Mar 2019 09:00:00 +0000">&lt;p&gt;Fixed.&lt;/p&gt;</comment><comment id="2"/></comments>
<customfields><customfield id="c1" key="k"><customfieldname>Root cause</customfieldname><customfieldvalues><customfieldvalue>&lt;p&gt;A limit of ten connections&lt;/p&gt;</customfieldvalue></customfieldvalues></customfield>
<customfield id="c2" key="k"><customfieldname>Rank</customfieldname><customfieldvalues><customfieldvalue>0|i0000000000000000000:</customfieldvalue></customfieldvalues></customfield></customfields></item>"""


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16"])
def test_an_issue_of_an_xml(encoding: str) -> None:
    found = read(xml(ITEM, encoding=encoding))
    assert found is not None
    assert found.format == "Jira XML"
    assert list(found.entries) == [
        Page(
            title="Größe & checkout",
            text="## What happened\n\nRan dry , see Bob Lee\n\n```\na < b\n# c\n```\n\n"
            "## Root cause\n\nA limit of ten connections\n\n## Comment by @jdoe, 2019-03-05\n\nFixed.",
            id="OPS-12",
            kind="post-mortem",
            url="https://jira.example/browse/OPS-12",
            published="2019-03-04",
            tags=("db", "pool", "api", "operations"),
            people=("Jane Doe\njdoe", "-1", "jdoe", "Bob Lee\nblee"),
        )
    ]


def test_labels_and_the_last_change_of_an_xml() -> None:
    item = ITEM.replace(">Incident<", ">Bug<").replace("<label>db<", "<label>incident<")
    [page] = entries(xml(item.replace("<component>", "<updated>Wed, 6 Mar 2019 10:22:33 +0000</updated><component>")))
    assert isinstance(page, Page)
    assert (page.kind, page.published, page.updated) == ("post-mortem", "2019-03-04", "2019-03-06")


def test_a_cut_or_keyless_item_is_told_and_the_rest_is_read() -> None:
    whole = xml(ITEM + "<item><title>no key</title></item>" + ITEM.replace("OPS-12", "OPS-13"))
    found = entries(whole[: whole.rfind(b"<labels>")])
    assert [entry.id if isinstance(entry, Page) else entry.status for entry in found] == ["OPS-12", "failed", "failed"]


LAUGHS = (
    "<!DOCTYPE rss [<!ENTITY a 'lol'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    "prolog",
    [
        LAUGHS,
        "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE rss SYSTEM 'http://127.0.0.1:9/x.dtd'>",
    ],
    ids=["laughs", "file", "network"],
)
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_entities_are_refused(prolog: str, encoding: str) -> None:
    with pytest.raises(Unreadable, match="declares a document type or entities"):
        read(xml(ITEM.replace("Ran dry", "&i; &x;"), prolog, encoding))


def test_feeds_and_pages_are_none() -> None:
    assert read(xml("<item><title>News</title><guid>1</guid></item>")) is None
    assert read("<!DOCTYPE html><html><body><rss><key>x</key></rss></body></html>") is None
    assert read("<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'/>") is None
    assert read("<!--" * 20_000) is None
