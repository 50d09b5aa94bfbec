"""Finds credentials in what surrounds a payload (`CAP017`), and takes them out of what is kept.

Only the kind of a credential ever leaves this module, never its text.
"""

import re
from collections.abc import Iterable
from typing import Literal, TypeAlias
from urllib.parse import unquote

from sessionlint.finding import Defect, problem

Kind: TypeAlias = Literal[
    "an Authorization header",
    "a Proxy-Authorization header",
    "a Cookie header",
    "a Set-Cookie header",
    "an API key in a header",
    "a user with password or token on a command line",
    "a token or cookie on a command line",
    "a user with password or token in a URL",
    "a token in a URL",
]

_HEADERS: dict[str, Kind] = {
    "authorization": "an Authorization header",
    "proxy-authorization": "a Proxy-Authorization header",
    "cookie": "a Cookie header",
    "set-cookie": "a Set-Cookie header",
    "x-api-key": "an API key in a header",
    "x-auth-token": "an API key in a header",
    "api-key": "an API key in a header",
}
_HEADERS_WITH_URLS = ("location", "referer", "content-location")

_SECRET_PARAMETERS = frozenset(
    {"token", "access_token", "accesstoken", "auth_token", "authtoken", "id_token", "refresh_token", "bearer", "jwt"}
    | {"api_key", "apikey", "api-key", "x-api-key", "authorization", "secret", "client_secret"}
    | {"password", "passwd", "pwd"}
)

_PLACEHOLDER = re.compile(r"[\W_xX]*|[<$%{\[(].*|.*(?:redacted|removed|masked|hidden).*", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"(?:basic|bearer|digest|negotiate|ntlm|token)[ \t]+", re.IGNORECASE)

_IN_URL = re.compile(r"(?<=://)([^/?#@\s:\"']{0,256}:)([^/?#@\s\"']{1,4096})(?=@)")
_PARAMETER = re.compile(r"([?&;#]([^=&;#\s\"']{1,40})=)([^&;#\s\"']+)")
_STARTS_OPTION = re.compile(r"-(?<=\s-)[A-Za-z-]")
_USER = re.compile(r"(\s(?:-[A-Za-z]{0,9}[uUa]|--user|--auth|--proxy-user)[ =]?[\"']?[^\s:\"']{1,256}:)([^\s\"']+)")
"""Of curl, Wget and HTTPie."""
_OPTION = re.compile(r"(\s(?:--oauth2-bearer|--password|--http-password)[ =][\"']?)([^\s\"']+)")
_COOKIE = re.compile(r"(\s(?:--cookie|-b)[ =]?[\"']?[^\s\"'=]{1,256}=)([^\s\"']+)")
_QUOTE = r"\\?[\"']"
_VALUE = rf"(?:\s*{_QUOTE}value{_QUOTE}[ \t]*:)?"
_HEADER = re.compile(
    rf"((?<![\w-])({'|'.join(_HEADERS)})(?:(?:{_QUOTE})?[ \t]*(?::|=>?)|{_QUOTE},{_VALUE})[ \t]*(?:{_QUOTE})?)([^\r\n\"'\]]+)",
    re.IGNORECASE,
)
"""As itself, and as programs write it: in a dictionary, as an argument, in JSON, maybe escaped."""


def of_headers(headers: Iterable[tuple[str, str]]) -> set[Kind]:
    """The kinds of credentials in headers."""
    kinds: set[Kind] = set()
    for name, value in headers:
        lower = name.lower()
        kind = _HEADERS.get(lower)
        if kind is not None and not _is_placeholder(value):
            kinds.add(kind)
        elif lower in _HEADERS_WITH_URLS:
            kinds |= without_secrets(value)[0]
    return kinds


def without_secrets(text: str, *, keeps_places: bool = False) -> tuple[set[Kind], str]:
    """The kinds of credentials in a URL, a command line or any other text, and the text with ``***`` in their place.

    ``keeps_places``: as many stars as it takes to leave all else where it is.
    """
    kinds: set[Kind] = set()

    def hidden(start: str, secret: str) -> str:
        return start + ("*" * len(secret) if keeps_places else "***")

    def as_kind(pattern: re.Pattern[str], kind: Kind, text: str) -> str:
        def replaced(match: re.Match[str]) -> str:
            if _is_placeholder(match[2]):
                return match[0]
            kinds.add(kind)
            return hidden(match[1], match[2])

        return pattern.sub(replaced, text)

    def header(match: re.Match[str]) -> str:
        if _is_placeholder(match[3]):
            return match[0]
        kinds.add(_HEADERS[match[2].lower()])
        return hidden(match[1], match[3])

    def parameter(match: re.Match[str]) -> str:
        if unquote(match[2]).lower() not in _SECRET_PARAMETERS or _is_placeholder(unquote(match[3])):
            return match[0]
        kinds.add("a token in a URL")
        return hidden(match[1], match[3])

    # Most texts have none of these, and finding that out is ten times quicker than looking for what they are part of.
    if "@" in text:
        text = as_kind(_IN_URL, "a user with password or token in a URL", text)
    text = _PARAMETER.sub(parameter, text)
    if _STARTS_OPTION.search(text):
        text = as_kind(_USER, "a user with password or token on a command line", text)
        text = as_kind(_OPTION, "a token or cookie on a command line", text)
        text = as_kind(_COOKIE, "a token or cookie on a command line", text)
    lower = text.lower()
    if any(name in lower for name in _HEADERS):
        text = _HEADER.sub(header, text)
    return kinds, text


def harmless(text: bytes, *, keeps_places: bool = False) -> tuple[bytes, tuple[Defect, ...]]:
    """A text without its credentials, and what is to say of them."""
    kinds, without = without_secrets(text.decode("latin-1"), keeps_places=keeps_places)
    return (without.encode("latin-1"), tuple(defects_of(kinds))) if kinds else (text, ())


def harmless_comments(text: bytes) -> tuple[bytes, tuple[Defect, ...]]:
    """XML without the credentials in its comments, all else where it was, and what is to say of them."""
    kinds: set[Kind] = set()

    def hidden(comment: re.Match[bytes]) -> bytes:
        found, without = without_secrets(comment[0].decode("latin-1"), keeps_places=True)
        kinds.update(found)
        return without.encode("latin-1")

    return _COMMENT.sub(hidden, text), tuple(defects_of(kinds))


_COMMENT = re.compile(rb"<!--(?:[^-]|-(?!->))*+")


def defects_of(kinds: Iterable[Kind]) -> list[Defect]:
    """One defect for each kind."""
    return [Defect("CAP017", problem((), f"{kind} was saved with the payload")) for kind in sorted(kinds)]


def _is_placeholder(value: str) -> bool:
    """Whether somebody put something harmless in the secret's place."""
    scheme = _SCHEME.match(value)
    return _PLACEHOLDER.fullmatch(value, scheme.end() if scheme else 0) is not None
