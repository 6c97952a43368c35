"""What was found for a document, as a Markdown checklist for people or as annotations for GitHub."""

import re
from collections.abc import Iterator

from api.quoting import line
from api.schemas import DocumentBrief
from api.schemas_checkpoints import CheckedLesson, CheckpointsAnswer

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_SENTENCE, _TITLE = 400, 300


def checklist(answer: CheckpointsAnswer) -> str:
    """A checklist with a box for every lesson; empty if there is none."""
    lines = [f"# Lessons that bear on {_shown(answer.title, _TITLE)}"] if answer.sections else []
    for section in answer.sections:
        lines += ["", f"## {_shown(section.heading or 'The beginning', _TITLE)}", ""]
        lines += [text for lesson in section.lessons for text in _box(lesson)]
    return "\n".join([*lines, ""]) if lines else ""


def annotations(answer: CheckpointsAnswer, file: str | None) -> str:
    """A notice for every lesson, in the commands that a workflow of GitHub prints; empty if there is none."""
    notices = [_notice(lesson, file) for section in answer.sections for lesson in section.lessons]
    return "".join(f"{notice}\n" for notice in notices)


def _box(lesson: CheckedLesson) -> Iterator[str]:
    document = lesson.document
    title = _shown(document.title, _TITLE)
    address = document.url and re.sub(r"[\s()<>]", lambda found: f"%{ord(found[0]):02X}", document.url)
    yield f"- [ ] **{f'[{title}]({address})' if address else title}** ({_shown(_facts(document), _TITLE)})"
    for tie in lesson.because:
        yield f"  - yours: “{_shown(tie.yours, _SENTENCE)}”"
        yield f"  - theirs: “{_shown(tie.theirs, _SENTENCE)}”"


def _notice(lesson: CheckedLesson, file: str | None) -> str:
    document = lesson.document
    place = {"file": file, "line": lesson.line and str(lesson.line), "title": line(document.title, _TITLE)}
    properties = ",".join(f"{name}={_property(value)}" for name, value in place.items() if value)
    said = [line(_facts(document), _TITLE)]
    said += [
        f"{whose}: “{line(text, _SENTENCE)}”"
        for tie in lesson.because
        for whose, text in (("Yours", tie.yours), ("Theirs", tie.theirs))
    ]
    return f"::notice {properties}::{_data(chr(10).join([*said, document.url or '']).rstrip())}"


def _facts(document: DocumentBrief) -> str:
    known = (document.kind, document.organization, document.published, document.state, f"id {document.id}")
    return " · ".join(part for part in known if part)


def _shown(text: str, most: int) -> str:
    """A text of others in one line of Markdown that says just that."""
    return _SPECIAL.sub(r"\\\1", line(text, most))


def _data(text: str) -> str:
    """The message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A property of a workflow command."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
