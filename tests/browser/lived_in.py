"""A home that people have worked in for a while: something on every page, for rules and pictures."""

from typing import Any

import httpx

_LONG = (
    "A certificate, a clock and a queue that nobody had looked at since the crew that built them went to another house"
)


class LivedIn:
    """Fills a served home over HTTP, and knows the addresses of all its pages."""

    def __init__(self, site: str) -> None:
        self._client = httpx.Client(base_url=site, timeout=30)
        documents = [one["id"] for one in self._ask("GET", "/v1/documents")["items"]]
        self.first, self.second, self.third = documents[:3]

    def fill(self) -> None:
        """Collections with notes and a queue, states, action items, a moment, a gap, a source, and a job."""
        living = {"slug": "watch", "title": _LONG, "description": "What the *crew* should read first."}
        self._ask("POST", "/v1/collections", living)
        self._ask("PATCH", "/v1/collections/watch", {"sections": ["Read first"], "curators": ["Ada"]})
        item = {"document_id": self.first, "note": "Why it is **here**.", "section": "Read first"}
        self._ask("POST", "/v1/collections/watch/items", item)
        self._ask("PUT", "/v1/collections/watch/living", {"query": "certificate clock backup"})
        assert self._ask("POST", "/v1/collections/watch/review")["waiting"]
        self._ask("POST", "/v1/collections", {"slug": "empty", "title": "Nothing yet"})
        self._ask("PATCH", f"/v1/documents/{self.second}", {"state": "obsolete"})
        self._ask("PATCH", f"/v1/documents/{self.third}", {"state": "verified", "review_by": "2020-01-01"})
        self._ask("POST", f"/v1/documents/{self.first}/actions", {"text": "Put an alarm on it.", "owner": "Ada"})
        self._ask("POST", "/v1/feedback", {"document_id": self.first, "context": "search", "verdict": "useful"})
        self._ask("POST", "/v1/gaps", {"query": "flying carpets"})
        self._ask("POST", "/v1/moments", {"happened": "The valve stuck.", "learned": "Grease the valve."})
        self._ask("POST", "/v1/sources", {"address": "https://nowhere.invalid/feed"})

    def paths(self) -> list[str]:
        """The address of a page of each kind."""
        job = self._ask("POST", "/v1/documents", {"title": "A valve", "text": "It stuck."})["job"]["id"]
        return [
            "/collections/watch", "/collections/watch/edit", "/collections/watch/history", "/collections/watch/print",
            "/collections/empty", "/collections/empty/edit", "/review", "/review?collection=watch", "/gaps", "/moment",
            "/still-true", "/sources", "/jobs", f"/jobs/{job}",
            *(f"/documents/{one}" for one in (self.first, self.second, self.third)),
            "/related", "/related?title=The+valve&text=The+certificate+of+the+valve+expired.", "/?q=valve", "/?q=%22", "/documents?state=obsolete", "/",
        ]  # fmt: skip

    def change_the_note(self, note: str) -> None:
        """Somebody else is quicker."""
        self._ask("PATCH", f"/v1/collections/watch/items/{self.first}", {"note": note})

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._client.request(method, path, json=body)
        assert answer.is_success, (path, answer.text)
        return answer.json()
