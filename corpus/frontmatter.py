"""Front matter: the fields between `---` (YAML) or `+++` (TOML) before a text. Pure text, both ways."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

_FRONT = re.compile(
    r"\ufeff?(?P<fence>---|\+\+\+)[ \t]*\r?\n(?P<fields>.*?)"
    r"(?<=\n)(?P<end>---|\+\+\+|\.\.\.)[ \t]*(?:\r?\n|\Z)(?:\r?\n)?",
    re.DOTALL,
)
_LONGEST = 100_000
"""Fields longer than this are no front matter, but a text with rules drawn in it."""


_DEEPEST = 50
"""Fields within fields within fields. PyYAML takes for ever over thousands."""


class _Dumper(yaml.SafeDumper):
    """Line ends that YAML alone takes for such (U+0085, U+2028) are escaped, so that they come back."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        unusual = re.search("[\x85\u2028\u2029\ufeff]", text)
        return self.represent_scalar("tag:yaml.org,2002:str", text, style='"' if unusual else None)


_Dumper.add_representer(str, _Dumper.represent_text)


_YAML_ERRORS = (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What PyYAML raises for values that are not what their tag says: it has no error of its own for `!!int ""`."""


class _Loader(yaml.SafeLoader):
    """YAML as people write it: what looks like a date but is none (2021-13-45) stays text.

    Aliases are refused: a few hundred bytes of them stand for gigabytes.
    """

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent) or self.depth > _DEEPEST:
            raise yaml.YAMLError("an alias, or too deep")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_timestamp(self, node: yaml.ScalarNode) -> object:
        try:
            return self.construct_yaml_timestamp(node)
        except (ValueError, OverflowError):
            return self.construct_scalar(node)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_timestamp)


class _Exact(_Loader):
    """YAML as we write it: no field twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        found = super().construct_mapping(node, deep=True)
        if len(found) < len(node.value):
            raise yaml.YAMLError("a field twice")
        return found


def parse(text: str) -> tuple[dict[str, object], str]:
    """The fields and the body. Without front matter, or if it is broken, no fields and the whole text.

    >>> parse("---\\ntitle: A day\\n---\\nIt rained.")
    ({'title': 'A day'}, 'It rained.')
    """
    match = _FRONT.match(text[: _LONGEST + 10])
    if match is None or (match["end"] == "+++") != (match["fence"] == "+++"):
        return {}, text
    fields = _yaml(match["fields"], _Loader) if match["fence"] == "---" else _toml(match["fields"])
    return ({}, text) if fields is None else (fields, text[match.end() :])


def dump(fields: Mapping[str, object], body: str) -> str:
    """Text with YAML front matter, the same for the same fields; `parse` gives back what was put in.

    Fields keep their order. Values are text, numbers, booleans, dates, lists and mappings.
    """
    head = yaml.dump(
        dict(fields), Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=10_000
    )
    return f"---\n{head}---\n\n{body}"


def mapping(text: str) -> dict[str, object] | None:
    """The fields of a YAML file; None if it is no such file, or names a field twice."""
    return _yaml(text, _Exact)


def _yaml(text: str, loader: type[_Loader]) -> dict[str, object] | None:
    if not text.strip():
        return {}
    try:
        fields = yaml.load(text, loader)
    except _YAML_ERRORS:
        return None
    if not isinstance(fields, dict):
        return None
    return {key.isoformat() if isinstance(key, date) else str(key): value for key, value in fields.items()}


def _toml(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
