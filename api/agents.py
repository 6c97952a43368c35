"""What assistants may ask by the Model Context Protocol: five tools that read, and lessons as resources."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from api.quoting import MOST_CHARS, NOTICE, ROOM, beginning, fitting, line, quoted, tokens, visible
from api.schemas import PartialDate
from api.schemas_agents import (
    SNIPPET,
    CollectionLine,
    CollectionList,
    CollectionRead,
    Lesson,
    LessonLine,
    LessonList,
)
from api.settings import VERSION
from api.wiring import Lessonry
from corpus.errors import BadQuery, LessonryError, NotFound
from corpus.types import Document, Filter, Kind
from search.types import Query, Suggestions

INSTRUCTIONS = (
    "Lessonry knows what organisations have already learned: post-mortems, lessons and guidance. Search it before "
    "you propose a design, a change or a fix, and cite lessons by title and url. " + NOTICE
)
_MENDS = {"document": "search_lessons finds ids", "collection": "list_collections names them"}

Parts = Callable[[], Lessonry]
Limit = Annotated[int, Field(ge=1, le=20, description="The most lessons.")]
MaxChars = Annotated[int, Field(ge=2_000, le=MOST_CHARS, description="The most characters of the answer.")]
Offset = Annotated[int, Field(ge=0, description="Where to read on: the next_offset of the answer before.")]
Key = Annotated[str, Field(max_length=2_000, description="The id or the web address of a lesson.")]
Words = Annotated[str, Field(max_length=200)]


class Tools:
    """The tools, over the parts of one home; safe from several threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def search_lessons(
        self,
        query: Annotated[
            str, Field(min_length=1, max_length=20_000, description="What happened, or an error as it was printed.")
        ],
        limit: Limit = 5,
        kind: Kind | None = None,
        tag: Words | None = None,
        organization: Words | None = None,
        collection: Annotated[str, Field(max_length=100, description="The slug of a collection.")] | None = None,
        since: PartialDate | None = None,
        until: PartialDate | None = None,
        max_chars: MaxChars = 6_000,
    ) -> LessonList:
        """Search post-mortems, lessons and guidance by meaning and by words; ids, short snippets, and why each matched.

        Words, "a phrase", -without. Read a lesson whole with get_lesson.
        """
        wanted = Filter(
            kind=(kind,) if kind else (), tag=(tag,) if tag else (), collection=collection, since=since, until=until,
            organization=(organization,) if organization else (),
        )  # fmt: skip
        with _told():
            asked = Query(text=query, limit=limit, wanted=wanted, explain=True)
            results = self._parts().searcher.search(asked)
        lessons = [LessonLine.of_hit(hit) for hit in results.hits]
        return _lessons(lessons, max_chars, degraded=results.degraded, more=results.total - len(lessons))

    def get_lesson(self, lesson: Key, offset: Offset = 0, max_chars: MaxChars = 6_000) -> Lesson:
        """Read one lesson; a long one goes on at next_offset."""
        with _told():
            document = self._parts().corpus.documents.find(lesson)
        whole = visible(document.full_text)
        bare = Lesson.of(document, quoted(""), len(whole))
        around = bare.model_dump_json()
        text = beginning(whole[offset:], max_chars - len(around), ROOM - tokens(around))
        end = offset + len(text)
        return bare.model_copy(update={"text": quoted(text), "next_offset": end if end < len(whole) else None})

    def find_related_lessons(
        self,
        lesson: Key | None = None,
        text: Annotated[
            str, Field(max_length=400_000, description="A design, a change, a ticket: what lessons should bear on.")
        ] = "",
        title: Annotated[str, Field(max_length=1_000, description="The title of the text.")] = "",
        limit: Limit = 5,
        max_chars: MaxChars = 6_000,
    ) -> LessonList:
        """Lessons that bear on a stored lesson or on a text, each with the sentences that tie them; silent if none do.

        The text is neither stored nor logged.
        """
        with _told():
            found = self._related(lesson, title, text, limit)
        lessons = [LessonLine.of_suggestion(one) for one in found.items]
        return _lessons(lessons, max_chars, degraded=found.degraded)

    def list_collections(self, max_chars: MaxChars = 6_000) -> CollectionList:
        """The curated lists of lessons, with their slugs."""
        with _told():
            lines = [CollectionLine.of(one) for one in self._parts().corpus.collections.all()]
        shown = fitting(lines, max_chars)
        return CollectionList(collections=shown, left_out=len(lines) - len(shown))

    def get_collection(
        self,
        slug: Annotated[str, Field(max_length=100, description="As list_collections names it.")],
        offset: Offset = 0,
        max_chars: MaxChars = 6_000,
    ) -> CollectionRead:
        """The lessons of one collection in its curator's order, with the curator's notes."""
        with _told():
            collections = self._parts().corpus.collections
            collection, items = CollectionLine.of(collections.get(slug)), collections.items(slug)[offset:]
        lines = [LessonLine.of(one.document, snippet=one.document.text, why=line(one.note, SNIPPET)) for one in items]
        around = collection.model_dump_json()
        shown = fitting(lines, max_chars - len(around), ROOM - tokens(around))
        left = len(lines) - len(shown)
        following = offset + len(shown) if left else None
        return CollectionRead(collection=collection, lessons=shown, left_out=left, next_offset=following)

    def lesson(self, document_id: str) -> str:
        """A lesson as a resource: its title and the beginning of its text, quoted."""
        try:
            document = self._parts().corpus.documents.get(document_id)
        except NotFound as error:
            raise ResourceNotFoundError(_line(error)) from error
        return f"{NOTICE}\n\n{quoted(_whole(document))}"

    def _related(self, lesson: str | None, title: str, text: str, limit: int) -> Suggestions:
        parts = self._parts()
        if lesson is not None:
            return parts.related.of_document(parts.corpus.documents.find(lesson).id, limit)
        if not (title.strip() or text.strip()):
            raise BadQuery("give a lesson (its id or address), or a text")
        return parts.related.of_text(title, text, limit)


def make_server(parts: Parts) -> MCPServer[None]:
    """A server over one home; `parts` is asked for it when a tool first needs it."""
    server: MCPServer[None] = MCPServer(
        "lessonry", title="Lessonry", version=VERSION, instructions=INSTRUCTIONS, log_level="ERROR",
        subscriptions=False,
    )  # fmt: skip
    tools = Tools(parts)
    hints = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
    for tool, title in (
        (tools.search_lessons, "Search lessons"),
        (tools.get_lesson, "Read a lesson"),
        (tools.find_related_lessons, "Lessons that bear on something"),
        (tools.list_collections, "Collections of lessons"),
        (tools.get_collection, "Read a collection"),
    ):
        server.add_tool(tool, title=title, annotations=hints)
    server.resource("lesson://{document_id}", title="A lesson", mime_type="text/plain")(tools.lesson)
    return server


def _lessons(lessons: list[LessonLine], max_chars: int, *, degraded: str | None, more: int = 0) -> LessonList:
    shown = fitting(lessons, max_chars)
    return LessonList(lessons=shown, degraded=degraded, left_out=more + len(lessons) - len(shown))


def _whole(document: Document) -> str:
    return beginning(f"{document.title}\n\n{document.full_text}", MOST_CHARS)


@contextmanager
def _told() -> Iterator[None]:
    """What a person can mend, as an error that the assistant reads; anything else is a bug."""
    try:
        yield
    except LessonryError as error:
        raise ToolError(_line(error)) from error


def _line(error: LessonryError) -> str:
    mend = _MENDS.get(error.kind) if isinstance(error, NotFound) else None
    return f"{error}; {mend}" if mend else str(error)
