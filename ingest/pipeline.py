"""From a source to stored documents: read an item, make its draft, decide, store it in a transaction of its own.

One item that cannot be read is one failed outcome; a store that cannot be used ends the run.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Literal

from corpus.clock import today
from corpus.documents import as_draft, draft_digest
from corpus.errors import Gone, IngestError, NotFound, NothingToRead, Refused, Unreachable
from corpus.store import Corpus
from corpus.types import Document, Draft, Mention, PassageText
from corpus.urls import canonical
from ingest.actions import read_actions
from ingest.ahead import read_ahead
from ingest.drafts import mention_of, merged, of_one_house, to_draft, with_mentions
from ingest.redaction import Redaction
from ingest.sources import Sources
from ingest.twins import Twins
from ingest.types import Item, Items, Options, Outcome, Page, Redacted, Status, Unchanged

Decision = Literal["added", "changed", "unchanged"]
Split = Callable[[Draft], Sequence[PassageText]]

_WORKERS, _AHEAD = 8, 64
"""Hosts that are read from at the same time, and items that are read ahead."""
_NO_PAGE = Page(text="")
_NO_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def decide(stored_digest: str | None, draft: Draft) -> Decision:
    """What storing the draft would do to what is stored, told by the digest of the draft stored last."""
    if stored_digest is None:
        return "added"
    return "unchanged" if stored_digest == draft_digest(draft) else "changed"


class Seen:
    """Which documents a run has met, by identity: where, and with what text."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, int]] = {}
        self._numbers: Counter[str] = Counter()

    def source_of(self, draft: Draft) -> str | None:
        """Where this document with this text was met before, None if it was not."""
        source, text = self._known.get(draft.identity, ("", 0))
        return source if source and text == hash(draft.text) else None

    def is_free(self, identity: str) -> bool:
        """True if no document of the run has this identity."""
        return identity not in self._known

    def another(self, identity: str) -> str:
        """The identity itself, then with a number behind it, another one each time."""
        self._numbers[identity] += 1
        number = self._numbers[identity]
        return identity if number == 1 else f"{identity} ({number})"

    def note(self, draft: Draft) -> None:
        """The run has met this document now."""
        self._known[draft.identity] = (draft.source, hash(draft.text))


class Outcomes(Iterator[Outcome]):
    """What becomes of a source's items, one after the other; each is done when it is handed out."""

    def __init__(self, outcomes: Iterator[Outcome], found: Items | None = None) -> None:
        self._outcomes = outcomes
        self._found = found

    def __next__(self) -> Outcome:
        return next(self._outcomes)

    @property
    def total(self) -> int:
        """How many there will be, as far as is known by now."""
        return self._found.total if self._found else 1


class Ingestor:
    """Takes sources into the corpus. `split` cuts a draft into passages; `redact` is masked whatever a person asks."""

    def __init__(
        self, corpus: Corpus, sources: Sources, split: Split, *, redact: frozenset[Redacted] = frozenset()
    ) -> None:
        self._corpus = corpus
        self._documents = corpus.documents
        self._twins = Twins(corpus)
        self._sources = sources
        self._split = split
        self._redact = redact

    def add(self, source: str, options: Options, *, stdin: bytes | None = None, seen: Seen | None = None) -> Outcomes:
        """Take in all that a source holds. What cannot be read is a failed outcome with its one line.

        Give one `seen` to several calls to have them count as one run: the same document in two of their sources
        is a duplicate. Raises StoreUnusable, and errors that are bugs.
        """
        options = self._redacting(options)
        try:
            found = self._sources.items(source, options, stdin=stdin)
        except IngestError as error:
            return Outcomes(iter([_failed(source, error)]))
        return self.take(found, options, seen=seen)

    def catch_up(self) -> None:
        """Look through what came in another way, such as a bundle or an earlier version, for action items."""
        read_actions(self._corpus)

    def take(self, found: Items, options: Options, *, seen: Seen | None = None) -> Outcomes:
        """Take in items however they were found; see `add`."""
        options = self._redacting(options)
        return Outcomes(self._all(found, options, Seen() if seen is None else seen), found)

    def _redacting(self, options: Options) -> Options:
        return replace(options, redact=options.redact | self._redact)

    def _all(self, found: Items, options: Options, seen: Seen) -> Iterator[Outcome]:
        if not options.dry_run:
            self._twins.know_all()
        reading = read_ahead(
            self._wanted(found, options),
            key=lambda item: None if isinstance(item, Outcome) else item.host,
            work=_read,
            workers=_WORKERS,
            window=1 if found.one_by_one else _AHEAD,
        )
        with closing(reading):
            for item, read in reading:
                yield item if isinstance(item, Outcome) else self._one(item, read.result, options, seen)

    def _wanted(self, found: Items, options: Options) -> Iterator[Item | Outcome]:
        """The items with names that can be shown; neither a refresh nor a listing brings back what a person removed."""
        for item in found:
            if isinstance(item, Outcome):
                yield replace(item, source=_line(item.source), error=_line(item.error or ""))
                continue
            item = replace(item, source=_line(item.source), identity=_line(item.identity))
            removed = self._documents.removed(item.identity) if options.refresh or item.found_in else None
            if removed is None:
                yield replace(item, read=item.anew) if item.anew and self._is_news(item, options) else item
            else:
                said = f"removed by a person on {removed[:10]}; add it by its address to have it back"
                yield Outcome(source=item.source, status="skipped", error=said)

    def _is_news(self, item: Item, options: Options) -> bool:
        """Whether the source says something of a stored document that it did not say before."""
        known = self._known(item.identity)
        return known is not None and self._said(known.id, mention_of(item, options)) is not None

    def _said(self, document_id: str, mention: Mention) -> Mention | None:
        """What is to be remembered of a mention; None if nothing is new. A person's words add up."""
        before = [one for one in self._corpus.mentions.of(document_id) if _same_place(one, mention)]
        if before and not mention.source:
            tags = tuple(dict.fromkeys((*before[0].tags, *mention.tags)))
            visibility = mention.visibility or before[0].visibility
            mention = replace(mention, kind=mention.kind or before[0].kind, tags=tags, visibility=visibility)
        says = any((mention.kind, mention.summary, mention.published, mention.tags, mention.visibility))
        return None if before == [mention] or not (before or says) else mention

    def _one(self, item: Item, read: Callable[[], Page | Unchanged | None], options: Options, seen: Seen) -> Outcome:
        try:
            found = read()
            if isinstance(found, Unchanged):
                return self._unchanged(item, found, options)
            page = found or _NO_PAGE
            near = page.url is None or of_one_house(item.found_in, page.url)
            return self._taken(merged(page, item.listed, of_one_house=near), item, options, seen)
        except IngestError as error:
            return self._unread(item, error, options, seen)

    def _unchanged(self, item: Item, found: Unchanged, options: Options) -> Outcome:
        document = self._documents.get_many([found.document_id]).get(found.document_id)
        if document is None:
            return Outcome(source=item.source, status="skipped", error="removed while it was looked at")
        if found.url and not options.dry_run:
            self._follow(document, found.url)
        if document.gone and _is_its_page(item, document) and not options.dry_run:
            self._documents.mark_gone(document.id, None)
        return _outcome(item, "unchanged", document)

    def _follow(self, document: Document, url: str) -> None:
        """Remember that the document's page is found at another address now."""
        if document.url and canonical(url) != canonical(document.url) and _is_web(document.identity):
            self._documents.move(document.id, url)
            self._twins.note_redirect(url, document.id)

    def _unread(self, item: Item, error: IngestError, options: Options, seen: Seen) -> Outcome:
        """What is stored is kept, marked if its page is gone; else what a listing says of the page must do."""
        known = self._known(item.identity)
        if known is not None and known.url and isinstance(error, Gone) and _was_at(error.url, known):
            there = replace(self._sources.at(known.url, options), identity=known.identity, source=item.source)
            return self._one(there, there.read, options, seen)
        listed = item.listed if item.listed and (item.listed.summary or item.listed.text) else None
        if listed is not None and (
            known is None or known.text in ("", to_draft(listed, item, Redaction.of(listed, options.redact)).text)
        ):
            try:
                outcome = self._taken(listed, item, options, seen, settled=False)
            except IngestError:
                return _failed(item.source, error)
            outcome = replace(outcome, error=_line(str(error)))
            known = self._known(item.identity)
        elif known is not None:
            outcome = replace(_failed(item.source, error), id=known.id, title=known.title)
        else:
            refused = item.listed is not None and isinstance(error, Refused)
            return replace(_failed(item.source, error), status="skipped" if refused else "failed")
        return self._marked(outcome, item, known, options) if isinstance(error, Gone) else outcome

    def _marked(self, outcome: Outcome, item: Item, known: Document | None, options: Options) -> Outcome:
        """The outcome for a page that is gone; its document says so, unless it was only another address of it."""
        if known is not None and known.gone is None and _is_its_page(item, known) and not options.dry_run:
            self._documents.mark_gone(known.id, today())
        return replace(outcome, gone=True, status="unchanged" if outcome.status == "failed" else outcome.status)

    def _known(self, identity: str) -> Document | None:
        """The document at this address, its own or another's alias."""
        try:
            return self._documents.find(identity)
        except NotFound:
            return None

    def _taken(self, page: Page, item: Item, options: Options, seen: Seen, *, settled: bool = True) -> Outcome:
        redaction = Redaction.of(page, options.redact)
        draft = self._own(to_draft(page, item, redaction), item.identity, seen)
        mention = self._said(draft.id, mention_of(item, options))
        first = seen.source_of(draft)
        if first is not None:
            outcome = _outcome(item, "duplicate", draft, f"the same document as {first}")
        else:
            outcome = self._stored(draft, mention, item, options)
            if outcome.status in ("added", "changed"):
                outcome = replace(outcome, masked=redaction.counts)
            seen.note(draft)
        if outcome.id and not options.dry_run:
            if outcome.status == "duplicate":
                self._enrich(outcome.id, mention_of(item, options))
            for address in (item.source, draft.url or ""):
                if _is_web(address) and canonical(address) != draft.identity:
                    self._twins.note_redirect(address, outcome.id)
            if settled:
                item.settle(outcome.id)
        return outcome

    def _own(self, draft: Draft, fallback: str, seen: Seen) -> Draft:
        """The draft under an identity of its own: two documents that claim one are two as long as they differ.

        The one that was first keeps what it claims; others go by the file or row they stand in, from then on.
        """
        if self._documents.digest(replace(draft, identity=fallback).id) is not None:
            draft = replace(draft, identity=fallback)
        while not seen.is_free(draft.identity) and seen.source_of(draft) is None:
            draft = replace(draft, identity=seen.another(fallback))
        return draft

    def _enrich(self, document_id: str, mention: Mention) -> None:
        """Let a document have what is said of it under another address."""
        said = self._said(document_id, mention)
        if said is None:
            return
        draft = with_mentions(as_draft(self._documents.get(document_id)), [said])
        with self._corpus.db.write():
            self._documents.put(draft, self._split(draft))
            self._corpus.mentions.put(document_id, said)

    def _stored(self, draft: Draft, mention: Mention | None, item: Item, options: Options) -> Outcome:
        original = self._twins.original_of(draft, notes=not options.dry_run)
        if original is not None:
            document, reason = original
            if not options.dry_run:
                self._twins.note(draft, document, reason)
            return _outcome(item, "duplicate", document, f"{reason}: {document.url or document.source}")
        said = [one for one in self._corpus.mentions.of(draft.id) if mention is None or not _same_place(one, mention)]
        draft = with_mentions(draft, sorted([*said, *([mention] if mention else [])], key=_place))
        decision = decide(self._documents.digest(draft.id), draft)
        if decision == "unchanged":
            if mention is not None and not options.dry_run:
                self._corpus.mentions.put(draft.id, mention)
            return self._unchanged(item, Unchanged(draft.id), options)
        passages = self._split(draft)
        if not passages:
            raise NothingToRead(draft.source, "there is no text in it")
        if not options.dry_run:
            with self._corpus.db.write():
                decision = self._documents.put(draft, passages)
                if mention is not None:
                    self._corpus.mentions.put(draft.id, mention)
            self._twins.know(draft.id, draft.text)
            read_actions(self._corpus, [draft.id])
        return _outcome(item, decision, draft)


def _read(item: Item | Outcome) -> Page | Unchanged | None:
    return None if isinstance(item, Outcome) else item.read()


def _place(mention: Mention) -> tuple[str, str]:
    return mention.source, mention.address


def _same_place(one: Mention, other: Mention) -> bool:
    return _place(one) == _place(other)


def _is_web(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def _was_at(url: str, document: Document) -> bool:
    """Whether a document's page was at this address, and is at another now."""
    return canonical(url) == document.identity and canonical(document.url or "") != document.identity


def _is_its_page(item: Item, document: Document) -> bool:
    """Whether an item is the document's own page, and not an alias of it."""
    return item.identity in (document.identity, canonical(document.url or ""))


def _outcome(item: Item, status: Status, document: Draft | Document, error: str | None = None) -> Outcome:
    said = _line(error) if error else None
    return Outcome(source=item.source, status=status, id=document.id, title=document.title, error=said)


def _failed(source: str, error: IngestError) -> Outcome:
    wait = error.retry_after if isinstance(error, Unreachable) else None
    return Outcome(source=_line(source), status="failed", error=_line(str(error)), retry_after=wait)


def _line(text: str) -> str:
    """A name of the file system, or a text about it, as one line that can be stored and shown whatever it holds."""
    return _NO_LINE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
