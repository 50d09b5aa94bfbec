"""Pseudonyms of host names, sites and URLs: names below the same domain stay below the same domain."""

import re
from typing import Final
from urllib.parse import unquote

from sessionlint.share.addresses import AddressPseudonyms
from sessionlint.share.ids import IdPseudonyms
from sessionlint.share.pseudonyms import Pseudonyms
from sessionlint.share.vocabulary import KEPT_ENDS, SCHEMES, is_interface_name

_KEPT_NAMES: Final = frozenset({"", "localhost", "*", "<local>"})
ANY_END: Final = "example"
"""RFC 2606: no host is really called so."""
_MOST_LABELS: Final = 20

_SITE: Final = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]{1,9}://)?(?P<user>[^/\\?#@]*@)?"
    r"(?P<host>\[[^\]/]*\]|[0-9a-f]{0,4}(?::[0-9a-f.]*){2,8}(?:%[0-9a-z._~-]+)?|[^/\\?#@:\x00-\x20\x7f]*)"
    r"(?P<port>:[0-9]{1,5}(?![0-9]))?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_SCHEME: Final = "other://"
_LINK: Final = re.compile(r"https?://[^/?#:@]", re.IGNORECASE)
_UNPRINTABLE: Final = re.compile("[\0-\x20\x7f]")


class HostPseudonyms:
    """Names of hosts, and what holds them, under one key."""

    def __init__(self, pseudonyms: Pseudonyms, addresses: AddressPseudonyms, ids: IdPseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._addresses = addresses
        self._ids = ids

    def address(self, text: str) -> str | None:
        """An address with its zone; ``None`` for what is no address."""
        made = self._addresses.address(text)
        if made is None:
            return None
        _, separator, zone = text.partition("%")
        return made + separator + self.interface(zone)

    def interface(self, name: str) -> str:
        """The name of a network interface: such as every system gives stay."""
        return name if is_interface_name(name) else self._pseudonyms.named("if", name)

    def host(self, text: str) -> str:
        """A name, an address with or without brackets, or a prefix."""
        bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
        made = self.address(bare)
        if made is not None:
            return made if bare is text else f"[{made}]"
        if "/" in text and (made := self._addresses.prefix(text)):
            return made
        return self.name(text)

    def name(self, text: str) -> str:
        """A name label by label from its end: what two names end in alike, their pseudonyms do."""
        lower = text.lower()
        if lower in _KEPT_NAMES:
            return lower
        labels = lower.split(".")
        if len(labels) > _MOST_LABELS:
            return self._label(lower)
        made = []
        for index, label in enumerate(labels):
            is_last = index == len(labels) - 1 or (index == len(labels) - 2 and not labels[-1])
            if label in ("", "*") or (label == "www" and index == 0 and len(labels) > 1):
                made.append(label)
            elif is_last and index:
                made.append(label if label in KEPT_ENDS else ANY_END)
            else:
                made.append(self._label(".".join(labels[index:])))
        return ".".join(made)

    def _label(self, text: str) -> str:
        return f"h{self._pseudonyms.hex('host', text)}"

    def site(self, text: str) -> str:
        """A site or a proxy: a host, and what breaks a rule by standing with it. No user and no path is kept."""
        parts = _SITE.fullmatch(text)
        assert parts is not None  # each part may be empty
        scheme = parts["scheme"] or ""
        if scheme and scheme.lower().removesuffix("://") not in SCHEMES:
            scheme = _OTHER_SCHEME
        host = self.host(parts["host"]) if parts["host"] else ""
        port, rest = parts["port"] or "", parts["rest"]
        end = " " if rest.isspace() else "/" if rest or (parts["user"] and not scheme) else ""
        return f"{scheme}{host}{port}{end}"

    def link(self, text: str) -> str | None:
        """A permalink: of its query the round, and the account as a pseudonym. ``None`` for what is no link."""
        if not _LINK.match(text) or _UNPRINTABLE.search(text):
            return None
        parts = _SITE.fullmatch(text)
        assert parts is not None
        host = self.host(parts["host"]) if parts["host"] else self._label(text)
        query = []
        for name, made in (("roundId", self._ids.round), ("__aid", self._ids.account)):
            if value := re.search(f"[?&]{name}=([^&#]+)", text):
                query.append(f"{name}={made(unquote(value[1]))}")
        question = "?" if query else ""
        return f"{parts['scheme']}{host}{parts['port'] or ''}/{question}{'&'.join(query)}"
