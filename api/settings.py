"""Settings, and the only reader of the environment (by pydantic-settings).

Precedence: an option given in code or on the command line, the environment (`LESSONRY_*`),
`lessonry.toml` in the home folder, the default.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, PrivateAttr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from corpus.accounts import Role
from corpus.collection_state import Visibility
from corpus.errors import LessonryError
from corpus.mending import writing
from ingest.types import Redacted

try:
    VERSION = version("lessonry")
except PackageNotFoundError:  # run from a checkout that was not installed
    VERSION = "0"

# FAISS reads it once, on import. Else its threads wait for the next query at full speed, and slow down the other cores.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

_MODEL = re.compile(r"^[ \t]*(?:model|[\"']model[\"'])[ \t]*=[^\n]*(?:\n|\Z)", re.M)


class SettingsError(LessonryError):
    """A setting that cannot be used; names it and says why."""


class Settings(BaseSettings):
    """Every setting there is. In `lessonry.toml` by its name, in the environment as LESSONRY_NAME."""

    model_config = SettingsConfigDict(env_prefix="LESSONRY_", extra="forbid", frozen=True)

    home: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("lessonry"), description="Where everything is kept."
    )
    model: str = Field("all-MiniLM-L6-v2", description="A sentence-transformers name or path.")
    device: str = Field("cpu", description="Where the model runs: cpu, or a device that torch knows, as cuda or mps.")
    models: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("lessonry") / "models",
        description="Where exported models are kept; may be shared by many homes.",
    )
    max_bytes: int = Field(50_000_000, gt=0, description="The largest document that is read, in bytes.")
    read_memory: int = Field(
        2_000_000_000, ge=500_000_000, description="The most memory that reading one document may take, in bytes."
    )
    read_seconds: float = Field(120.0, gt=0, description="The longest time that reading one document may take.")
    fetch_seconds: float = Field(30.0, gt=0, description="The longest time for one address, in seconds.")
    fetch_redirects: int = Field(5, ge=0, description="The most redirects that are followed.")
    allow_private: bool = Field(False, description="Fetch from private and loopback addresses too.")
    respect_robots: bool = Field(True, description="Do as robots.txt asks.")
    fetch_pause: float = Field(
        0.5, ge=0, le=60, description="Seconds between two requests to one host, unless its robots.txt says how many."
    )
    max_items: int = Field(5_000, gt=0, description="The most items that are taken from one feed, list or site.")
    clone_bytes: int = Field(1_000_000_000, gt=0, description="The largest git repository that is cloned, in bytes.")
    clone_seconds: float = Field(600.0, gt=0, description="The longest time for one git repository, in seconds.")
    archive: str = Field(
        "https://web.archive.org/web/{url}",
        description="Where a copy of a page that is gone may be found, offered as a link; empty for none.",
    )
    redact: list[Redacted] = Field(
        [], description="What is masked in all that is taken in: secrets, emails, phones, ips, people."
    )
    contact: str = Field("", description="Your address, told to the servers we fetch from.")
    user_agent: str = Field(
        f"Lessonry/{VERSION} (search of lessons learned; fetches on a person's request)",
        description="How we name ourselves to servers.",
    )
    pages_per_wrong_suggestion: int = Field(
        20, ge=1, le=10_000, description="Silence: at most one wrong suggestion in so many pages about other things."
    )
    record_empty_queries: bool = Field(
        False, description="Count queries that find nothing among the content gaps, without who asked."
    )
    host: str = Field("127.0.0.1", description="The address to serve on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to serve on; 0 takes a free one.")
    workers: int = Field(
        1, ge=1, le=64, description="Processes that answer requests; one of them takes in and keeps up."
    )
    public_read: bool = Field(False, description="Let anyone read, also where tokens are asked for.")
    default_visibility: Visibility = Field(
        "public", description="Who may see documents of which nobody said: public, or members, where anyone may read."
    )
    hosts: list[str] = Field(
        [],
        description="Names the server answers to besides localhost; none: any, where it is not on loopback.",
    )
    proxy_header: str = Field(
        "", description="The header in which a proxy that signs people in tells their name; empty for none."
    )
    proxy_addresses: list[str] = Field(
        ["127.0.0.1", "::1"], description="Where that proxy is; from elsewhere the header counts nothing."
    )
    proxy_role: Role = Field("reader", description="The role of people whom the proxy tells and nobody has given one.")
    extension_origins: list[str] = Field(
        [], description="Browser extensions that may write here without a token, as long as none is made."
    )

    max_requests: int = Field(10, gt=0, description="The most requests that are answered at once.")
    max_jobs: int = Field(1_000, gt=0, description="The most jobs that wait to take documents in.")
    request_seconds: float = Field(120.0, gt=0, description="The longest time in which a request arrives.")
    rate_limit: str = Field(
        "3000/minute", description="The most requests of one person, or of one address, in a while; empty for any."
    )

    slack_webhook: str = Field(
        "", description="Where lessons for alerts are posted, a Slack-compatible webhook; empty for nowhere."
    )

    log_format: Literal["text", "json"] = Field("text", description="How a server writes its log: text, or json.")
    log_requests: bool = Field(
        False, description="Log each request: route, status, time; never an address, a query or a text."
    )

    backup_hours: int = Field(
        0, ge=0, le=8_784, description="While serving, write a backup every so many hours; 0 for never."
    )
    backups_kept: int = Field(7, ge=1, description="So many of these backups are kept, the latest.")
    backup_folder: Path = Field(Path("backups"), description="Where they are written; in the home, unless elsewhere.")

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    def origin(self, name: str) -> str:
        """Where the value of a setting comes from."""
        return self._origins.get(name, "default")

    @field_validator("rate_limit")
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        if value:
            from limits import parse

            try:
                parse(value)
            except ValueError as error:
                raise ValueError(f"{value!r:.40} is no rate; write it as 3000/minute, or leave it empty") from error
        return value

    @property
    def backups(self) -> Path:
        """The folder of the scheduled backups."""
        return self.home / self.backup_folder.expanduser()

    @property
    def agent(self) -> str:
        """The User-Agent that is sent: our name, and whom to write to."""
        return f"{self.user_agent} contact: {self.contact}" if self.contact else self.user_agent

    def archived(self, url: str) -> str | None:
        """Where a copy of a page may be found, None if that is not to be offered."""
        return self.archive.replace("{url}", url) or None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """See the header for the order."""
        given = init_settings().get("home") or env_settings().get("home") or platformdirs.user_data_path("lessonry")
        toml = TomlConfigSettingsSource(settings_cls, Path(str(given)).expanduser() / "lessonry.toml")
        return init_settings, env_settings, toml


def load(**given: Any) -> Settings:
    """The settings in force; values that are None count as not given. SettingsError names a bad one."""
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"setting {name!r} (in lessonry.toml or as LESSONRY_{name.upper()}): {first['msg']}"
        ) from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"lessonry.toml cannot be read: {error}") from error
    settings._origins.update({name: _origin(name, given) for name in settings.model_fields_set})
    return settings.model_copy(
        update={"home": settings.home.expanduser().absolute(), "models": settings.models.expanduser().absolute()}
    )


def count_together(folder: str) -> None:
    """Let the processes that this one starts count requests in a folder, which prometheus_client reads here."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


def keep_model(settings: Settings, name: str) -> None:
    """Let the home's lessonry.toml name this model, the rest of it as it was. SettingsError if that would not count."""
    origin, path = settings.origin("model"), settings.home / "lessonry.toml"
    if origin not in ("default", "lessonry.toml"):
        raise SettingsError(f"{origin} says which model is used: change it there, to {name}")
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        changed = f"model = {json.dumps(name, ensure_ascii=False)}\n" + _MODEL.sub("", text)
        if tomllib.loads(changed) != {**tomllib.loads(text), "model": name}:
            raise ValueError(f"it cannot be changed; write model = {name!r} into it by hand")
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from error
    with writing(path):
        partial = path.resolve().with_name("lessonry.toml.partial")
        partial.write_text(changed, encoding="utf-8")
        partial.replace(path.resolve())


def _origin(name: str, given: Mapping[str, Any]) -> str:
    if given.get(name) is not None:
        return "command line"
    variable = f"LESSONRY_{name.upper()}"
    return variable if variable in map(str.upper, os.environ) else "lessonry.toml"
