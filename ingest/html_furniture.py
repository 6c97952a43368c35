"""What of an HTML page is not its content: menus, dialogs, advertisements, comments, hints at other pages."""

import re
from collections.abc import Iterator
from itertools import islice

from bs4 import BeautifulSoup, Tag

from ingest import metadata
from ingest.headed import one_line

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
_MOST_EFFORT = 40
"""Weighing a part reads all of it, and parts may be nested: no more than so many times the whole page in all."""


def pruned(soup: BeautifulSoup) -> tuple[Tag, bool]:
    """What is left without furniture, and whether the page itself marks it as its main content."""
    body = soup.body if isinstance(soup.body, Tag) else soup
    for tag in body.find_all(_NEVER_TEXT):
        tag.decompose()
    for tag in [*_sign_ups(body), *_headed_boxes(body)]:
        tag.extract()
    found = list(_furniture(body))
    if sum(len(tag.get_text()) for tag in found) > 0.95 * len(body.get_text()):
        found = [tag for tag in found if not _is_said(tag)]  # a forum: what people say is what it is about
    for tag in found:
        tag.extract()
    left = len(body.get_text(strip=True))
    best = max(_marked(body), key=lambda tag: len(tag.get_text()), default=None)
    if best is not None and len(best.get_text(strip=True)) * 3 > left:
        return best, True
    return body, False


def _marked(body: Tag) -> list[Tag]:
    found = body.find_all(["main", "article"]) + body.find_all(attrs={"role": "main"})
    return [*found, *body.find_all(attrs={"itemprop": "articleBody"})]


def _furniture(body: Tag) -> Iterator[Tag]:
    """The outermost parts that are not content. What holds most of the text is content, whatever it is called."""
    whole = len(body.get_text())
    effort = _MOST_EFFORT * sum(1 for _ in body.descendants)
    waiting = [body]
    while waiting:
        for tag in waiting.pop().children:
            if not isinstance(tag, Tag) or tag.name in ("pre", "code"):
                continue
            suspect = effort > 0 and _is_suspect(tag)
            effort -= sum(1 for _ in tag.descendants) if suspect else 0
            if suspect and len(tag.get_text()) < _likelihood(tag) * whole and not _holds_title(tag):
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
        or not (_CERTAIN | _SAID | _LIKELY).isdisjoint(_words_of(tag))
    )


def _likelihood(tag: Tag) -> float:
    """The share of the page's text up to which the suspect is furniture: 0 if it holds content."""
    words = _words_of(tag)
    if words & _CERTAIN or _is_said(tag) or _is_line_numbers(tag):
        return 0.8
    if tag.has_attr("hidden") or tag.get("role") in _ROLES or not _UNSEEN.isdisjoint(tag.get_attribute_list("class")):
        return 0.5
    if tag.name in ("form", "header", "footer"):
        return 0 if _holds_content(tag) else 0.5
    if tag.name == "aside" or words & _LIKELY:
        return 0 if _is_prose(tag) else 0.5
    return 0


def _words_of(tag: Tag) -> set[str]:
    """The words in the part's identifier and in the names of its classes."""
    names = (_id_of(tag), *(str(name) for name in tag.get_attribute_list("class")[:8]))
    return {word.lower() for name in names if not _OF_ANOTHER.match(name) for word in _WORD.findall(name)}


def _is_said(tag: Tag) -> bool:
    return bool(_words_of(tag) & _SAID) or str(tag.get("itemtype")).endswith("/Comment")


def _is_line_numbers(tag: Tag) -> bool:
    return tag.name == "td" and tag.find("pre") is not None and re.fullmatch(r"[\d\s]+", tag.get_text()) is not None


def _id_of(tag: Tag) -> str:
    """The part's identifier, unless it was made from the words of the heading or sentence that the part starts with."""
    name = str(tag.get("id") or "")
    words = [word.lower() for word in _WORD.findall(name)]
    if len(words) > 3 or (_CERTAIN | _LIKELY | _SAID).isdisjoint(words):
        return ""
    start = re.sub(r"[\W\d_]+", "", _start(tag, 200)).lower()
    return "" if start.startswith("".join(words)) else name


def _start(tag: Tag, length: int) -> str:
    """The first characters of the part's text, without reading all of it."""
    text = ""
    for string in tag.strings:
        text += " " + string
        if len(text) > length:
            break
    return one_line(text[:length])


def _holds_title(tag: Tag) -> bool:
    return tag.name not in ("header", "footer") and tag.find(["h1", "main"]) is not None


def _holds_content(tag: Tag) -> bool:
    """A header that titles an article, or the page if no article has a title of its own; a form around a whole page."""
    if tag.name == "header":
        return tag.find("h1") is not None and (
            tag.find_parent(["article", "main", "section"]) is not None or not _titled_elsewhere(tag)
        )
    return tag.find(["article", "main", "h1"]) is not None


def _titled_elsewhere(header: Tag) -> bool:
    following = header.find_all_next("h1", limit=3)
    return any(tag.find_parent(["article", "main"]) and header not in tag.parents for tag in following)


def _is_prose(tag: Tag) -> bool:
    """Sentences rather than links: books put real content into asides."""
    paragraphs = sum(len(part.get_text(strip=True)) for part in tag.find_all(["p", "pre"]))
    linked = sum(len(part.get_text(strip=True)) for part in tag.find_all("a"))
    return paragraphs >= 200 and linked * 4 < paragraphs


def _sign_ups(body: Tag) -> Iterator[Tag]:
    """Small boxes around a field for one's e-mail address."""
    for field in body.find_all("input", type="email")[:_MOST_BOXES]:
        found = None
        for parent in field.parents:
            if parent.name not in _BOXES | {"form"} or parent.find(["h1", "pre", "article"]):
                break
            if len(parent.get_text()) > 600:
                break
            found = parent
        if found is not None:
            yield found


def _headed_boxes(body: Tag) -> Iterator[Tag]:
    """Boxes of their own whose heading calls them comments or other pages, and which look like that too."""
    whole = len(body.get_text())
    named = [(tag, _beginning(tag)) for tag in body.find_all(_HEADINGS[1:])]
    forms = (_TALK, _ELSEWHERE, _WRITER)
    named = [(tag, title) for tag, title in named if len(title) < 100 and any(form.fullmatch(title) for form in forms)]
    for heading, title in named[:_MOST_BOXES]:
        box = _box_of(heading, title)
        if box is None or len(box.get_text()) > 0.8 * whole or _is_among_equals(box) or box.find("h1"):
            continue
        if _is_what_it_says(box, title):
            yield box


def _beginning(heading: Tag) -> str:
    """The first words of a heading; thousands of unclosed ones stand in each other, and each has all that follows."""
    return one_line("".join(islice(heading.strings, 20))[:200])


def _is_what_it_says(box: Tag, title: str) -> bool:
    if _TALK.fullmatch(title):
        return _is_talk(box)
    return _points_elsewhere(box) if _ELSEWHERE.fullmatch(title) else len(box.get_text()) < 800


def _box_of(heading: Tag, title: str) -> Tag | None:
    """The largest part that starts with the heading, short of what the page is about."""
    found = None
    for parent in heading.parents:
        if parent.name not in _BOXES or not _start(parent, len(title) + 200).startswith(title):
            return found
        found = parent
    return found


def _is_among_equals(box: Tag) -> bool:
    """One of the sections of a text, as some generators mark them all."""
    return (box.name == "section" or box.has_attr("class")) and any(
        other is not box and other.get("class") == box.get("class") and other.find(_HEADINGS) is not None
        for other in (box.parent.find_all(box.name, recursive=False) if box.parent else ())
    )


def _is_talk(box: Tag) -> bool:
    said = [tag for tag in box.find_all("a") if tag.get_text(strip=True).lower() in ("reply", "permalink", "report")]
    return box.find("form") is not None or len(box.find_all("time")) > 1 or len(said) > 1


def _points_elsewhere(box: Tag) -> bool:
    """A list of links, or of other days."""
    days = [text for text in islice(box.stripped_strings, 300) if metadata.partial_date(text)]
    if len(days) > 1:
        return True
    entries = box.find_all([*_HEADINGS, "li"])[1:]
    linked = [tag for tag in entries if tag.name == "a" or tag.find("a") or tag.find_parent("a")]
    return len(linked) > 1 and len(linked) >= 0.8 * len(entries)
