"""Texts that stay as they are, because they come from small vocabularies and name nobody.

What is not here is not passed through. Comparisons leave case aside, but for `is_date` and the like.
"""

import re
from collections.abc import Callable
from typing import Final

from sessionlint_rules.network_profile import HARDWARE, WITHHELD


def one_of(*texts: str) -> Callable[[str], bool]:
    """Whether a text is one of these, case aside."""
    known = frozenset(texts)
    return lambda text: text.lower() in known


def of_form(pattern: str) -> Callable[[str], bool]:
    """Whether a text is of this form as a whole, case aside."""
    expression = re.compile(pattern, re.IGNORECASE | re.ASCII)
    return lambda text: expression.fullmatch(text) is not None


is_hardware = one_of("", *HARDWARE)
is_interface_type = one_of("", *HARDWARE, "wi-fi", "wifi", "wlan", "ieee80211", "ppp", "tunnel", "cellular", "bridge")
is_protocol = one_of("", "http", "https", "http/1.0", "http/1.1", "http/2", "http/3", "h2", "ftp", "ws", "wss", "file")
is_proxy_method = one_of("", "system", "manual", "automatic", "auto", "pac", "wpad", "direct", "none", "environment")
is_proxy = one_of("", "direct", "<direct>", "direct://")
is_bypass = one_of("", "*", "<local>", "*.local", "localhost", "169.254/16", "127.0.0.1", "127.*", "::1")
is_browser = one_of(
    *("", "chrome", "google chrome", "chromium", "edge", "microsoft edge", "firefox", "mozilla firefox", "safari"),
    *("internet explorer", "opera", "brave", "vivaldi"),
)
is_vendor = one_of(
    *("", "unknown", "cisco", "cisco systems", "cisco meraki", "meraki", "aruba", "aruba networks", "ubiquiti"),
    *("ubiquiti networks", "ruckus", "ruckus wireless", "netgear", "tp-link", "apple", "intel", "broadcom", "qualcomm"),
    *("atheros", "realtek", "mediatek", "marvell", "huawei", "juniper", "mist", "mist systems", "fortinet", "extreme"),
    *("extreme networks", "aerohive", "asus", "d-link", "linksys", "belkin", "avm", "zyxel", "mikrotik", "google"),
    *("eero", "sagemcom", "arris", "technicolor", "motorola", "samsung", "xiaomi", "zte", "nokia", "hewlett packard"),
)
is_ssid_withheld = one_of("", *(f"<{text}>" for text in (*WITHHELD, "unknown ssid")))


def is_bssid_withheld(text: str) -> bool:
    """Whether a BSSID is none, for the user did not let the agent know it."""
    return len(text) <= _LONGEST_WITHHELD and text.lower().strip("<>()[] ") in WITHHELD


_LONGEST_WITHHELD: Final = 20

is_version = of_form(r"[0-9]{1,5}(\.[0-9]{1,6}){0,3}")
_WIRELESS: Final = "(a|b|g|n|ac|ad|af|ah|ax|ay|be|bn)"
is_wireless_standard = of_form(rf"|802\.11({_WIRELESS}(/{_WIRELESS}){{0,5}})?")
is_interface_name = of_form(
    r"|(en|eth|em|wlan|wl|wlp|enp|eno|ens|lo|utun|tun|tap|ppp|bridge|awdl|llw|ap|wifi|ipsec|usb|wwan|rmnet)"
    r"[0-9]{0,3}(s[0-9]{1,3})?|[0-9]{1,3}|wi-fi|ethernet"
)
is_page_id = of_form(r"|page_[0-9]{1,6}")
is_date = of_form(
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
is_number = of_form(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?(E[+-]?[0-9]{1,3})?")
is_boolean = one_of("true", "false", "yes", "no")
is_time = of_form(r"|0{0,3}1[0-9]{9}([0-9]{3}){0,3}")
"""Seconds since the epoch, from 2001 to 2033, or thousandths of them, and so on. Other numbers may be somebody's."""
is_mpls = of_form(r"|L=[0-9]{1,10},E=[0-9]{1,10},S=[0-9]{1,10},T=[0-9]{1,10}")

KEPT_ENDS: Final = frozenset({"local", "localhost", "internal", "lan", "home", "arpa", "invalid", "test", "example"})
"""Top-level domains that nobody's name ends in, or everybody's."""
SCHEMES: Final = frozenset({"http", "https", "ftp", "ws", "wss", "socks", "socks4", "socks5"})
_WITH_LETTERS: Final = re.compile(r"\b[\d_]*+[^\W\d_]\w*+")
_NOBODYS: Final = {
    *(*KEPT_ENDS, *SCHEMES, "www", "direct", "roundid", "__aid", "ssid", "ff"),
    *_WITH_LETTERS.findall(" ".join(WITHHELD)),
}


def is_nobodys(text: str) -> bool:
    """Whether all words of a text are such as hosts, links and interfaces have everywhere; digits are not looked at."""
    return all(word in _NOBODYS or is_interface_name(word) for word in _WITH_LETTERS.findall(text.lower()))


TESTS: Final = frozenset({"ping", "gatewayping", "traceroute", "connect", "dns", "http"})
"""What an entry of `errors` begins with."""

_WORDS: Final = """
    a abort aborted access accessible address administratively all allowed already an and answer answered any
    are as at available bad be because been before being blocked broken buffer but by bytes can cannot canceled
    cancelled certificate close closed code complete completed connect connected connecting connection
    could couldn't data denied destination did didn't disabled discarded dns down dropped due echo empty end error
    errors exceeded exist expired fail failed fails failure family filtered find for found fragmentation from
    gateway get getting got handshake has have host icmp id in incomplete initialize input internal interrupted
    invalid io ip ipv4 ipv6 is it large layer life limit link live local lookup lost ms name names need needed
    network no nodename non none nor not null of on only open operation option or out output packet packets permission
    permitted ping pipe policy port prohibited protocol provided proxy read reached receive received recv refused rejected
    reply replies request requests reset resolution resolve resolved resolving resource response responding
    retries route router routing rst seconds send sending sent server servname session set sock socket ssl
    started state status stopped supported syn system target tcp temporarily temporary test than the this time
    timed timeout timeouts times tls to too transit traceroute ttl type udp unable unavailable unexpected unknown
    unreachable unreached unresolved until up valid version via waiting was we were while with without write wrong
"""
HARMLESS_WORDS: Final = frozenset(_WORDS.split())
"""Words of error messages. A text of these alone says what failed, not where."""
