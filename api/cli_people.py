"""Commands on people and their tokens: token, people. Whoever has the home folder needs no token for them."""

from typing import TYPE_CHECKING, Annotated, cast

import typer
from pydantic import ValidationError

from api import output
from api.session import Json, Session
from corpus.accounts import ROLES, SCOPES, Role
from corpus.errors import NotFound

if TYPE_CHECKING:
    from api.schemas_people import NewToken

token = typer.Typer(no_args_is_help=True, help="Tokens that let people and programs in.")
people = typer.Typer(no_args_is_help=True, help="People, and what they may do.")

Name = Annotated[str, typer.Argument(help="A person's or a program's name.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(token, name="token")
    app.add_typer(people, name="people")


@token.command("create")
def create_token(
    context: typer.Context,
    name: Name,
    scope: Annotated[list[str], typer.Option(help=f"{', '.join(SCOPES)}; may be given several times.")],
    expires: Annotated[str | None, typer.Option(help="Like 90d or 2031-12-31. Default: never.")] = None,
    json: Json = False,
) -> None:
    """Make a token and print it, this once. The first one closes the server: from then on everybody needs one."""
    from api.schemas_people import MadeToken, TokenShape

    new = _checked(name, scope, expires)
    session: Session = context.obj
    with session.open() as lessonry:
        made, text = lessonry.corpus.accounts.create_token(new.name, new.scopes, new.expires)
    if json:
        output.print_json(MadeToken(**TokenShape.of(made).model_dump(), token=text).model_dump())
    else:
        output.out.print(text, markup=False)
        output.note(f"token {made.id} of {made.name}: keep it safe, it is not shown again")


def _checked(name: str, scopes: list[str], expires: str | None) -> "NewToken":
    from api.schemas_people import NewToken

    try:
        return NewToken.model_validate({"name": name, "scopes": scopes, "expires": expires})
    except ValidationError as error:
        first = error.errors()[0]
        field, said = first["loc"][0], first["msg"].removeprefix("Value error, ")
        where = {"name": "NAME", "scopes": "--scope", "expires": "--expires"}[str(field)]
        raise typer.BadParameter(f"{where} {first['input']!r}: {said}") from error


@token.command("list")
def list_tokens(context: typer.Context, json: Json = False) -> None:
    """List all tokens, without their text, the newest first."""
    from api.schemas_people import TokenShape

    with context.obj.open() as lessonry:
        tokens = lessonry.corpus.accounts.tokens()
    if json:
        output.print_json({"items": [TokenShape.of(one).model_dump() for one in tokens]})
        return
    for one in tokens:
        ends = f"revoked {one.revoked[:10]}" if one.revoked else f"until {one.expires[:10]}" if one.expires else ""
        used = f"last used {one.last_used}" if one.last_used else "never used"
        told = ", ".join(part for part in (" ".join(one.scopes), ends, used) if part)
        output.out.print(f"{one.id}  {one.name}: {told}", markup=False)


@token.command("revoke")
def revoke_token(
    context: typer.Context,
    which: Annotated[str, typer.Argument(metavar="ID|NAME", help="A token's id, or a name for all tokens of it.")],
    json: Json = False,
) -> None:
    """Revoke a token, or all tokens of a name, at once."""
    with context.obj.open() as lessonry:
        accounts = lessonry.corpus.accounts
        tokens = accounts.tokens()
        meant = [one.id for one in tokens if one.id == which] or [one.id for one in tokens if one.name == which]
        if not meant:
            raise NotFound("token", which)
        for id in meant:
            accounts.revoke(id)
    if json:
        output.print_json({"revoked": meant})
    else:
        output.out.print(f"revoked {', '.join(meant)}")


@people.command("list")
def list_people(context: typer.Context, json: Json = False) -> None:
    """List everybody with their role."""
    from api.schemas_people import PersonShape

    with context.obj.open() as lessonry:
        found = lessonry.corpus.accounts.people()
    if json:
        output.print_json({"items": [PersonShape.of(one).model_dump() for one in found]})
    else:
        for one in found:
            output.out.print(f"{one.name}: {one.role}", markup=False)


@people.command("set")
def set_role(
    context: typer.Context, name: Name, role: Annotated[str, typer.Argument(help=", ".join(ROLES))], json: Json = False
) -> None:
    """Give a person a role; somebody new is added. It holds for the tokens they have, at once."""
    from api.schemas_people import PersonShape

    if role not in ROLES:
        raise typer.BadParameter(f"{role!r} is no role; give one of {', '.join(ROLES)}")
    named = _checked(name, ["read"], None).name
    with context.obj.open() as lessonry:
        account = lessonry.corpus.accounts.set_role(named, cast(Role, role))
    if json:
        output.print_json(PersonShape.of(account).model_dump())
    else:
        output.out.print(f"{account.name}: {account.role}", markup=False)


@people.command("remove")
def remove_person(context: typer.Context, name: Name, json: Json = False) -> None:
    """Remove a person with all their tokens. A server on loopback without any token is open."""
    with context.obj.open() as lessonry:
        lessonry.corpus.accounts.remove(name)
    if json:
        output.print_json({"removed": name})
    else:
        output.out.print(f"removed {name}", markup=False)
