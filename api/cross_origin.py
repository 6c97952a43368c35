"""What a browser extension may read of our answers (CORS). Pages of other sites may read nothing."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Scope

_TO_BE_READ = "ETag, Link, Location, Retry-After, WWW-Authenticate"


def is_preflight(scope: Scope, headers: Headers) -> bool:
    """Does the browser ask whether an extension may ask?"""
    asks = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
    return asks and scope["path"].startswith("/v1/")


def preflight(headers: Headers) -> Response:
    """It may ask, without cookies; whether it gets an answer depends on its token."""
    allowed = {
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match, If-None-Match",
        "Access-Control-Max-Age": "600",
    }
    if headers.get("access-control-request-private-network") == "true":
        allowed["Access-Control-Allow-Private-Network"] = "true"
    return Response(status_code=204, headers=allowed)


def allow(origin: str, path: str, answer: MutableHeaders) -> None:
    """Let the extension of that origin, if it is one, read this answer."""
    if origin and path.startswith("/v1/"):
        answer["Access-Control-Allow-Origin"] = origin
        answer["Access-Control-Expose-Headers"] = _TO_BE_READ
    if path.startswith("/v1/"):
        answer.add_vary_header("Origin")
