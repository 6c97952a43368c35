"""What the interface says of itself, held against what it does: requests made up from its description, by schemathesis.

Asked of a real server: an open one, one that wants a token with the token of an admin, and the same without one.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import allow_header_conformance, negative_data_rejection, unsupported_method

from api.admission import OPEN
from corpus.accounts import Scope
from tests.browser.serving import served
from tests.fakes import opened, stored

pytestmark = pytest.mark.slow

FUZZED = settings(max_examples=settings.default.max_examples // 10, suppress_health_check=list(HealthCheck))
"""`make fuzz` asks for more of them."""
REFUSED = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 503]


def checks(*unless: int) -> SchemathesisConfig:
    """All checks. What is well formed may still name a document that there is not, or be no cursor of ours."""
    refused = [status for status in REFUSED if status not in unless]
    return SchemathesisConfig.from_dict({
        "checks": {
            "positive_data_acceptance": {"expected-statuses": [200, 201, 202, 204, 304, *refused]},
            "negative_data_rejection": {"expected-statuses": REFUSED},
        }
    })  # fmt: skip


@pytest.fixture(autouse=True)
def named(request: pytest.FixtureRequest) -> None:
    """Schemathesis 4.32 wants the name of a test where pytest 9.2 does not keep it any more."""
    request.node._nodeid = request.node.nodeid


@pytest.fixture(scope="module", autouse=True)
def no_network() -> Iterator[None]:
    """What is made up names hosts, and none of them may be asked."""
    found = socket.getaddrinfo

    def here(host: Any, *rest: Any, **named: Any) -> Any:
        if host not in ("127.0.0.1", b"127.0.0.1"):
            raise socket.gaierror("no network in this test")
        return found(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", here)
        yield


@contextmanager
def home_served(home: Path, *scopes: Scope) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a server over three lessons and a collection, and the headers of somebody with these scopes."""
    with opened(home, rate_limit="") as lessonry:
        disk, *_ = [stored(lessonry, f"The {thing}", f"The {thing} was full.") for thing in ("disk", "queue", "valve")]
        lessonry.corpus.collections.create("Storage")
        lessonry.corpus.collections.add("storage", disk, "Read this first.")
        token = lessonry.corpus.accounts.create_token("Ann", scopes)[1] if scopes else ""
        with served(lessonry) as address:
            yield f"{address}/openapi.json", {"Authorization": f"Bearer {token}"} if token else {}


@pytest.fixture(scope="module")
def without_token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address of an open server, and what it says of itself but for tokens, which it does not ask for."""
    with home_served(tmp_path_factory.mktemp("home")) as (described, _):
        told = httpx.get(described).json()
        del told["components"]["securitySchemes"]
        for operation in (one for path in told["paths"].values() for one in path.values()):
            operation.pop("security", None)
        yield described, told


@pytest.fixture(scope="module")
def open_server(without_token: tuple[str, dict[str, Any]]) -> Any:
    return schemathesis.openapi.from_dict(without_token[1], config=checks(401, 403))


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    with home_served(tmp_path_factory.mktemp("home"), "admin") as (described, headers):
        yield described, headers


@pytest.fixture(scope="module")
def for_admin(admin: tuple[str, dict[str, str]]) -> Any:
    described, headers = admin
    return schemathesis.openapi.from_url(described, headers=headers, config=checks(401, 403))


@pytest.fixture(scope="module")
def for_strangers(admin: tuple[str, dict[str, str]]) -> Any:
    described, headers = admin
    described = httpx.get(described, headers=headers).json()
    return schemathesis.openapi.from_dict(described, config=checks())


def excluded(case: Case) -> list[Any]:
    """What does not hold, and need not.

    `{slug}.csv` is also a slug with a dot in it, which other methods are asked with. In a form all is text. Parameters
    that nobody knows are passed over.
    """
    dotted = [unsupported_method, allow_header_conformance] if "}." in case.path else []
    lenient = case.path == "/v1/uploads" or "" in case.query
    return [*dotted, *([negative_data_rejection] if lenient else [])]


def root(described: str) -> str:
    """The address of a server, from that of its description."""
    return described.removesuffix("/openapi.json")


@schemathesis.pytest.from_fixture("open_server").parametrize()
@FUZZED
def test_an_open_server_does_what_it_says(case, without_token):
    case.call_and_validate(base_url=root(without_token[0]), excluded_checks=excluded(case))


@schemathesis.pytest.from_fixture("for_admin").parametrize()
@FUZZED
def test_a_closed_server_does_what_it_says_to_an_admin(case, admin):
    case.call_and_validate(headers=admin[1], excluded_checks=excluded(case))


@schemathesis.pytest.from_fixture("for_strangers").parametrize()
@FUZZED
def test_a_closed_server_lets_no_stranger_in(case, admin):
    answer = case.call(base_url=root(admin[0]))
    assert answer.status_code in ((200, 405) if case.path in OPEN else (401, 405, 413, 415)), answer.request.url
    assert answer.status_code == 200 or answer.headers["content-type"] == ["application/problem+json"]
