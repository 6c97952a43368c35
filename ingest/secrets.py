"""Credentials in a text -> [secret]: keys by the shapes that their issuers gave them, passwords by what stands before.

No entropy is measured: digests, ids and stack traces of an incident look as random as its secrets.
"""

import re

_TOKEN = r"[A-Za-z0-9_-]"
_SHAPES = (
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])",  # Amazon Web Services
    r"gh[oprsu]_[A-Za-z0-9]{36,255}",  # GitHub
    rf"github_pat_{_TOKEN}{{22,255}}",
    rf"gl(?:pat|ptt|dt|rt|cbt)-{_TOKEN}{{20,255}}",  # GitLab
    r"xox[abeoprs]-[A-Za-z0-9-]{10,255}",  # Slack
    r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,255}",
    rf"AIza{_TOKEN}{{35}}",  # Google
    rf"ya29\.{_TOKEN}{{20,255}}",
    r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}",  # Stripe
    rf"sk-(?:ant-|proj-|svcacct-)?{_TOKEN}{{20,255}}",  # Anthropic, OpenAI
    rf"SG\.{_TOKEN}{{16,64}}\.{_TOKEN}{{16,64}}",  # SendGrid
    r"npm_[A-Za-z0-9]{36}",
    rf"pypi-AgEI{_TOKEN}{{50,1000}}",
    rf"dop_v1_{_TOKEN}{{40,255}}",  # DigitalOcean
    rf"hv[bs]\.{_TOKEN}{{24,255}}",  # HashiCorp Vault
    rf"eyJ{_TOKEN}{{10,4000}}\.eyJ{_TOKEN}{{10,8000}}\.{_TOKEN}{{0,4000}}",  # JSON web tokens
)
_NAMES = r"pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|auth|account|private|secret)[_-]?key|credentials?"
_SECRET = re.compile(
    # A private key to its end, or as far as it goes.
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----(?:(?!-----)[\s\S])*+(?:-----END [A-Z0-9 ]{0,60}-----)?"
    rf"|(?<![A-Za-z0-9_-])(?:{'|'.join(_SHAPES)})"
    r"|(?<=://)[^\s/:@\"'<>\[\]]{0,100}:(?P<url>[^\s/@\"'<>\[\]]{1,200})(?=@)"
    r"|(?i:\b(?:bearer|basic)[ \t]+)(?P<header>(?=[A-Za-z_~+/.-]{0,200}[0-9=])[\w~+/=.-]{16,4000})"
    rf"|(?i:(?<![a-z])(?:{_NAMES})s?)[\"']?[ \t]{{0,3}}(?:=>|[:=])[ \t]{{0,3}}"
    r"(?:(?P<quoted>(?P<q>[\"'`])[^\s\"'`]{4,500}(?P=q))|(?P<bare>[^\s\"'`,;()<>\[\]{}]{6,500}))"
)
_STANDS_FOR_ONE = re.compile(r"[$<{%*\[]|x{3}|\.{3}|(?i:redacted|example|changeme|your[_-])")
"""A placeholder: `$TOKEN`, `<password>`, `{{ secret }}`, `*****`."""


def hide(text: str) -> tuple[str, int]:
    """The text with [secret] in place of credentials, and how many there were.

    >>> hide("postgres://app:hunter2@db/orders")
    ('postgres://app:[secret]@db/orders', 1)
    """
    hidden = 0

    def instead(found: re.Match[str]) -> str:
        nonlocal hidden
        group = next((name for name in ("url", "header", "quoted", "bare") if found[name]), None)
        if group is None:
            hidden += 1
            return "[secret]"
        if not _is_one(group, found[group]):
            return found[0]
        hidden += 1
        start, end = (one - found.start() for one in found.span(group))
        return f"{found[0][:start]}[secret]{found[0][end:]}"

    return _SECRET.sub(instead, text), hidden


def _is_one(group: str, value: str) -> bool:
    """Whether what stands where a secret would stand is one; after a plain `password:` prose may go on."""
    if _STANDS_FOR_ONE.search(value):
        return False
    return group != "bare" or (re.search(r"\d", value) is not None and re.search(r"[A-Za-z]", value) is not None)
