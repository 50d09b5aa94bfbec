"""Whatever a payload holds, rules and verdicts say of its copy what they said of it, and nothing comes through."""

from copy import deepcopy
from itertools import product
from typing import Any, get_args, get_origin, is_typeddict

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sessionlint.capture import Capture
from sessionlint.decode import Undecodable, decode
from sessionlint.engine import Engine, Options
from sessionlint.linter import examine
from sessionlint.payload import Session, UserSessions, fields_of
from sessionlint.rule import registry
from sessionlint.share.compare import Comparison, Said, Source, said
from sessionlint.share.rewrite import MADE_UP, UNDOCUMENTED, Rewriter
from sessionlint.share.serialise import as_json, as_xml
from sessionlint_rules.diagnosis import DEFAULTS
from support import SOUND, at, sound
from support_findings import HOSTILE
from support_xml import to_xml

REWRITER = Rewriter(b"a key of the tests")
ENGINE = Engine(Options(frozenset(registry()) - {"DIA100"}, lines=False))


def said_of(data: bytes) -> Said:
    return said(examine(ENGINE, Capture("a", data)), DEFAULTS)


def rewritten(payload: Any) -> Any:
    for done in (REWRITER.changes, REWRITER.kept, REWRITER.left_out):
        done.clear()
    return REWRITER.rewritten(payload)


def unexpected(payload: Any) -> list[tuple[str, int, int]]:
    """What rules and verdicts say of a payload and not of its copy, or the reverse, that should not be so."""
    copy = rewritten(payload)
    comparison = Comparison()
    source = Source(
        said_of(orjson.dumps(payload)), is_xml=False, is_broken=False, lacks_fields=UNDOCUMENTED in REWRITER.left_out
    )
    comparison.add(source, said_of(as_json(copy)))
    return [(each.rule, each.lost, each.new) for each in comparison.differences() if not each.reason]


def places(kind: Any, value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every documented place of a payload that is there."""
    found = [path]
    if is_typeddict(kind):
        for name, hint in kind.__annotations__.items():
            if name in value:
                found += places(hint, value[name], (*path, name))
    elif get_origin(kind) is list:
        for index, item in enumerate(value):
            found += places(get_args(kind)[0], item, (*path, index))
    return found


PLACES = places(UserSessions, SOUND)[1:]

ADDRESSES = [
    *("84.255.241.1", "10.0.0.13", "10.0.1.1", "100.64.3.7", "192.168.1.1", "127.0.0.1", "0.0.0.0", "255.255.255.255"),
    *("2a00:1450:4001:80f::200e", "fe80::1%en0", "fe80::1%acme0", "2001:db8::13", "::ffff:84.255.241.1", "::", "::1"),
    *("64:ff9b:1::a00:1", "64:ff9b::54ff:f101", "fd00::1", "10.0.0.256", "8.8.8.8, 8.8.4.4", "84.255.241.1:443", "*", ""),
    *("router.local", "84.255.241.0/24", "84.255.241.1/24", "89.210.0.0/18", "0.0.0.0/0", "89.210.0.0/33", "89.210.0.0/"),
    *("84.255.241.0-84.255.241.255", "84.255.240.0-84.255.241.0", "84.255.241.255-84.255.241.0", "2001:db8::-2001:db8::ffff"),
    *("84.255.241.0-2001:db8::ff", "1.0.0.0-200.0.0.0", "84.255.241.1-84.255.241.1", "a-b", "[::1]", "10.0.0.1 ", "-"),
]  # fmt: skip
TEXTS = [
    *("07625:1490529540:h3qJQTpl", "07625::h3qJQTpl", "07625:01490529480:h3qJQTpl", "::", "a:b", "a:b:c:d", "0:1490529480:x"),
    *("7625:1490529480:a", "2017-02-30 11:58:43", "2017-03-26T11:58:43Z", "1970-01-01 00:00:12", "2009-12-31 23:59:59"),
    *("https://app.thousandeyes.com/view/endpoint-agent/?roundId=1490529540&__aid=7626", "https:///x", "ftp://a/"),
    *("https://u:p@acme.example/?roundId=x&__aid=%37625", "http://[2001:db8::1]:8080/?__aid=0&roundId=", "HTTPS://a?__aid=7625"),
    *("https://a/#&__aid=1", "https://@/", "https://a b/", "https://www.thousandeyes.com", "www.thousandeyes.com/"),
    *("www.thousandeyes.com:443", "www.thousandeyes.com ", "user@host", "intranet", "build_server.example.com", "a:b:c"),
    *("[2001:db8::20]", "[x]", "localhost", "xn--bcher-kva.example", "a.b.c.d.", "." * 40, "a\u00a0b", "a\\b", "a?b#c", "//"),
    *("ping: Request timed out before getting response", "connect: Connection refused", " connect: x", "Connect: x", "x:"),
    *("traceroute: no route to gw.acme.com (10.0.0.1)", "gatewayPing:", "Ping : Request timed out", " ", "\u3000", "PING"),
    *("4c:ba:ba:f4:fa", "4C-BA-BA-F4-FA-FA", "4c:b:0:f4:fa:fa", "4c:ba:ba:xx:xx:xx", "<redacted>", "hidden", "4cba.baf4.fafa"),
    *("255.255.255.0", "255.255.254.0", "0.0.0.255", "255.0.255.0", "24", "/24", "129", "ffff:ffff::", "255.255.255.248"),
    *("L=1,E=0,S=0,T=1", "L=1048576,E=0,S=1,T=1", "L=1,E=0,S=1,T=1", "301472", "page_0", "PAGE_0", "page_99999999"),
    *("Wireless", "WIRELESS", "Ethernet", "Loopback", "Virtual", "WiFi", "HTTP/1.1", "http", "443", "443.5", "-1", "1e999"),
    *("true", "<direct>", "proxy.acme.com:8080", "http://u:p@10.0.0.1:3128/", "*.acme.com;10.0.0.0/8", "NaN", "57.0", "10.1"),
    *(text for name, text in HOSTILE.items() if name != "lone surrogate"),  # decode lets none through
]  # fmt: skip
STRINGS = st.sampled_from(ADDRESSES + TEXTS) | st.text(max_size=12).filter(lambda text: text.isprintable())
NUMBERS = st.sampled_from(
    [0, 1, -1, 2.5, 443.0, 64512, 23456, 4294967295, 4294967296, 90.5, -180, 180, 1490529480000, 65536, 1e300, 0.5, 101]
) | st.integers(-5, 300)
SCALARS = STRINGS | NUMBERS | st.booleans() | st.none()
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.sampled_from(["new", "error", "hop"]), SCALARS)


def changed(payload: Any, path: tuple[Any, ...], value: Any) -> None:
    holder = payload
    for step in path[:-1]:
        try:
            holder = holder[step]
        except (LookupError, TypeError):
            return  # an earlier change took the place away
    is_there = isinstance(holder, list) and path[-1] in range(len(holder))
    if is_there or isinstance(holder, dict):
        holder[path[-1]] = value


def texts_of_sound() -> list[tuple[tuple[Any, ...], str]]:
    found = []
    for path in PLACES:
        value: Any = SOUND
        for step in path:
            value = value[step]
        if isinstance(value, str):
            found.append((path, value))
    return found


STRING_PLACES = texts_of_sound()
CHANGES = (
    st.tuples(st.sampled_from([path for path, _ in STRING_PLACES]), STRINGS)
    | st.tuples(st.sampled_from(PLACES), VALUES)
    | st.tuples(st.sampled_from(["ping", "gatewayPing", "traceroute"]), st.dictionaries(st.just("error"), STRINGS)).map(
        lambda pair: (("userSessions", 0, "network", pair[0]), pair[1])
    )
    | st.lists(STRINGS | st.none(), max_size=3).map(lambda errors: (("userSessions", 0, "network", "errors"), errors))
)


@st.composite
def payloads(draw: st.DrawFn) -> Any:
    payload = deepcopy(SOUND)
    for path, value in draw(st.lists(CHANGES, min_size=1, max_size=4)):
        changed(payload, path, deepcopy(value))
    return payload


@settings(deadline=None)
@given(payloads())
def test_rules_and_verdicts_say_the_same_of_a_copy(payload: Any) -> None:
    if not isinstance(payload.get("userSessions"), list):
        payload = {"userSessions": payload.get("userSessions")}
    assert unexpected(payload) == []


DIFFERENT_PLACES = {tuple(step for step in path if isinstance(step, str)): path for path, _ in STRING_PLACES}


@pytest.mark.parametrize("path", DIFFERENT_PLACES.values(), ids=map("/".join, DIFFERENT_PLACES))
def test_every_text_at_every_place(path: tuple[Any, ...]) -> None:
    told = {}
    for text in dict.fromkeys(ADDRESSES + TEXTS):
        payload = deepcopy(SOUND)
        changed(payload, path, text)
        if difference := unexpected(payload):
            told[text] = difference
    assert told == {}


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


MARK = "zqxacmezqx"  # no word of ours has these letters


@pytest.mark.parametrize(
    "shape", ["{}", "www.{}.com", "https://{}@{}.com/{}?{}={}#{}", "a:{}:b", "{} timed out", "10.0.0.1%{}", "{}/24", "ping: {}"]
)  # fmt: skip
def test_nothing_comes_through_at_any_place(shape: str) -> None:
    text = shape.replace("{}", MARK)
    for path, value in product(PLACES, (text, [text], {"name": text, text: 1})):
        payload = deepcopy(SOUND)
        changed(payload, path, value)
        copy = rewritten(payload)
        data = as_json(copy) if copy is not None else b""
        assert MARK.encode() not in data
        assert copy is None or MARK.encode() not in as_xml(copy)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=list(HOSTILE))
def test_all_that_is_written_is_harmless(hostile: str) -> None:
    for path, _ in STRING_PLACES:
        payload = deepcopy(SOUND)
        changed(payload, path, hostile)
        assert all(text.isascii() and text.isprintable() for text in strings(rewritten(payload)))


@given(payloads())
@example({"userSessions": [{"userSessionId": "1"}]})
def test_xml_is_written_so_that_it_is_read_as_the_same_tree(payload: Any) -> None:
    if not isinstance(payload.get("userSessions"), list):
        return
    try:
        data = to_xml(payload)
    except (TypeError, ValueError):
        return  # a list of lists, or a character that XML does not have: it has no twin
    before = decode(data)
    assert not isinstance(before, Undecodable)
    copy = rewritten(before.tree)
    after = decode(as_xml(copy))
    assert not isinstance(after, Undecodable)
    assert after.tree == copy or any(part in ({}, []) for part in containers(copy))


def containers(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for item in inner for each in containers(item)] + ([value] if isinstance(value, dict | list) else [])


def test_every_documented_string_has_a_function_of_its_own() -> None:
    documented = set()
    kinds = [UserSessions]
    while kinds:
        kind = kinds.pop()
        for name, (item, _) in fields_of(kind).items():
            if is_typeddict(item):
                kinds.append(item)
            elif item is str:
                documented.add((kind, name))
    assert set(REWRITER._texts) == documented


@pytest.mark.parametrize(
    ("pointer", "value", "expected"),
    [
        ("agentId", "3FDE6422-F119-40E1-AE32-D08A1243C038", r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-A[0-9A-F]{3}-[0-9A-F]{12}"),
        ("agentId", "00000000-0000-0000-0000-000000000000", r"0{8}-0{4}-0{4}-0{4}-0{12}"),
        ("agentId", "laptop of John", r"agent-[0-9a-f]{12}"),
        ("userSessionId", "07625:1490529480:h3qJQTpl", r"0[1-9][0-9]{11}:1490529480:[0-9a-f]{12}"),
        # An account, or whatever else is a number, where the round should be.
        ("userSessionId", "1490529480:07625:h3qJQTpl", r"[1-9][0-9]{11}:round-[0-9a-f]{12}:[0-9a-f]{12}"),
        ("userSessionId", "07625:1490529480000:h3qJQTpl", r"0[1-9][0-9]{11}:1490529480000:[0-9a-f]{12}"),
        ("permalink", "https://acme.com/?roundId=7625", r"https://h[0-9a-f]{12}\.example/\?roundId=round-[0-9a-f]{12}"),
        ("visitedSite", "mail.acme.com", r"h[0-9a-f]{12}\.h[0-9a-f]{12}\.example"),
        ("visitedSite", "www.acme.com", r"www\.h[0-9a-f]{12}\.example"),
        ("visitedSite", "printer.local", r"h[0-9a-f]{12}\.local"),
        ("visitedSite", "https://u:p@acme.com:8443/x?y", r"https://h[0-9a-f]{12}\.example:8443/"),
        ("permalink", "https://acme.com/a/b?token=x&roundId=1490529480&__aid=7625#c", r"https://h[0-9a-f]{12}\.example/\?roundId=1490529480&__aid=[0-9]{12}"),
        ("visitedSite", "intranet", r"h[0-9a-f]{12}"),
        ("visitedSite", "[2001:db8::20]:8443", r"\[2001:db8:[0-9a-f:]+\]:8443"),
        ("network/traceroute/hops/0/name", "10.0.0.1", r"10\.[0-9.]+"),
        ("network/traceroute/hops/0/name", "10.0.0.0/8", r"10\.0\.0\.0/8"),
        ("network/traceroute/hops/0/name", "rack7/port3", r"h[0-9a-f]{12}"),
        ("browser/name", "Google Chrome", "Google Chrome"),
        ("browser/name", "Chrome of John", r"browser-[0-9a-f]{12}"),
        ("browser/version", "57.0.2987.98", "57.0.2987.98"),
        ("browser/version", "84.255.241.1", r"version-[0-9a-f]{12}"),
        ("browser/version", "84.255.241.1.443", r"version-[0-9a-f]{12}"),
        ("browser/version", "084.255.241.001", r"version-[0-9a-f]{12}"),
        ("pages/0/title", "Salaries 2024", r"title-[0-9a-f]{12}"),
        ("pages/0/title", "", ""),
        ("network/networkProfile/interfaceName", "en0", "en0"),
        ("network/networkProfile/interfaceName", "acmevpn", r"if-[0-9a-f]{12}"),
        ("network/networkProfile/gateway", "fe80::1%acmevpn", r"fe[89ab][0-9a-f:]+%if-[0-9a-f]{12}"),
        ("network/networkProfile/subnetMask", "0.0.0.255", "0.0.0.255"),
        ("network/networkProfile/subnetMask", "84.255.241.1", r"mask-[0-9a-f]{12}"),
        ("network/networkProfile/wirelessProfile/ssid", "Hidden", r"ssid-[0-9a-f]{12}"),
        ("network/networkProfile/wirelessProfile/phyMode", "802.11ac/n", "802.11ac/n"),
        ("network/networkProfile/wirelessProfile/phyMode", "802.11jo/hn", r"mode-[0-9a-f]{12}"),
        ("network/networkProfile/wirelessProfile/vendor", "Cisco", "Cisco"),
        ("network/networkProfile/wirelessProfile/vendor", "Acme", r"vendor-[0-9a-f]{12}"),
        ("network/networkProfile/proxyProfile/proxies/0/proxy", "http://u:p@proxy.acme.com:3128", r"http://h[0-9a-f]{12}\.h[0-9a-f]{12}\.example:3128"),
        ("network/networkProfile/proxyProfile/proxies/0/bypass", "*.local;*.acme.com;10.0.0.0/8", r"\*\.local;\*\.h[0-9a-f]{12}\.example;10\.0\.0\.0/8"),
        ("network/traceroute", {"error": "No route to gw.acme.com (10.0.0.1), error 113"}, r"No route to h[0-9a-f]{12}\.h[0-9a-f]{12}\.example \(10\.[0-9.]+\), error 113"),
        ("network/traceroute", {"error": "the user John Doe timed out"}, r"the w[0-9a-f]{12} w[0-9a-f]{12} w[0-9a-f]{12} timed out"),
        ("network/errors", ["ping: error 113 of 84 255 - 241. 1"], r"ping: error 113 of 84 w[0-9a-f]{12} - w[0-9a-f]{12}\. w[0-9a-f]{12}"),
        ("network/errors", ["ping: Request timed out before getting response"], "ping: Request timed out before getting response"),
    ],
)  # fmt: skip
def test_a_text_becomes_one_of_its_kind(pointer: str, value: Any, expected: str) -> None:
    import re

    copy = rewritten(at(pointer, value))
    made: Any = copy["userSessions"][0]
    for step in pointer.split("/"):
        made = made[int(step) if isinstance(made, list) else step]
    made = made["error"] if isinstance(made, dict) else made[0] if isinstance(made, list) else made
    assert re.fullmatch(expected, made)


@pytest.mark.parametrize(
    ("pointer", "value", "expected"),
    [
        ("port", "443", "443"),
        ("port", "secret", "text"),
        ("agentId", 8425524101, 0),
        ("agentId", True, True),
        ("agentId", None, None),
        ("sourceAddr", 1425994753, 0),
        ("browser", "secret", "text"),
        ("browser", [1, 2, None], [0, 0, None]),
        ("port", ["secret", 2, {"a": "secret"}, [3]], ["text", 2, {}, []]),
        ("coordinates/latitude", "1e999", "1e999"),
        ("network/traceroute/hops/1/asn", "1e999", "1e999"),
        ("pages", {"a": 1}, {}),
        ("pages", ["secret", None, 4711], ["text", None, 0]),
        ("coordinates/latitude", "46.05", "46.125"),
        ("coordinates/latitude", 46.125, 45.875),
        ("coordinates/latitude", 90, 89.875),
        ("coordinates/latitude", 90.125, 90.375),
        ("coordinates/longitude", -180.5, -180.375),
        ("coordinates/latitude", 1e308, 1000.125),
        ("coordinates/latitude", 0, 0),
        ("network/icmpBlocked", 4711, 0),
        ("network/icmpBlocked", "true", "true"),
        ("network/icmpBlocked", "4711", "text"),
    ],
)
def test_a_value_keeps_its_type_right_or_wrong(pointer: str, value: Any, expected: Any) -> None:
    made: Any = rewritten(at(pointer, value))["userSessions"][0]
    for step in pointer.split("/"):
        made = made[int(step) if isinstance(made, list) else step]
    assert made == expected
    assert type(made) is type(expected)
    if not isinstance(value, (list, dict)):
        told = (str(value), str(made)) in {(each.original, each.made) for each in REWRITER.changes}
        assert told == (made != value)


@given(st.floats(-1e3, 1e3) | st.sampled_from([-90.0, 90.0, 180.0, -180.0, 0.125, 89.875, -89.875, 90.125, -90.125]))
def test_coarse_coordinates_are_near_and_never_the_same(degrees: float) -> None:
    from sessionlint.share.coordinates import coarsened

    for limit in (90, 180):
        made = coarsened(degrees, limit)
        assert (made == degrees) == (degrees == 0)
        assert abs(made - degrees) <= 0.25
        assert (abs(made) <= limit) == (abs(degrees) <= limit)


@pytest.mark.parametrize("round_id", [7625, 7625.5, 0, 1490529480000])
def test_a_round_that_round_id_tells_stays_whatever_it_is(round_id: float) -> None:
    payload = at("userSessionId", f"07625:0{round_id}:h3qJQTpl", at("roundId", round_id))
    payload = at("permalink", f"https://acme.com/?roundId={round_id}&__aid=7625", payload)
    assert unexpected(payload) == []
    (session,) = rewritten(payload)["userSessions"]
    assert session["permalink"].partition("?roundId=")[2].startswith(f"{round_id}&")


def test_what_is_left_out_is_counted() -> None:
    payload = at("tenant", "acme", at("network/rack", {"a": 1}))
    rewriter = Rewriter(b"a key of the tests")
    copy = rewriter.rewritten(payload, frozenset({("userSessions", 0, "port")}))
    assert "tenant" not in copy["userSessions"][0]
    assert "port" not in copy["userSessions"][0]
    assert rewriter.left_out == {UNDOCUMENTED: 2, MADE_UP: 1}


def test_names_of_one_domain_stay_in_one_domain() -> None:
    made = [
        rewritten(at("visitedSite", name))["userSessions"][0]["visitedSite"]
        for name in ("a.acme.com", "B.ACME.com", "a.acme.org")
    ]
    one, other, third = (name.split(".", 1) for name in made)
    assert one[1] == other[1] != third[1]
    assert len({one[0], other[0], third[0]}) == 3


def test_the_shape_of_sound_is_kept() -> None:
    copy = rewritten(sound())
    assert places(UserSessions, copy) == places(UserSessions, SOUND)
    assert isinstance(copy["userSessions"][0], dict)
    assert set(copy["userSessions"][0]) <= set(Session.__annotations__)
