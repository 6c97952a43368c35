"""Six kinds of sites around one document: what a page shows, and what it truly says of itself.

Every page is drawn anew from its document's name: names of classes, landmarks, comments, where title, organization
and date are stated, and which other dates stand near to mislead a reader.
"""

import json
import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from benchmarks.extraction import fillers
from benchmarks.extraction.documents import Known, groups, rendered

SHELLS = ("blog", "status", "wiki", "docs", "news", "app")
_IN_HEAD = "linked graph meta conflict".split()
_STATED = [*_IN_HEAD, "itemprop", "class", "visible"]
_NOT_STATED = "future updated none".split()
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "shells"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Shown:
    """A page, and what a careful person would note of it. `published` is None where no date of its own is stated.

    `formed` is false where the page holds the words only, without headings, code and tables.
    """

    html: str
    formed: bool
    title: str
    organization: str
    published: str | None


def shown(shell: str, document: Known, name: str = "") -> Shown:
    """The document in one of the SHELLS; `name` draws another page than the document's own name would."""
    draw = random.Random(f"{shell}/{name or document.name}")
    facts = _facts(draw, shell, document)
    html = _TEMPLATES.get_template(f"{shell}.html").render(facts)
    stated = facts["published"] if facts["dated"] in _STATED else None
    return Shown(
        html,
        not (shell == "app" and facts["way"] == "words"),
        document.title,
        facts["organization"],
        stated and stated.isoformat(),
    )


def _facts(draw: random.Random, shell: str, document: Known) -> dict[str, Any]:
    comments = draw.sample(fillers.COMMENTS, draw.randrange(5, 11))
    teasers = draw.sample(fillers.TEASERS, draw.randrange(3, 6))
    published = date(2012, 1, 1) + timedelta(days=draw.randrange(4_900))
    organization = draw.choice(fillers.ORGANIZATIONS)
    named = draw.choice(("site_name", "publisher", "suffix"))
    if named != "publisher":
        organization += draw.choice(("", f" {_SITES[shell]}"))
    stated, hidden = (_IN_HEAD, _NOT_STATED) if shell == "app" else (_STATED, [*_NOT_STATED, "unsure"])
    dated = draw.choice(draw.choice((stated, stated, hidden)))
    updated = published + timedelta(days=draw.randrange(20, 700))
    author = draw.choice(fillers.PEOPLE)
    article: dict[str, Any] = {"headline": document.title, "author": {"@type": "Person", "name": author}}
    if named == "publisher":
        article["publisher"] = {"@type": "Organization", "name": organization}
    if dated in ("linked", "graph", "conflict"):
        article["datePublished"] = published.isoformat()
    if dated == "future":
        article["datePublished"] = "2097-04-01"
    if draw.random() < 0.7:
        article["dateModified"] = updated.isoformat()
    return {
        "document": document,
        "body": document.html,
        "organization": organization,
        "named": named,
        "dated": dated,
        "published": published,
        "updated": updated,
        "author": author,
        "linked": [_linked(draw, article, graph=dated == "graph")] if len(article) > 2 else [],
        "people": draw.sample(fillers.PEOPLE, 8),
        "comments": comments,
        "teasers": teasers,
        "topics": draw.sample(fillers.TOPICS, 4),
        "way": draw.choice(("html", "nested", "state", "markdown", "blocks", "words")),
        "blocks": _blocks(document),
        "fillers": fillers,
        "timedelta": timedelta,
        "lined": _lined,
        "interrupted": _interrupted,
        "pick": lambda *values: draw.choice(values),
        "chance": lambda likely: draw.random() < likely,
        "embedded": lambda value: Markup(json.dumps(value).replace("</", "<\\/")),
    }


_SITES = {"blog": "Engineering", "status": "Status", "wiki": "Wiki", "docs": "Docs", "news": "Daily", "app": "Stories"}


def _linked(draw: random.Random, article: dict[str, Any], *, graph: bool) -> dict[str, Any]:
    """JSON-LD of an article, alone or among other things."""
    kind = {"@type": draw.choice(("BlogPosting", "Article", "NewsArticle", "TechArticle"))}
    if not graph:
        return {"@context": "https://schema.org"} | kind | article
    crumbs = {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": "Home"}]}
    return {"@context": "https://schema.org", "@graph": [crumbs, kind | article]}


def _blocks(document: Known) -> list[dict[str, Any]]:
    """The text in pieces, as editors in a browser store it."""
    pieces: list[dict[str, Any]] = []
    for group in groups(document.tokens):
        first = group[0]
        if first.type in ("fence", "code_block"):
            pieces.append({"type": "code", "data": {"code": first.content}})
        elif first.type == "heading_open":
            pieces.append({"type": "header", "data": {"text": rendered(group[1:2]), "level": int(first.tag[1])}})
        else:
            pieces.append({"type": first.type.removesuffix("_open"), "data": {"text": rendered(group)}})
    return pieces


def _lined(html: str) -> str:
    """Code as highlighters draw it: a span a line, and line breaks that are tags."""
    return re.sub(r"(<pre><code[^>]*>)(.*?)(</code></pre>)", _spans, html, flags=re.DOTALL)


def _spans(match: re.Match[str]) -> str:
    lines = match[2].rstrip("\n").split("\n")
    return match[1] + "".join(f'<span class="token-line">{line}<br></span>' for line in lines) + match[3]


def _interrupted(html: str, boxes: list[str]) -> str:
    """The text with boxes between its paragraphs, as advertisements stand."""
    parts = html.split("</p>\n<p>")
    places = {min(len(parts) - 1, 2 * number): box for number, box in enumerate(boxes, 1)} if len(parts) > 1 else {}
    return parts[0] + "".join(f"</p>\n{places.get(number, '')}<p>{part}" for number, part in enumerate(parts[1:], 1))
