"""No whole number reaches the store that SQLite could not hold: every one that is asked for has an upper bound."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter

from api.app import create_app
from tests.fakes import opened


def unbounded(schema: Any) -> bool:
    """Does a JSON schema let any whole number in?"""
    if isinstance(schema, list):
        return any(map(unbounded, schema))
    if not isinstance(schema, dict):
        return False
    if schema.get("type") == "integer" and not {"maximum", "exclusiveMaximum", "const", "enum"} & schema.keys():
        return True
    return any(map(unbounded, schema.values()))


def parameters(route: APIRoute) -> Iterator[Any]:
    """The parameters of a route and of all that it depends on."""
    waiting = [route.dependant]
    while waiting:
        one = waiting.pop()
        waiting += one.dependencies
        yield from (*one.path_params, *one.query_params, *one.body_params, *one.header_params)


def test_every_whole_number_that_is_asked_for_has_an_upper_bound(tmp_path: Path) -> None:
    asked, open_ended = 0, []
    with opened(tmp_path / "home") as lessonry:
        for context in iter_route_contexts(create_app(lessonry).routes):
            if not isinstance(context.original_route, APIRoute):
                continue
            for parameter in parameters(context.original_route):
                asked += 1
                schema = TypeAdapter(parameter.field_info.rebuild_annotation()).json_schema()
                if unbounded(schema):
                    open_ended.append((context.path, parameter.name))
    assert asked > 100
    assert open_ended == []
