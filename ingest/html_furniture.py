"""What of an HTML page is not its content: menus, dialogs, advertisements, comments, hints at other pages."""

import re
from collections.abc import Iterator
from itertools import islice

from bs4 import BeautifulSoup, Tag

from ingest import metadata
from ingest.headed import one_line
from ingest.html_spans import Spans
from ingest.html_tree import cut, opening

_NEVER_TEXT = "script style noscript template iframe object svg button select nav".split()
_ROLES = frozenset("navigation banner contentinfo search dialog alertdialog complementary".split())
_CERTAIN = frozenset(
    "ad ads adsbygoogle adslot advert advertisement advertisements adverts breadcrumb breadcrumbs catlinks consent"
    " cookie cookiebot cookieconsent cookies editsection gdpr headerlink lineno linenos linenumbers navbox newsletter"
    " noprint onetrust outbrain pager pagination popup printfooter recommendations related relatedposts share"
    " sharedaddy sharing sitenotice skip social sponsored subscribe taboola".split()
)
_SAID = frozenset("comment comments commentlist disqus".split())
_LIKELY = frozenset(
    "announcement author banner bio edit feedback footer helpful hidden infobox jump masthead menu modal nav"
    " navbar navigation portlet promo rail recommended siderail sidebar sidenav tags teaser teasers ticker toc toolbar"
    " widget".split()
)
"""Words in the names of parts. What is merely likely is content if it holds prose: books have such asides."""
_NAMES = _CERTAIN | _SAID | _LIKELY
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_OF_ANOTHER = re.compile(r"(?:has|no|with|without|tag|category)[-_]", re.IGNORECASE)
"""Names of a whole for what it holds or lacks, and those by which blogs file a post: `no-sidebar`, `tag-cookies`."""
_UNSEEN = frozenset(("sr-only", "visually-hidden", "screen-reader-text"))
_TALK = re.compile(
    r"(?:\d+ |all |latest |reader )?(?:comments?|responses|replies|discussion)(?: ?\(\d+\)| \d+)?"
    r"|(?:leave|add|post) a (?:comment|reply).*|join the (?:conversation|discussion).*",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"related(?: (?:posts?|articles?|stories|content|news|pages))?|you (?:may|might) (?:also )?(?:like|enjoy).*"
    r"|(?:more|latest|recent|popular) (?:from|in|on|posts?|articles|stories|news)\b.*|most (?:read|popular|shared)"
    r"|(?:read|up|what to read) next|keep reading|recommended(?: for you| reading)?|trending.*"
    r"|(?:past|previous|other) incidents",
    re.IGNORECASE,
)
_WRITER = re.compile(r"about the authors?|(?:about|written by) (?:[A-Z][\w.'’-]+ ?){1,4}")
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_BOXES = frozenset("div section aside ul ol".split())
_MOST_BOXES = 30
_MOST_ENTRIES = 500
"""So many of a box's links and entries tell what it is, and so many of its neighbours whether it is one of many."""


def pruned(soup: BeautifulSoup) -> tuple[Tag, bool]:
    """What is left without furniture, and whether the page itself marks it as its main content."""
    body = soup.body if isinstance(soup.body, Tag) else soup
    cut(body.find_all(_NEVER_TEXT))
    spans = Spans(body)
    cut([*_sign_ups(body, spans), *_headed_boxes(body, spans)])
    spans = Spans(body)
    found = list(_furniture(body, spans))
    if sum(map(spans.chars, found)) > 0.95 * spans.chars(body):
        found = [tag for tag in found if not _is_said(tag)]  # a forum: what people say is what it is about
    cut(found)
    spans = Spans(body)
    best = max(_marked(body), key=spans.chars, default=None)
    if best is not None and spans.dense(best) * 3 > spans.dense(body):
        return best, True
    return body, False


def _marked(body: Tag) -> list[Tag]:
    tags = body.find_all(True)
    named = [tag for tag in tags if tag.name in ("main", "article")]
    named += [tag for tag in tags if tag.get("role") == "main"]
    return named + [tag for tag in tags if tag.get("itemprop") == "articleBody"]


def _furniture(body: Tag, spans: Spans) -> Iterator[Tag]:
    """The outermost parts that are not content. What holds most of the text is content, whatever it is called."""
    whole = spans.chars(body)
    waiting = [body]
    while waiting:
        for tag in waiting.pop().children:
            if not isinstance(tag, Tag) or tag.name in ("pre", "code"):
                continue
            if _is_suspect(tag) and spans.chars(tag) < _likelihood(tag, spans) * whole and not _holds_title(tag, spans):
                yield tag
            else:
                waiting.append(tag)


def _is_suspect(tag: Tag) -> bool:
    """True if something about the part itself says that it is furniture."""
    if tag.name in ("html", "body", "main") or (tag.name == "article" and tag.find_parent("article") is None):
        return False
    return (
        tag.name in ("aside", "form", "header", "footer", "td")
        or not {"hidden", "role", "itemtype"}.isdisjoint(tag.attrs)
        or not _UNSEEN.isdisjoint(tag.get_attribute_list("class"))
        or not _NAMES.isdisjoint(_words_of(tag))
    )


def _likelihood(tag: Tag, spans: Spans) -> float:
    """The share of the page's text up to which the suspect is furniture: 0 if it holds content."""
    words = _words_of(tag)
    if words & _CERTAIN or _is_said(tag) or _is_line_numbers(tag, spans):
        return 0.8
    if tag.has_attr("hidden") or tag.get("role") in _ROLES or not _UNSEEN.isdisjoint(tag.get_attribute_list("class")):
        return 0.5
    if tag.name in ("form", "header", "footer"):
        return 0 if _holds_content(tag, spans) else 0.5
    if tag.name == "aside" or words & _LIKELY:
        return 0 if _is_prose(tag, spans) else 0.5
    return 0


def _words_of(tag: Tag) -> set[str]:
    """The words in the part's identifier and in the names of its classes."""
    if "id" not in tag.attrs and "class" not in tag.attrs:
        return set()
    names = (_id_of(tag), *(str(name) for name in tag.get_attribute_list("class")[:8]))
    return {word.lower() for name in names if not _OF_ANOTHER.match(name) for word in _WORD.findall(name)}


def _is_said(tag: Tag) -> bool:
    return bool(_words_of(tag) & _SAID) or str(tag.get("itemtype")).endswith("/Comment")


def _is_line_numbers(tag: Tag, spans: Spans) -> bool:
    innermost = tag.name == "td" and spans.count(tag, "pre") and not spans.count(tag, "td")
    return bool(innermost) and re.fullmatch(r"[\d\s]+", tag.get_text()) is not None


def _id_of(tag: Tag) -> str:
    """The part's identifier, unless it was made from the words of the heading or sentence that the part starts with."""
    name = str(tag.get("id") or "")
    words = [word.lower() for word in _WORD.findall(name)]
    if len(words) > 3 or _NAMES.isdisjoint(words):
        return ""
    start = re.sub(r"[\W\d_]+", "", _start(tag, 200)).lower()
    return "" if start.startswith("".join(words)) else name


def _start(tag: Tag, length: int) -> str:
    """The first characters of the part's text, without reading all of it."""
    text = ""
    for string in opening(tag):
        text += " " + string
        if len(text) > length:
            break
    return one_line(text[:length])


def _holds_title(tag: Tag, spans: Spans) -> bool:
    return tag.name not in ("header", "footer") and spans.count(tag, "h1", "main") > 0


def _holds_content(tag: Tag, spans: Spans) -> bool:
    """A header that titles an article, or the page if no article has a title of its own; a form around a whole page."""
    if tag.name == "header":
        return spans.count(tag, "h1") > 0 and (
            tag.find_parent(["article", "main", "section"]) is not None or not _titled_elsewhere(tag, spans)
        )
    return spans.count(tag, "article", "main", "h1") > 0


def _titled_elsewhere(header: Tag, spans: Spans) -> bool:
    following = spans.following(header, "h1", most=3)
    return any(
        tag.find_parent(["article", "main"]) and all(parent is not header for parent in tag.parents)
        for tag in following
    )


def _is_prose(tag: Tag, spans: Spans) -> bool:
    """Sentences rather than links: books put real content into asides."""
    paragraphs = spans.prose(tag)
    return paragraphs >= 200 and spans.linked(tag) * 4 < paragraphs


def _sign_ups(body: Tag, spans: Spans) -> Iterator[Tag]:
    """Small boxes around a field for one's e-mail address."""
    whole = spans.chars(body)
    for field in body.find_all("input", type="email")[:_MOST_BOXES]:
        found = None
        for parent in field.parents:
            if parent.name not in _BOXES | {"form"} or spans.count(parent, "h1", "pre", "article"):
                break
            if spans.chars(parent) > min(600, whole / 2):
                break
            found = parent
        if found is not None:
            yield found


def _headed_boxes(body: Tag, spans: Spans) -> Iterator[Tag]:
    """Boxes of their own whose heading calls them comments or other pages, and which look like that too."""
    named = [(tag, _beginning(tag)) for tag in body.find_all(_HEADINGS[1:])]
    forms = (_TALK, _ELSEWHERE, _WRITER)
    named = [(tag, title) for tag, title in named if len(title) < 100 and any(form.fullmatch(title) for form in forms)]
    for heading, title in named[:_MOST_BOXES]:
        box = _box_of(heading, title)
        if box is None or spans.chars(box) > 0.8 * spans.chars(body) or spans.count(box, "h1"):
            continue
        if not _is_among_equals(box, spans) and _is_what_it_says(box, title, spans):
            yield box


def _beginning(heading: Tag) -> str:
    """The first words of a heading; thousands of unclosed ones stand in each other, and each has all that follows."""
    return one_line("".join(islice(opening(heading), 20))[:200])


def _is_what_it_says(box: Tag, title: str, spans: Spans) -> bool:
    if _TALK.fullmatch(title):
        return _is_talk(box, spans)
    return _points_elsewhere(box, spans) if _ELSEWHERE.fullmatch(title) else spans.chars(box) < 800


def _box_of(heading: Tag, title: str) -> Tag | None:
    """The largest part that starts with the heading, short of what the page is about."""
    found = None
    for parent in heading.parents:
        if parent.name not in _BOXES or not _start(parent, len(title) + 200).startswith(title):
            return found
        found = parent
    return found


def _is_among_equals(box: Tag, spans: Spans) -> bool:
    """One of the sections of a text, as some generators mark them all."""
    if box.name != "section" and not box.has_attr("class"):
        return False
    others = islice(box.parent.children if box.parent else (), _MOST_ENTRIES)
    tags = (other for other in others if isinstance(other, Tag) and other is not box and other.name == box.name)
    return any(other.get("class") == box.get("class") and spans.count(other, *_HEADINGS) for other in tags)


def _is_talk(box: Tag, spans: Spans) -> bool:
    anchors = (_start(tag, 20).lower() for tag in spans.first(box, "a", most=_MOST_ENTRIES))
    said = sum(words in ("reply", "permalink", "report") for words in anchors)
    return spans.count(box, "form") > 0 or spans.count(box, "time") > 1 or said > 1


def _points_elsewhere(box: Tag, spans: Spans) -> bool:
    """A list of links, or of other days."""
    days = [text for text in islice(opening(box), 2 * _MOST_ENTRIES) if metadata.partial_date(text)]
    if len(days) > 1:
        return True
    entries = spans.first(box, *_HEADINGS, "li", most=_MOST_ENTRIES)[1:]
    linked = [tag for tag in entries if spans.count(tag, "a") or tag.find_parent("a")]
    return len(linked) > 1 and len(linked) >= 0.8 * len(entries)
