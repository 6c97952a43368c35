"""Markdown, reStructuredText: the text without its markup, code untouched, titles and fields found."""

import pytest

from corpus.errors import NothingToRead
from ingest.extract import extract
from ingest.types import Page


def md(text: str, name: str = "page.md") -> Page:
    return extract(text.encode(), name=name)


def rst(text: str) -> Page:
    return extract(text.encode(), name="page.rst")


def test_front_matter() -> None:
    page = md("---\ntitle: The outage\ndate: 2021-05-03\ntags: [DNS]\n---\n# The outage\n\nIt broke.\n")
    assert page == Page(text="It broke.", title="The outage", kind="post-mortem", published="2021-05-03", tags=("dns",))


def test_toml_front_matter_with_the_date_in_its_path() -> None:
    page = md('+++\npath = "2018/07/06/advisory"\ntitle = "Advisory"\n+++\n\n## Overview\n\nText.')
    assert (page.title, page.published, page.text) == ("Advisory", "2018-07-06", "## Overview\n\nText.")


def test_broken_front_matter_is_text() -> None:
    assert "title: a: b: [" in md("---\ntitle: a: b: [\n---\nText.").text


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("# The `cache` *died*\n\nText.", "The cache died", "Text."),
        (
            "sensitive headers\n=================\n\nText.\n\nINFO\n----\n\nMore.",
            "sensitive headers",
            "Text.\n\n## INFO\n\nMore.",
        ),
        ("--write-out overread\n====\n\nText.", "--write-out overread", "Text."),
        ("Intro.\n\n# Title\n\nText.", "Title", "Intro.\n\n# Title\n\nText."),
        ("# Summary\n\nA.\n\n# Timeline\n\nB.", None, "# Summary\n\nA.\n\n# Timeline\n\nB."),
        ("## Only a section\n\nText.", None, "## Only a section\n\nText."),
        ("```\n# a comment\n```\n\nText.", None, "```\n# a comment\n```\n\nText."),
        ("# Title", "Title", "# Title"),
        ("#1234 is fixed\n\nText.", None, "#1234 is fixed\n\nText."),
    ],
)
def test_titles(text: str, title: str | None, rest: str) -> None:
    page = md(text)
    assert (page.title, page.text) == (title, rest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('See [the report](https://x.org/a_(b) "t") now.', "See the report now."),
        ("See [How to [1]](https://x.org) now.", "See How to [1] now."),
        ("![A graph](x.png) shows it.", "A graph shows it."),
        ("[![Build](b.svg)](https://x.org) passes.", "Build passes."),
        ("See [CVE-1] and [that][CVE-1].\n\n[CVE-1]: https://x.org", "See CVE-1 and that."),
        ("At [01:00] it rained.", "At [01:00] it rained."),
        ("Ask <https://x.org/a>.", "Ask https://x.org/a."),
        ("One <!-- hidden\nlines --> two.", "One  two."),
        ('A <b>bold</b>&nbsp;<a href="x">word</a>.', "A bold word."),
        ("He said <matt_flaschen> and Vec<String>.", "He said <matt_flaschen> and Vec<String>."),
        ("Call `<b>x</b> [a](b)` now.", "Call `<b>x</b> [a](b)` now."),
        ("## How to do it{#how}\n\nText.", "## How to do it\n\nText."),
        ('<h2 class="x">Sub</h2>\n\nText.', "## Sub\n\nText."),
        ('Text {% include "x" %}here {{< note >}}.', "Text here ."),
        ('!!! note "Mind this"\n    Indented text.\n\nAfter.', "Mind this\n\nIndented text.\n\nAfter."),
        ("**Bold** stays *as it is*.", "**Bold** stays *as it is*."),
        ("<script>\nlet a = 1\n</script>\nText.", "Text."),
        ("An arrow <-- here and <!-- never closed", "An arrow <-- here and <!-- never closed"),
    ],
)
def test_markup_is_taken_off(text: str, expected: str) -> None:
    assert md(text).text == expected


@pytest.mark.parametrize(
    "code",
    [
        "```html\n<b>[x](y)</b> <!-- c --> {% x %}\n```",
        "~~~\n<div>\n# no heading\n~~~",
        "Text:\n\n    <script>alert(1)</script>\n    # no heading",
    ],
)
def test_code_stays_as_it_is(code: str) -> None:
    text = md(f"Before.\n\n{code}\n\nAfter.").text
    for line in code.splitlines():
        if not line.startswith("~~~"):
            assert line in text.splitlines()


def test_an_error_message_in_pre_survives() -> None:
    text = md("Text.\n\n<pre><code>panic: a &lt; b\n# not a heading\n</code></pre>\n\nAfter.").text
    assert text == "Text.\n\n```\npanic: a < b\n# not a heading\n```\n\nAfter."


def test_an_open_fence_is_closed() -> None:
    assert md("Text.\n\n```\ncode").text == "Text.\n\n```\ncode\n```"


def test_ruby_in_markdown() -> None:
    page = md(
        "---\ntitle: Standards\n---\n# <%= current_page.data.title %>\n\nText <%= partial 'x' %>.", "a.html.md.erb"
    )
    assert (page.title, page.kind, page.text) == ("Standards", "guidance", "Text .")
    assert md("Write <%=untrusted%> never.").text == "Write <%=untrusted%> never."


def test_outputs_of_a_site_generator_only_where_there_is_front_matter() -> None:
    assert md("---\na: b\n---\nSee [this]({{ '/x' | url }}) {{ page.title }}.").text == "See this ."
    assert md("Vue shows {{ message }}.").text == "Vue shows {{ message }}."


@pytest.mark.parametrize("text", ["---\ntitle: A\n---\n", "<!-- only -->", "{% include x %}", "![](x.png)"])
def test_nothing_left_to_read(text: str) -> None:
    with pytest.raises(NothingToRead):
        md(text)


_RST = """\
The day the disk was full
=========================

:Date: 2021-05-03
:Organization: Example
:Author: Ada

.. a comment

It began with ``df -h`` and a `link <https://x.org>`_. See :ref:`the plan <plan>`.

What we saw
-----------

Log::

    ERROR No space left on device
    # not a heading

* one
* two

  - inner

==== =====
Time Event
==== =====
10   Alert
==== =====

.. include:: /etc/passwd

.. raw:: html

   <script>alert(1)</script>

.. note:: Mind the gap.
"""


def test_restructuredtext() -> None:
    page = rst(_RST)
    assert page.title == "The day the disk was full"
    assert (page.published, page.organization) == ("2021-05-03", "Example")
    assert page.text.startswith("It began with df -h and a link. See the plan.")
    assert "\n## What we saw\n" in page.text
    assert "```\nERROR No space left on device\n# not a heading\n```" in page.text
    assert "- one" in page.text
    assert "Time | Event\n10 | Alert" in page.text
    assert "Mind the gap." in page.text


@pytest.mark.parametrize("unwanted", ["root:", "alert(1)", "comment", "x.org", ":ref:", "System Message"])
def test_restructuredtext_reads_no_files_and_keeps_no_markup(unwanted: str) -> None:
    assert unwanted not in rst(_RST).text


def test_restructuredtext_of_another_tool_keeps_its_text() -> None:
    text = ".. unknown-directive:: x\n\n   All of the text of this document stands in a directive nobody knows.\n"
    assert "All of the text of this document" in rst(text).text


def test_deep_lists_and_long_runs_of_blanks_are_read_in_linear_time() -> None:
    """Megabytes that took minutes while a pattern could begin anew at every blank."""
    deep = "\n".join("  " * level + f"- item {level}" for level in range(2_000))
    text = extract(deep.encode(), name="deep.md").text
    assert [word for word in text.split() if word.isdigit()] == [str(level) for level in range(2_000)]
    for run in ("# " + " " * 200_000 + "#x", "word" + " " * 200_000 + "word", "#" + " #" * 100_000):
        extract(f"First.\n\n{run}\n".encode(), name="run.md")


def test_closing_marks_of_a_heading_go_and_the_sharp_of_a_name_stays() -> None:
    text = extract(b"One.\n\n## Closed ##\n\nTwo.\n\n## Written in C#\n\nThree.\n", name="a.md").text
    assert [line for line in text.splitlines() if line.startswith("#")] == ["## Closed", "## Written in C#"]
