"""A payload as a tree to the tree of its copy: documented fields alone, each through what is known of it.

A value keeps its JSON type wherever it stands, right or wrong, so that the schema says the same of the copy.
Numbers, booleans and null pass; a string passes only through the function of its field; what is not
documented is left out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from math import isinf
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args, is_typeddict

from sessionlint.document import Json
from sessionlint.finding import Path
from sessionlint.payload import (
    Browser,
    Coordinates,
    Hop,
    Network,
    NetworkProfile,
    Page,
    Ping,
    Proxy,
    ProxyProfile,
    Session,
    Traceroute,
    WirelessProfile,
    fields_of,
)
from sessionlint.recognise import Part, parts
from sessionlint.share import vocabulary as known
from sessionlint.share.addresses import AddressPseudonyms
from sessionlint.share.coordinates import coarsened
from sessionlint.share.errors import ErrorTexts
from sessionlint.share.hosts import HostPseudonyms
from sessionlint.share.ids import IdPseudonyms
from sessionlint.share.pseudonyms import Pseudonyms
from sessionlint_rules.addresses import parse_address, parse_mask, parse_prefix, parse_range

What: TypeAlias = Literal[
    "addresses",
    "AS numbers",
    "BSSIDs",
    "SSIDs",
    "agent ids",
    "session ids",
    "sites",
    "host names",
    "links",
    "page titles",
    "page ids",
    "organizations",
    "locations",
    "coordinates",
    "error texts",
    "other texts",
]
"""Kinds of values that are altered."""
WHATS: Final[tuple[What, ...]] = get_args(What)

UNDOCUMENTED: Final = "undocumented field"
MADE_UP: Final = "value that the broken text did not hold"

_MOST_ENTRIES: Final = 1000
_WRONG_TEXT: Final = "text"
"""In the place of a string where another type is documented."""

_Field: TypeAlias = tuple[type[Any], str]
"""A kind of object, and the name of one of its fields."""
_Rewrite: TypeAlias = Callable[[str, Mapping[str, Any]], str]
"""From a string, and the object that it is in, to the string of the copy."""


class Change(NamedTuple):
    """One value that is another one in the copy."""

    what: What
    original: str
    made: str


class Rewriter:
    """Makes the trees of copies under one key, and remembers what it did until somebody clears it.

    ``on_session`` is called with each session that is made, so that what was done need not be kept for longer.
    """

    def __init__(self, key: bytes, on_session: Callable[[Json], None] | None = None) -> None:
        self._on_session = on_session
        self._pseudonyms = pseudonyms = Pseudonyms(key)
        self.addresses = AddressPseudonyms(pseudonyms)
        self._ids = IdPseudonyms(pseudonyms)
        self._hosts = HostPseudonyms(pseudonyms, self.addresses, self._ids)
        self._errors = ErrorTexts(pseudonyms, self._hosts)
        self._source = ""
        """The source address of the session at hand."""
        self._made_up: frozenset[Path] = frozenset()
        self.changes: list[Change] = []
        self.kept: list[str] = []
        """Strings that stayed as they are, or in part."""
        self.left_out: Counter[str] = Counter()
        """Values that are not in the copy, by reason."""
        self._texts = self._text_fields()
        self._numbers: dict[_Field, tuple[What, Callable[[Any], Any]]] = {
            (Hop, "asn"): ("AS numbers", self._asn),
            (Coordinates, "latitude"): ("coordinates", lambda value: coarsened(value, 90)),
            (Coordinates, "longitude"): ("coordinates", lambda value: coarsened(value, 180)),
        }

    def _text_fields(self) -> dict[_Field, tuple[What, _Rewrite]]:
        """For each documented string what it is, and what becomes of it."""
        address: tuple[What, _Rewrite] = ("addresses", lambda text, _: self._address(text))
        return {
            (Session, "userSessionId"): ("session ids", lambda text, _: self._ids.session(text)),
            (Session, "agentId"): ("agent ids", lambda text, _: self._ids.agent(text)),
            (Session, "date"): self._kept_if(known.is_date, "time"),
            (Session, "committed"): self._kept_if(known.is_date, "time"),
            (Session, "sourceAddr"): address,
            (Session, "orgName"): self._kept_if(known.one_of(""), "organization", "organizations"),
            (Session, "visitedSite"): ("sites", lambda text, _: self._hosts.site(text)),
            (Session, "protocol"): self._kept_if(known.is_protocol, "protocol"),
            (Session, "permalink"): ("links", lambda text, _: self._link(text)),
            (Browser, "name"): self._kept_if(known.is_browser, "browser"),
            (Browser, "version"): self._kept_if(_is_browser_version, "version"),
            (Coordinates, "location"): self._kept_if(known.one_of(""), "location", "locations"),
            (Page, "id"): self._kept_if(known.is_page_id, "page", "page ids"),
            (Page, "title"): self._kept_if(known.one_of(""), "title", "page titles"),
            (Page, "startedDateTime"): self._kept_if(known.is_date, "time"),
            (Network, "errors"): ("error texts", lambda text, _: self._errors.entry(text)),
            (Ping, "error"): ("error texts", lambda text, _: self._errors.text(text)),
            (Traceroute, "error"): ("error texts", lambda text, _: self._errors.text(text)),
            (Traceroute, "destination"): address,
            (Hop, "ipAddress"): address,
            (Hop, "name"): ("host names", lambda text, _: self._hosts.host(text)),
            (Hop, "prefix"): address,
            (Hop, "mpls"): self._kept_if(known.is_mpls, "mpls"),
            (NetworkProfile, "dnsServers"): address,
            (NetworkProfile, "gateway"): address,
            (NetworkProfile, "hardwareType"): self._kept_if(known.is_hardware, "hardware"),
            (NetworkProfile, "interfaceName"): ("other texts", lambda text, _: self._hosts.interface(text)),
            (NetworkProfile, "ipAddress"): address,
            (NetworkProfile, "localPrefix"): ("addresses", self._local_prefix),
            (NetworkProfile, "publicIpAddress"): address,
            (NetworkProfile, "publicIpRange"): ("addresses", self._range),
            (NetworkProfile, "subnetMask"): self._kept_if(_is_mask, "mask"),
            (NetworkProfile, "type"): self._kept_if(known.is_interface_type, "type"),
            (ProxyProfile, "method"): self._kept_if(known.is_proxy_method, "method"),
            (Proxy, "bypass"): ("host names", lambda text, _: self._bypass(text)),
            (Proxy, "proxy"): ("host names", lambda text, _: text if known.is_proxy(text) else self._hosts.site(text)),
            (WirelessProfile, "bssid"): ("BSSIDs", lambda text, _: self._bssid(text)),
            (WirelessProfile, "phyMode"): self._kept_if(known.is_wireless_standard, "mode"),
            (WirelessProfile, "ssid"): self._kept_if(known.is_ssid_withheld, "ssid", "SSIDs"),
            (WirelessProfile, "vendor"): self._kept_if(known.is_vendor, "vendor"),
        }

    # The walk: along documented objects, which nest a few levels deep.

    def rewritten(self, tree: Json, made_up: frozenset[Path] = frozenset()) -> Json:
        """The tree of the copy; what is at the places ``made_up`` is left out. ``None`` for what is no payload."""
        payload = parts(tree)
        if not payload:
            return None
        self._made_up = made_up
        if payload[0].path == ():
            return self._part(payload[0])
        return [self._part(part) for part in payload]

    def items(self, parts: Iterable[Part], made_up: frozenset[Path] = frozenset()) -> list[Json]:
        """What becomes of the items in a stretch of a long response or list; of what is around them, nothing stays."""
        self._made_up = made_up
        made = [(part.path, self._part(part)) for part in parts]
        return [each for path, each in made if path]

    def _part(self, part: Part) -> Json:
        if not isinstance(part.tree, dict):
            return self._instead(part.tree)
        return self._object(part.kind, part.tree, part.path)

    def _object(self, kind: type[Any], node: Mapping[str, Any], path: Path) -> dict[str, Any]:
        if kind is Session:
            source = node.get("sourceAddr")
            self._source = source if isinstance(source, str) else ""
            round_id = node.get("roundId")
            is_number = isinstance(round_id, (int, float)) and not isinstance(round_id, bool)
            self._ids.round_id = round_id if is_number else None
            self.kept += [str(round_id)] * is_number  # ids and links repeat it
        made = {}
        fields = fields_of(kind)
        for name, value in node.items():
            if name not in fields:
                self.left_out[UNDOCUMENTED] += 1
            elif self._made_up and (*path, name) in self._made_up:
                self.left_out[MADE_UP] += 1
            elif isinstance(value, list):
                made[name] = [
                    self._value((kind, name), fields[name][0], item, node, (*path, name, index))
                    for index, item in enumerate(value)
                ]
            else:
                made[name] = self._value((kind, name), fields[name][0], value, node, (*path, name))
        if kind is Session and self._on_session:
            self._on_session(made)
        return made

    def _value(self, field: _Field, hint: Any, value: Json, node: Mapping[str, Any], path: Path) -> Json:
        """One value of a field, or one item of it: a list may stand where none is documented, or lack where one is."""
        if value is None or isinstance(value, bool):
            return value
        if is_typeddict(hint):
            return self._object(hint, value, path) if isinstance(value, dict) else self._instead(value)
        if hint is str:
            return self._text(*self._texts[field], value, node) if isinstance(value, str) else self._instead(value)
        if isinstance(value, str):
            return self._quoted(field, hint, value)
        if isinstance(value, (int, float)):
            return self._instead(value) if hint is bool else self._number(field, value)
        return self._instead(value)

    def _text(self, what: What, rewrite: _Rewrite, value: str, node: Mapping[str, Any]) -> str:
        self._errors.replaced.clear()
        self._errors.kept.clear()
        made = rewrite(value, node)
        if what == "error texts":
            # Of an error text, only the words that were replaced are altered.
            for word in self._errors.replaced:
                self.changes.append(Change(what, word, made))
            self.kept.append(" ".join(self._errors.kept) if self._errors.replaced else value)
        elif (
            made == value
            and (what in ("other texts", "page ids") or known.is_nobodys(value))
            and (what != "addresses" or value in ("", "*"))
        ):
            self.kept.append(value)
        else:
            self.changes.append(Change(what, value, made))
        return made

    def _number(self, field: _Field, value: float) -> float:
        entry = self._numbers.get(field)
        if entry is None:
            return value
        what, rewrite = entry
        made: float = rewrite(value)
        if made != value:
            self.changes.append(Change(what, repr(value), repr(made)))
        return made

    def _quoted(self, field: _Field, hint: Any, text: str) -> str:
        """A string where a number or a boolean is documented."""
        if hint is not bool and known.is_number(text):
            value = float(text)
            if field not in self._numbers or isinf(value):
                return text
            return repr(self._number(field, int(value) if value.is_integer() else value))
        if known.is_boolean(text):
            return text
        self.changes.append(Change("other texts", text, _WRONG_TEXT))
        return _WRONG_TEXT

    def _instead(self, value: Json) -> Json:
        """What takes the place of a value of a type that is not documented there: an empty one of the same."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            self.changes.append(Change("other texts", value, _WRONG_TEXT))
            return _WRONG_TEXT
        if isinstance(value, (int, float)):
            self.changes.append(Change("other texts", repr(value), "0"))
            return 0
        if value:
            self.left_out[UNDOCUMENTED] += 1
        return [] if isinstance(value, list) else {}

    # What becomes of the fields that need more than a function of their own.

    def _kept_if(
        self, is_harmless: Callable[[str], bool], label: str, what: What = "other texts"
    ) -> tuple[What, _Rewrite]:
        return what, lambda text, _: text if is_harmless(text) else self._pseudonyms.named(label, text)

    def _address(self, text: str) -> str:
        if text in ("", "*"):
            return text
        return self._hosts.address(text) or self.addresses.prefix(text) or self._no_address(text)

    def _no_address(self, text: str) -> str:
        """What is no address, and does not become one: the host in it, or else a word."""
        made = self._hosts.site(text)
        is_one = parse_address(made) or parse_prefix(made) or parse_mask(made) or parse_range(made)
        return self._pseudonyms.named("invalid", text) if is_one else made

    def _local_prefix(self, text: str, profile: Mapping[str, Any]) -> str:
        mask = profile.get("subnetMask")
        if isinstance(mask, str) and "%" not in text and (made := self.addresses.network(text, mask)):
            return made
        return self._address(text)

    def _range(self, text: str, profile: Mapping[str, Any]) -> str:
        public = profile.get("publicIpAddress")
        others = (self._source, public if isinstance(public, str) else "")
        made = self.addresses.range(text, others) if "%" not in text else None
        if made is not None:
            return made
        return self._pseudonyms.named("invalid", text) if "-" in text else self._address(text)

    def _bssid(self, text: str) -> str:
        if known.is_bssid_withheld(text):
            return text
        return self.addresses.bssid(text) or self._pseudonyms.named("invalid", text)

    def _bypass(self, text: str) -> str:
        entries = map(str.strip, text.split(";", _MOST_ENTRIES))
        return ";".join(
            entry if known.is_bypass(entry) else self.addresses.prefix(entry) or self._hosts.site(entry)
            for entry in entries
        )

    def _link(self, text: str) -> str:
        return self._hosts.link(text) or (text and self._pseudonyms.named("invalid", text))

    def _asn(self, value: float) -> float:
        whole = int(value)
        made = self.addresses.asn(whole)
        if isinstance(value, int):
            return made
        return float(made) if value == whole else made + 0.5


def _is_mask(text: str) -> bool:
    """Whether a text is a mask, one upside down, or a number of bits that no family has."""
    if parse_mask(text) or (text.isascii() and text.isdigit() and len(text) <= 3) or not text:
        return True
    address = parse_address(text)
    if address is None or address.version != 4:
        return False
    return address.number & (address.number + 1) == 0


def _is_browser_version(text: str) -> bool:
    numbers = text.split(".")
    return not text or (known.is_version(text) and (len(numbers) < 4 or any(int(number) > 255 for number in numbers)))
