"""A server that says what a test wants it to say."""

import json

from tests.extension.network import Answer, Asked, Network, Site

SERVER = "http://localhost:8321"


class Stranger:
    """It knows nothing but what it was told to say, by path."""

    def __init__(self, network: Network) -> None:
        self.said: dict[str, Answer | Site] = {}
        self.says("/v1/whoami", {"name": "Ada", "scopes": ["read"], "open": False})
        network.sites["localhost:8321"] = self._answer

    def says(self, path: str, value: object, status: int = 200, type: str = "application/json") -> None:
        self.said[path] = Answer(value if isinstance(value, str) else json.dumps(value), type, status)

    def serves(self, path: str, content: bytes, etag: str) -> None:
        self.said[path] = Answer(content, "application/octet-stream", 200, {"ETag": etag})

    def answers(self, path: str, site: Site) -> None:
        self.said[path] = site

    def _answer(self, asked: Asked) -> Answer:
        said = self.said.get(asked.path) or Answer(
            '{"title": "Not Found", "detail": "nothing here"}', "application/problem+json", 404
        )
        return said if isinstance(said, Answer) else said(asked)
