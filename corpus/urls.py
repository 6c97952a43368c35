"""canonical(url): one page, one identity. Pure text; nothing is fetched."""

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

_ARCHIVE = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:web\.archive\.org/web|archive\.org/wayback|wayback\.archive\.org/web)/\d{1,14}(?:[a-z]{2}_)?/(?P<url>.+)$",
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
    url = url.strip()
    while (settled := unwrapped(_spelled(url))) != url:  # e.g. an archive's address in an odd spelling
        url = settled
    return url


def unwrapped(url: str) -> str:
    """The address inside the wrappers of web archives, however many; any other as it is."""
    while wrapped := _ARCHIVE.match(url):
        url = re.sub(r"^(https?):/+", r"\1://", wrapped["url"].strip(), flags=re.IGNORECASE)
        if not re.match(r"[a-z][a-z\d+.-]*://", url, re.IGNORECASE):
            url = f"http://{url}"
    return url


def _spelled(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a malformed address is its own identity
        return url
    host = re.sub(r"^(www\.)+", "", (parts.hostname or "").rstrip("."))
    if parts.scheme.lower() not in ("http", "https") or not host:
        return url
    if ":" in host:
        host = f"[{host}]"
    netloc = host if port in (None, 80, 443) else f"{host}:{port}"
    path = quote(unquote(parts.path), safe=_SAFE_PATH, errors="replace").rstrip("/")
    pairs = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(pair[0]))
    return urlunsplit(("https", netloc, path, urlencode(pairs, errors="replace"), "")).strip()
