"""Tells markup from JSON, and an HTML page from XML: a login, proxy or error page saved in the payload's place."""

import re

from sessionlint.finding import Defect, Span, problem

_MARKUP = re.compile(rb"\s*+<[A-Za-z_:!?/\x80-\xff]")
_RESPONSE = re.compile(rb"\n[ \t]*+(<\?xml[ \t\r\n][^>]{0,300}+>(?=%b)|<response[ \t\r\n>])" % _MARKUP.pattern)
_DOCTYPE_HTML = re.compile(rb"<!doctype\s++html\b", re.IGNORECASE)
_NAME = re.compile(rb"<([A-Za-z][\w:.-]*+)")
_HTML_ROOTS = frozenset(
    b"html head body title meta script style link noscript center h1 h2 h3 p div span font table form hr br b pre "
    b"iframe frameset".split()
)
_SKIPPED = ((b"<!--", b"-->"), (b"<?", b"?>"))
_READ = 1 << 16
"""Bytes of a page that are read to tell what it is."""

_LOGIN = (
    rb"""type=["']?password|SAMLRequest|<title[^>]{0,80}>[^<]{0,80}"""
    rb"""(?:log ?-?in|sign ?-?in|log ?-?on|sign ?-?on|authenticat|\bsso\b)"""
)
_BLOCK = (
    rb"\bprox(?:y|ies)\b|\bsquid\b|zscaler|forcepoint|websense|blue ?coat|fortiguard|fortigate|netskope|"
    rb"captive ?portal|web ?filter|\bblocked\b|access (?:is |was |has been )?denied|cloudflare|akamai|incapsula|"
    rb"acceptable use|your (?:network )?administrator"
)
_ERROR = (
    rb"<(?:title|h1)[^>]{0,80}>[^<]{0,80}(?:\b[45]\d\d\b|error|not found|forbidden|unauthori[sz]ed|"
    rb"bad gateway|unavailable|time-?out|bad request|maintenance)"
)
_KINDS = (
    ("a login page", re.compile(_LOGIN, re.IGNORECASE)),
    ("a proxy's page or a block page", re.compile(_BLOCK, re.IGNORECASE)),
    ("an error page", re.compile(_ERROR, re.IGNORECASE)),
)


def start_of_xml(text: bytes) -> int:
    """Where a response in XML starts on a later line than the text, or 0."""
    start = _RESPONSE.search(text)
    return start.start(1) if start else 0


def is_markup(text: bytes) -> bool:
    """Whether a text is HTML or XML, or means to be."""
    return _MARKUP.match(text) is not None


def html_page(text: bytes) -> Defect | None:
    """The defect of a capture that is an HTML page (`CAP009`); ``None`` for XML."""
    if not _is_html(text):
        return None
    start = text[:_READ]
    kind = next((kind for kind, pattern in _KINDS if pattern.search(start)), "an HTML page")
    title = _title(start)
    told = f"this is {kind}, not a payload" + (": its title is {}" if title else "")
    lead = text[: len(text) - len(text.lstrip())]
    line, column = lead.count(b"\n") + 1, len(lead) - lead.rfind(b"\n")
    remedy = "Capture the response again, past whatever answered in the API's place."
    return Defect(
        "CAP009", problem((), told, *([title] if title else []), help=remedy), Span(line, column, line, column + 1)
    )


def _is_html(text: bytes) -> bool:
    at = len(text) - len(text.lstrip())
    while True:
        for opening, closing in _SKIPPED:
            if text.startswith(opening, at):
                end = text.find(closing, at)
                if end < 0:
                    return False
                at = end + len(closing)
                break
        else:
            break
        while text[at : at + 1].isspace():
            at += 1
    if _DOCTYPE_HTML.match(text, at):
        return True
    name = _NAME.match(text, at)
    return name is not None and name[1].lower() in _HTML_ROOTS


def _title(page: bytes) -> str:
    from html import unescape

    lower = page.lower()
    tag = lower.find(b"<title")
    start = lower.find(b">", tag) + 1
    end = lower.find(b"</title", start)
    if tag < 0 or not start or end < 0:
        return ""
    return " ".join(unescape(page[start:end].decode("utf-8", "replace")).split())
