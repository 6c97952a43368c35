"""canonical(url): one page, one identity. Pure text; nothing is fetched."""

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

_ARCHIVE = re.compile(
    r"^(?:https?://)?(?:web\.archive\.org/web|archive\.org/wayback|wayback\.archive\.org/web)/\d{1,14}(?:[a-z]{2}_)?/(?P<url>.+)$",
    re.IGNORECASE,
)
_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|mc_(cid|eid)|_hs(enc|mi)"
    r"|mkt_tok|vero_id|oly_(anon|enc)_id|ref_src|ref_url|spm|cmpid|icid|s_cid|trk|__twitter_impression)$",
    re.IGNORECASE,
)
_SAFE_PATH = "/:@!$&'()*+,;=~-._"


def canonical(url: str) -> str:
    """The identity of a web page.

    Web-archive wrappers are taken off; scheme, `www.`, default port, fragment, tracking
    parameters, trailing slash and the order of parameters do not count. The result reads as
    an https address, because a page at http and https is one page; fetch the address that was
    given, not this one.

    >>> canonical("http://www.Example.com:80/a/?utm_source=x&b=2&a=1#top")
    'https://example.com/a?a=1&b=2'
    """
    wrapped = _ARCHIVE.match(url.strip())
    if wrapped:
        inner = wrapped["url"]
        return canonical(inner if "://" in inner else f"http://{inner}")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:  # a malformed address is its own identity
        return url.strip()
    if parts.scheme.lower() not in ("http", "https"):
        return url.strip()
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    if ":" in host:
        host = f"[{host}]"
    netloc = host if port in (None, 80, 443) else f"{host}:{port}"
    path = quote(unquote(parts.path), safe=_SAFE_PATH).rstrip("/")
    pairs = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(pair[0]))
    return urlunsplit(("https", netloc, path, urlencode(pairs), ""))
