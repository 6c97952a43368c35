"""Fixtures that all rooms share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Playwright, sync_playwright

from tests.fakes import Home

settings.register_profile(
    "lessonry",
    deadline=None,  # a slow machine is no failure
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile(
    "long", settings.get_profile("lessonry"), derandomize=False, max_examples=500, print_blob=True
)
settings.load_profile("lessonry")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A new home over the fake encoder."""
    with Home(tmp_path / "home") as made:
        yield made


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; there can be but one at a time."""
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker, as `make setup` gets it."""
    return (Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
