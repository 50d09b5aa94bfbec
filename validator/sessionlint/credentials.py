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

# What follows is of ASCII: without case, "\u017f" is an "s" to Unicode, but no header's name has it.
# No secret goes on where something ends that it stands in: a text in quotes, an element, a section or a comment of a
# document that is to be salvaged.
_GOES_ON = r"(?!-->|\]\]>|\*/|</|\\{0,8}[\"'])"
_IN_URL = re.compile(rf"(?<=://)[^/?#@\s:\"']{{0,256}}:(?P<secret>(?:{_GOES_ON}[^/?#@\s]){{1,4096}})(?=@)", re.ASCII)
_PARAMETER = re.compile(rf"[?&;#](?P<name>[^=&;#\s\"']{{1,40}})=(?P<secret>(?:{_GOES_ON}[^&;#\s])+)", re.ASCII)
_STARTS_OPTION = re.compile(r"-(?<=\s-)[A-Za-z-]", re.ASCII)
_OPENED = r"[ =]?(?P<quote>[\"'])?"
_SECRET = rf"(?P<secret>(?(quote)(?:{_GOES_ON}[^\r\n])+|(?:{_GOES_ON}\S)+))"
_USER = re.compile(
    rf"\s(?:-[A-Za-z]{{0,9}}[uUa]|--user|--auth|--proxy-user){_OPENED}[^\s:\"']{{1,256}}:{_SECRET}", re.ASCII
)
"""Of curl, Wget and HTTPie."""
_OPTION = re.compile(rf"\s(?:--oauth2-bearer|--password|--http-password)(?=[ =]){_OPENED}{_SECRET}", re.ASCII)
_COOKIE = re.compile(rf"\s(?:--cookie|-b){_OPENED}[^\s\"'=]{{1,256}}={_SECRET}", re.ASCII)
_QUOTE = r"\\?[\"']"
_VALUE = rf"(?:\s*{_QUOTE}value{_QUOTE}[ \t]*:)?"
# A quoted part of a header's value; its quotes are escaped if the header is in quotes itself.
_ESCAPED_PART = r'=\\++"[^"\r\n]*+(?<=\\)"(?=[,;\s\]\'"\\]|\Z)'
_QUOTED_PART = r'="[^"\r\n]++"(?=[,;\s\]\']|\Z)'
_HEADER = re.compile(
    rf"(?:(?<=(?P<around>\"))|(?<=<!--)|(?<![\w\"-]))(?P<name>{'|'.join(_HEADERS)})"
    rf"(?:(?:{_QUOTE})?[ \t]*(?::|=>?)|{_QUOTE},{_VALUE})[ \t]*(?:\\?(?:(?P<opened>\")|'))?"
    rf"(?P<secret>(?:{_ESCAPED_PART}|(?(opened)(?!)|(?(around)(?!)|{_QUOTED_PART}))|{_GOES_ON}[^\r\n\]])+)",
    re.IGNORECASE | re.ASCII,
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

    def without(match: re.Match[str], kind: Kind, value: str) -> str:
        if _is_placeholder(value):
            return match[0]
        kinds.add(kind)
        secret = match["secret"]
        return match[0].removesuffix(secret) + ("*" * len(secret) if keeps_places else "***")

    def as_kind(pattern: re.Pattern[str], kind: Kind, text: str) -> str:
        return pattern.sub(lambda match: without(match, kind, match["secret"]), text)

    def header(match: re.Match[str]) -> str:
        return without(match, _HEADERS[match["name"].lower()], match["secret"])

    def parameter(match: re.Match[str]) -> str:
        if unquote(match["name"]).lower() not in _SECRET_PARAMETERS:
            return match[0]
        return without(match, "a token in a URL", unquote(match["secret"]))

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
    """A text, in UTF-8 or not, without its credentials, and what is to say of them."""
    kinds, without = without_secrets(text.decode("utf-8", "surrogateescape"), keeps_places=keeps_places)
    return (without.encode("utf-8", "surrogateescape"), tuple(defects_of(kinds))) if kinds else (text, ())


def harmless_comments(text: bytes) -> tuple[bytes, tuple[Defect, ...]]:
    """XML without the credentials in its comments, all else where it was, and what is to say of them."""
    kinds: set[Kind] = set()

    def hidden(comment: re.Match[bytes]) -> bytes:
        found, without = without_secrets(comment[0].decode(), keeps_places=True)
        kinds.update(found)
        return without.encode()

    return _COMMENT.sub(hidden, text), tuple(defects_of(kinds))


_COMMENT = re.compile(rb"<!--(?:[^-]|-(?!->))*+")


def defects_of(kinds: Iterable[Kind]) -> list[Defect]:
    """One defect for each kind."""
    return [Defect("CAP017", problem((), f"{kind} was saved with the payload")) for kind in sorted(kinds)]


def _is_placeholder(value: str) -> bool:
    """Whether somebody put something harmless in the secret's place."""
    scheme = _SCHEME.match(value)
    return _PLACEHOLDER.fullmatch(value, scheme.end() if scheme else 0) is not None
