"""The one place where the parts are put together, and closed if anything fails half way.

Parts are made when first needed, so that a command pays only for what it uses.
"""

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING

from api.settings import Settings
from corpus import passages
from corpus.collections import slug_of
from corpus.errors import EncoderMissing
from corpus.store import Corpus
from corpus.types import Draft, PassageText
from corpus.vectors import VectorCache

if TYPE_CHECKING:
    from ingest.apart import Apart
    from ingest.fetch import Fetcher
    from ingest.pipeline import Ingestor
    from ingest.redaction import Redaction
    from ingest.sources import Sources
    from ingest.types import Page
    from search.indexer import Indexer, InStep
    from search.living import LivingCollections
    from search.related import Related
    from search.searcher import Searcher
    from search.types import Encoder


class Lessonry:
    """Everything of one home, ready to be used. Close it when done."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.corpus = Corpus(settings.home)

    @cached_property
    def encoder(self) -> "Encoder":
        """The configured model. One that cannot be opened raises EncoderMissing when it is used, not here."""
        from search import encoders

        try:
            return self._open_encoder()
        except EncoderMissing as error:
            return encoders.MissingEncoder(error)

    def fetch_model(self) -> None:
        """Have the configured model on this machine; EncoderMissing if it cannot be had."""
        self.__dict__["encoder"] = self._open_encoder(download=True)

    def _open_encoder(self, *, download: bool = False) -> "Encoder":
        from search import encoders

        settings = self.settings
        return encoders.open_encoder(settings.model, settings.models, download=download, device=settings.device)

    @cached_property
    def cache(self) -> VectorCache:
        """The vectors that were computed before."""
        return VectorCache(self.settings.home / "vectors.db")

    @cached_property
    def indexer(self) -> "Indexer":
        """The vector index and what keeps it in step."""
        from search.index_faiss import FaissIndex, folder_for
        from search.indexer import Indexer
        from search.words import WordIndex

        folder = folder_for(self.settings.home / "index", self.encoder.id)
        index = FaissIndex(folder, self.encoder.id, self.encoder.dimension)
        words = WordIndex(self.settings.home / "words", self.corpus.changes)
        return Indexer(self.corpus.changes, self.cache, self.encoder, index, words)

    @cached_property
    def findable(self) -> "InStep":
        """The index with what searches may find in it."""
        return self.indexer

    @cached_property
    def searcher(self) -> "Searcher":
        """Answers queries."""
        from search.searcher import Searcher

        return Searcher(self.corpus, self.encoder, self.findable)

    @cached_property
    def related(self) -> "Related":
        """Suggests lessons for a page."""
        from search.related import Related

        wrong_in = self.settings.pages_per_wrong_suggestion
        return Related(self.corpus, self.encoder, self.findable, self.searcher, wrong_in)

    @cached_property
    def living(self) -> "LivingCollections":
        """Looks for what living collections may want."""
        from search.living import LivingCollections

        return LivingCollections(self.corpus, self.searcher, self.related)

    @cached_property
    def fetcher(self) -> "Fetcher":
        """The guarded way to the network."""
        from ingest.fetch import Fetcher, Limits

        settings = self.settings
        return Fetcher(
            Limits(max_bytes=settings.max_bytes, seconds=settings.fetch_seconds, redirects=settings.fetch_redirects),
            user_agent=settings.agent,
            pause=settings.fetch_pause,
            allow_private=settings.allow_private,
            respect_robots=settings.respect_robots,
        )

    @cached_property
    def sources(self) -> "Sources":
        """Finds the items of sources."""
        from ingest.checkouts import Cloning
        from ingest.sources import Sources
        from ingest.types import Bounds
        from ingest.visits import Visits

        settings = self.settings
        bounds = Bounds(bytes=settings.max_bytes, items=settings.max_items)
        cloning = Cloning(
            folder=settings.home / "clones", bytes=settings.clone_bytes, seconds=settings.clone_seconds,
            allow_private=settings.allow_private,
        )  # fmt: skip
        visits = Visits(self.fetcher, self.corpus.fetches)
        return Sources(visits, extract=self.read, cloning=cloning, bounds=bounds, apart=self.apart)

    @cached_property
    def apart(self) -> "Apart":
        """Runs readers of hostile formats in processes of their own."""
        from ingest.apart import in_a_process

        return in_a_process(self.settings.read_memory, self.settings.read_seconds)

    def read(self, body: bytes, *, name: str, content_type: str | None = None) -> "Page":
        """The page that the bytes of a document hold, read in a process of its own; ExtractError if there is none."""
        from ingest.extract import extract

        return self.apart(name, extract, body, name=name, content_type=content_type)

    @cached_property
    def ingestor(self) -> "Ingestor":
        """Takes documents in."""
        from ingest.pipeline import Ingestor

        def split(draft: Draft) -> list[PassageText]:
            return self.split(draft.title, draft.full_text)

        return Ingestor(self.corpus, self.sources, split, redact=frozenset(self.settings.redact))

    def redaction(self, text: str) -> "Redaction":
        """What masks the texts of a document that a person writes here, as the settings say."""
        from ingest.redaction import Redaction
        from ingest.types import Page

        return Redaction.of(Page(text=text), self.settings.redact)

    def prepare(self) -> None:
        """Make the parts that answer requests, before several threads want them at once."""
        _ = self.related, self.living, self.ingestor, self.public.related
        self.ingestor.catch_up()

    @cached_property
    def public(self) -> "Lessonry":
        """The same home as strangers see it: no more of it than what is public."""
        return Public(self)

    def split(self, title: str, text: str) -> list[PassageText]:
        """Headed text -> passages that the encoder can read whole."""
        return passages.split(text, title=title, measure=self.encoder.measure, limit=self.encoder.limit)

    def add_to_collection(self, name: str, document_id: str) -> None:
        """Put a document into the collection of that slug or title, which is made if there is none."""
        slug = slug_of(name)
        if all(slug != collection.slug for collection in self.corpus.collections.all()):
            self.corpus.collections.create(name, slug=slug)
        self.corpus.collections.add(slug, document_id)

    def close(self) -> None:
        """Close what was opened."""
        made = vars(self)
        if "public" in made:
            self.public.corpus.close()
        if "fetcher" in made:
            self.fetcher.close()
        if "cache" in made:
            self.cache.close()
        self.corpus.close()

    def __enter__(self) -> "Lessonry":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Public(Lessonry):
    """What strangers see of a home, over the truth, the index and the model of the whole, which closes it."""

    def __init__(self, whole: Lessonry) -> None:
        self.settings = whole.settings
        self.corpus = whole.corpus.as_strangers_see(whole.settings.default_visibility)
        self._whole = whole

    @cached_property
    def encoder(self) -> "Encoder":
        """That of the whole."""
        return self._whole.encoder

    @cached_property
    def indexer(self) -> "Indexer":
        """That of the whole."""
        return self._whole.indexer

    @cached_property
    def findable(self) -> "InStep":
        """The index with only what is public to be found."""
        from search.part import PartIndexer

        return PartIndexer(self.indexer, self.corpus)

    @cached_property
    def fetcher(self) -> "Fetcher":
        """That of the whole."""
        return self._whole.fetcher
