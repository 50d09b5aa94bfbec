"""A copy tells nothing of who, where and whose, and rules and verdicts say of it what they said."""

import errno
import gzip
import io
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

import sessionlint
from sessionlint.capture import Capture
from sessionlint.config import Config
from sessionlint.decode import Undecodable, decode
from sessionlint.intake.files import captures
from sessionlint.linter import examine
from sessionlint.share import text as text_report
from sessionlint.share.archive import Archive, ShareError
from sessionlint.share.command import Shared, read_key, run
from sessionlint.share.compare import Comparison, Said, Source
from sessionlint.share.ids import IdPseudonyms
from sessionlint.share.leaks import LeakCheck, addresses_in
from sessionlint.share.pseudonyms import Pseudonyms
from sessionlint.share.rewrite import Change, Rewriter
from support import EXAMPLES, at, sound
from support_intake import entry, har, response, support_dump, zipped
from support_sessions import AILMENTS, ailing, corpus, healthy
from support_sessions import response as payload_of
from support_xml import to_xml

KEY = b"0123456789abcdef"


def shared(folder: Path, *members: tuple[str, bytes], key: bytes | None = KEY, name: str = "safe.zip") -> Shared:
    """What became of a dump with these members."""
    dump = folder / f"{name}.dump.zip"
    dump.write_bytes(zipped(list(members)))
    return run([str(dump)], str(folder / name), Config(), key)


def contents(path: Path) -> bytes:
    """All bytes of a copy that anybody can read: of the file, and of its members uncompressed."""
    with zipfile.ZipFile(path) as archive:
        return path.read_bytes() + b"\n".join(archive.read(info) for info in archive.infolist())


def members_of(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as archive:
        return [archive.read(info) for info in archive.infolist()]


def tree_of(data: bytes) -> Any:
    document = decode(data)
    assert not isinstance(document, Undecodable)
    return document.tree


def trees(path: Path) -> list[Any]:
    return list(map(tree_of, members_of(path)))


_SENSITIVE = {
    *("userSessionId", "agentId", "sourceAddr", "orgName", "visitedSite", "permalink", "latitude", "longitude"),
    *("location", "title", "gateway", "ipAddress", "localPrefix", "publicIpAddress", "publicIpRange", "bssid", "ssid"),
    *("name", "destination", "prefix", "dnsServers"),
}
_NAMES_NOBODY = {"*", "localhost", "Google Chrome", "Microsoft Edge", "fe80::1%en0", ""}


def secrets_of(value: Any, key: str = "") -> Iterator[str]:
    """Every value of a payload that must not come out."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from secrets_of(inner, name)
    elif isinstance(value, list):
        for item in value:
            yield from secrets_of(item, key)
    elif key in _SENSITIVE and value not in _NAMES_NOBODY:
        yield str(value)
        if key == "permalink":
            yield from re.findall("//([^/]+)/", value)
        if key == "userSessionId":
            yield value.rpartition(":")[2]
        if key in ("prefix", "publicIpRange"):
            yield from re.split("[/-]", value)[:1]


def found(secret: str, data: bytes) -> bool:
    return (
        secret.encode() in data
        and re.search(rb"(?<![0-9A-Za-z.:])" + re.escape(secret.encode()) + rb"(?![0-9A-Za-z:])", data) is not None
    )


def sessions_of_all_kinds() -> list[Any]:
    ill = [ailing(name, Random(f"share:{name}")) for name in AILMENTS]
    return [*ill, *corpus(healthy, 5), *sound()["userSessions"]]


@pytest.mark.parametrize("to_bytes", [orjson.dumps, to_xml], ids=["JSON", "XML"])
def test_no_original_value_is_anywhere_in_a_copy(tmp_path: Path, to_bytes: Any) -> None:
    payloads = [payload_of([each]) for each in sessions_of_all_kinds()]
    suffix = "xml" if to_bytes is to_xml else "json"
    members = [(f"acme-laptop-{index}/a.{suffix}", to_bytes(each)) for index, each in enumerate(payloads)]
    done = shared(tmp_path, *members)
    assert done.payloads == len(payloads)
    data = contents(tmp_path / "safe.zip")
    wanted = {secret for each in payloads for secret in secrets_of(each)}
    assert len(wanted) > 300
    # These sessions use forty of the 256 networks of 192.168/16: the pseudonym of one may be another one.
    came_again = [secret for secret in wanted if found(secret, data)]
    assert [secret for secret in came_again if not secret.startswith("192.168.")] == []
    assert len(came_again) == done.coincidences
    assert b"acme" not in data
    for before, after in zip(payloads, map(tree_of, members_of(tmp_path / "safe.zip")), strict=True):
        assert [secret for secret in secrets_of(before) if secret in set(secrets_of(after))] == []


@pytest.mark.parametrize("number", [7, 30])  # with the first key, a pseudonym is an original
def test_another_key_is_drawn_where_a_pseudonym_happens_to_be_an_original(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    random, drawn = Random(number), list[bytes]()

    def draw(count: int) -> bytes:
        drawn.append(random.randbytes(count))
        return drawn[-1]

    monkeypatch.setattr("secrets.token_bytes", draw)
    payloads = [payload_of([each]) for each in corpus(healthy, 6, seed=number)]
    done = shared(tmp_path, *((f"{index}.json", orjson.dumps(each)) for index, each in enumerate(payloads)), key=None)
    assert (len(drawn), done.coincidences) == (2, 0)
    data = contents(tmp_path / "safe.zip")
    assert [secret for each in payloads for secret in secrets_of(each) if found(secret, data)] == []


@pytest.mark.parametrize("name", sorted(AILMENTS))
def test_rules_and_verdicts_say_the_same(tmp_path: Path, name: str) -> None:
    payload = payload_of([ailing(name, Random(f"{name}:{number}")) for number in range(3)])
    done = shared(tmp_path, ("a.json", orjson.dumps(payload)), ("a.xml", to_xml(payload)))
    assert done.differences == ()
    assert done.unchanged == done.payloads == 2
    assert done.is_as_expected


def test_a_support_dump_is_copied_without_what_is_no_payload(tmp_path: Path) -> None:
    (tmp_path / "dump.zip").write_bytes(support_dump())
    done = run([str(tmp_path / "dump.zip")], str(tmp_path / "safe.zip"), Config())
    assert (done.captures, done.payloads) == (13, 7)
    assert done.unreadable == {"CAP004": 1, "CAP008": 1}
    assert done.skipped == {"another host": 1, "another kind of file": 2, "macOS metadata": 1}
    assert {each.rule for each in done.differences} == {"CAP004", "DIA100", "SCH001", "SCH006"}
    assert done.is_as_expected
    with zipfile.ZipFile(tmp_path / "safe.zip") as archive:
        assert archive.namelist() == [
            *("0001/0001.json", "0002/0001.jsonl", "0002/0002.xml", "0002/0003.json", "0002/0004.json"),
            "0003/0001.json",
        ]
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in archive.infolist())
        assert all(not info.comment and not info.extra for info in archive.infolist())
        assert not archive.comment
        assert len(archive.read("0002/0001.jsonl").splitlines()) == 2
    assert b"h3qJQTpl" not in contents(tmp_path / "safe.zip")


HOSTILE_NAMES = ["../../etc/passwd.json", "/etc/x.json", "C:\\secret\\a.json", "a\x1b[31m.json", "naïve/ключ.json"]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_names_are_not_carried_over(tmp_path: Path, name: str) -> None:
    shared(tmp_path, (name, orjson.dumps(sound())), ("fine.json", orjson.dumps(sound())))
    with zipfile.ZipFile(tmp_path / "safe.zip") as archive:
        assert all(re.fullmatch(r"[0-9]{4}/[0-9]{4}\.json", each) for each in archive.namelist())


def test_of_an_exchange_only_the_body_is_copied(tmp_path: Path) -> None:
    body = orjson.dumps(sound()).decode()
    request = {"headers": [{"name": "Authorization", "value": "Basic c2VjcmV0OnRva2Vu"}]}
    exchange = entry(
        "https://user:t0k3n@api.thousandeyes.com/v6/endpoint-data/user-sessions/1.json?token=s3cr3t",
        text=body,
        request=request,
    )
    dump = response(body.encode(), "Set-Cookie: session=c00k13")
    done = shared(tmp_path, ("a.har", har(exchange)), ("a.http", dump))
    assert done.payloads == 2
    assert "CAP017" in {each.rule for each in done.differences}
    assert done.is_as_expected
    data = contents(tmp_path / "safe.zip")
    for secret in (b"c2VjcmV0", b"t0k3n", b"s3cr3t", b"c00k13", b"Cookie", b"Authorization"):
        assert secret not in data


def test_two_dumps_can_be_joined_with_one_key_and_not_without(tmp_path: Path) -> None:
    member = ("a.json", orjson.dumps(sound()))
    for name, key in (("one.zip", KEY), ("two.zip", KEY), ("three.zip", b"another key, 21 bytes"), ("four.zip", None)):
        shared(tmp_path, member, key=key, name=name)
    one, two, three, four = (trees(tmp_path / f"{name}.zip") for name in ("one", "two", "three", "four"))
    assert one == two
    assert len({orjson.dumps(each) for each in (one, three, four)}) == 3
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_copy_of_a_copy_is_as_good(tmp_path: Path) -> None:
    shared(tmp_path, ("a.json", orjson.dumps(payload_of(corpus(healthy, 3)))))
    done = run([str(tmp_path / "safe.zip")], str(tmp_path / "again.zip"), Config())
    assert done.differences == ()


# What is not written, and when.


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "safe.zip").write_bytes(b"mine")
    with pytest.raises(ShareError, match="is there already"):
        shared(tmp_path, ("a.json", orjson.dumps(sound())))
    assert (tmp_path / "safe.zip").read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["safe.zip", "safe.zip.dump.zip"]


def test_without_a_payload_there_is_no_copy(tmp_path: Path) -> None:
    done = shared(
        tmp_path, ("photo.png", b"\x89PNG\r\n\x1a\n"), ("login.json", b"<!doctype html><title>Sign in</title>")
    )
    assert not done.output
    assert not (tmp_path / "safe.zip").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, ValueError])
def test_a_run_that_ends_early_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("sessionlint.share.command._Copy.compare", fail)
    with pytest.raises(error):
        shared(tmp_path, ("a.json", orjson.dumps(sound())))
    assert [path.name for path in tmp_path.iterdir()] == ["safe.zip.dump.zip"]


@pytest.mark.parametrize("method", ["open", "close"])
def test_a_disk_that_is_full_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    whole = getattr(zipfile.ZipFile, method)
    complaints = [OSError(errno.ENOSPC, "No space left on device")]

    def fail(*arguments: Any, **options: Any) -> Any:
        # Another test's archive may be closed here too, when the interpreter finds it.
        if complaints and str(arguments[0].filename).startswith(str(tmp_path / "safe.zip")):
            raise complaints.pop()
        return whole(*arguments, **options)

    (tmp_path / "a.json").write_bytes(orjson.dumps(sound()))
    monkeypatch.setattr(zipfile.ZipFile, method, fail)
    with pytest.raises(ShareError, match=r"cannot write .*safe\.zip: no space left on device"):
        run([str(tmp_path / "a.json")], str(tmp_path / "safe.zip"), Config())
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def unaltered(_: object, text: str) -> str:
    return text


FAULTS = [
    ("hosts.HostPseudonyms.name", unaltered, "host names"),
    ("hosts.HostPseudonyms.site", unaltered, "sites"),
    ("hosts.HostPseudonyms.link", unaltered, "links"),
    ("ids.IdPseudonyms.agent", unaltered, "agent ids"),
    ("ids.IdPseudonyms.session", unaltered, "session ids"),
    ("addresses.AddressPseudonyms.bssid", unaltered, "BSSIDs"),
    ("pseudonyms.Pseudonyms.named", lambda _, label, text: text, "locations"),
    ("hosts.HostPseudonyms.name", lambda _, text: f"x.{text}", "host names"),
    ("ids.IdPseudonyms.agent", lambda _, text: text.upper().lower() + " ", "agent ids"),
    ("pseudonyms.Pseudonyms.named", lambda _, label, text: f"{label}-{text}", "locations"),
    ("addresses.AddressPseudonyms.bssid", lambda _, text: f"{text}!", "BSSIDs"),
    ("errors.ErrorTexts._pseudonym", lambda self, text: self.replaced.append(text) or text, "error texts"),
]


@pytest.mark.parametrize(("name", "function", "what"), FAULTS)
def test_a_value_that_comes_through_stops_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, function: Any, what: str
) -> None:
    monkeypatch.setattr(f"sessionlint.share.{name}", function)
    payload = at("network/errors", ["ping: jsmith-laptop timed out"])
    with pytest.raises(ShareError, match=f"one of the {what} was found in it unaltered") as refusal:
        shared(tmp_path, ("a.json", orjson.dumps(payload)))
    assert not [secret for secret in secrets_of(payload) if secret in str(refusal.value)]
    assert not (tmp_path / "safe.zip").exists()


@pytest.mark.parametrize("small", [0, 1 << 40])
@pytest.mark.parametrize(
    ("changes", "copy", "leaked"),
    [
        ([Change("page titles", "Salaries 2024", "title-1")], '{"title":"Salaries 2024"}', "page titles"),
        ([Change("addresses", "10.0.0.1", "10.1.2.3")], '{"name":"x 10.0.0.1"}', "addresses"),
        ([Change("addresses", "10.0.0.1", "10.1.2.3")], '{"name":"110.0.0.1 10.0.0.12"}', None),
        ([Change("addresses", "10.0.0.1", "10.0.0.1")], '{"name":"10.0.0.1"}', None),  # it happens
        ([Change("host names", "64:ff9b::1", "64:ff9b::1")], '{"name":"64:ff9b::1"}', None),
        ([Change("page titles", "2024", "title-1")], '{"roundId":2024}', None),
        ([Change("agent ids", "4711", "agent-1")], '{"port":4711}', None),
        ([Change("page titles", "Salaries", "Salaries")], '{"title":"Salaries"}', "page titles"),
        (
            [Change("page titles", 'the "Blue" one', "title-1")],
            r'{"error":"\"","title":"the \"Blue\" one"}',
            "page titles",
        ),
        ([Change("page titles", '"Blue"', "title-1")], '{"title":"Blue"}', None),
        ([Change("SSIDs", "abc", "ssid-1")], '{"title":"abc"}', None),
    ],
)
def test_a_large_session_is_searched_too(
    monkeypatch: pytest.MonkeyPatch, changes: list[Change], copy: str, leaked: str | None, small: int
) -> None:
    monkeypatch.setattr("sessionlint.share.leaks._SMALL", small)
    assert LeakCheck().leaked(changes, [], copy) == leaked


GATEWAY = Change("addresses", "10.0.0.0", "10.1.2.0")
AGENT = "3fde6422-cafe-40e1-ae32-d08a1243c038"


@pytest.mark.parametrize(
    ("changes", "copy", "leaked"),
    [
        ([GATEWAY], '{"bypass":"h1.example;10.0.0.0/8"}', None),
        ([GATEWAY], '{"publicIpRange":"10.0.0.0-10.255.255.255"}', None),
        ([GATEWAY], '{"prefix":"10.0.0.0/8","gateway":"10.0.0.0"}', "addresses"),
        ([GATEWAY], '{"bypass":"h1.example;10.0.0.0/9"}', "addresses"),
        ([GATEWAY], '{"publicIpRange":"10.0.0.0-10.255.255.254"}', "addresses"),
        ([Change("addresses", "10.1.2.3", "10.4.5.6")], '{"prefix":"10.1.2.3/8"}', "addresses"),
        ([Change("addresses", "8.0.0.0", "9.1.2.3")], '{"prefix":"8.0.0.0/5"}', "addresses"),
        ([Change("addresses", "fe80::", "fe80::1234")], '{"prefix":"fe80::/10"}', None),
        ([Change("addresses", "2001:db8::", "2001:db8::1234")], '{"prefix":"2001:db8::/31"}', "addresses"),
        # What is made of one value may happen to hold another one.
        ([GATEWAY, Change("addresses", "10.3.0.0/16", "10.0.0.0/16")], '{"prefix":"10.0.0.0/16"}', None),
        ([Change("host names", "10.0.0.1", "x 10.0.0.1")], '{"name":"x 10.0.0.1"}', "host names"),
        ([Change("SSIDs", "cafe", "ssid-1")], f'{{"agentId":"{AGENT}"}}', None),
        ([Change("SSIDs", "CAFE", "ssid-1")], f'{{"agentId":"{AGENT.upper()}"}}', None),
        ([Change("page titles", "cafe", "title-1")], '{"ipAddress":"fe80::cafe:1%en0"}', None),
        ([Change("SSIDs", "cafe", "ssid-1")], '{"proxy":"[4001:cafe::1]:8080"}', None),
        ([Change("SSIDs", "cafe", "ssid-1")], f'{{"agentId":"{AGENT}","vendor":"cafe"}}', "SSIDs"),
        ([Change("SSIDs", "cafe", "ssid-1")], '{"proxy":"x-cafe.example"}', "SSIDs"),
        ([Change("SSIDs", "cafe", "ssid-1")], '{"id":"a:cafe:b"}', "SSIDs"),
        ([Change("addresses", "10.0.0.1", "10.1.2.3")], '{"name":"::ffff:10.0.0.1"}', "addresses"),
    ],
)
def test_a_value_is_looked_for_where_it_can_stand(changes: list[Change], copy: str, leaked: str | None) -> None:
    assert LeakCheck().leaked(changes, [], copy) == leaked


@pytest.mark.parametrize("mask", ["255.255.255.0", "255.0.0.0"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("networkProfile/proxyProfile/proxies/0/bypass", "*.corp.example.com;10.0.0.0/8"),
        ("traceroute/hops/0/prefix", "10.0.0.0/8"),
        ("networkProfile/publicIpRange", "10.0.0.0-10.255.255.255"),
    ],
)
def test_a_special_block_is_no_address_that_came_through(tmp_path: Path, field: str, value: str, mask: str) -> None:
    payload = at("network/networkProfile/localPrefix", "10.0.0.0", at("network/networkProfile/subnetMask", mask))
    done = shared(tmp_path, ("a.json", orjson.dumps(at(f"network/{field}", value, payload))), key=None)
    assert done.output
    assert done.coincidences == 0


@pytest.mark.parametrize(
    "title", ["Google Chrome", "userSessionId", "example", "2017-03-26", "timed out", "https", "null"]
)
def test_a_title_that_is_a_word_of_the_copy_s_own_does_not(tmp_path: Path, title: str) -> None:
    payload = at("pages/0/title", title, at("network/errors", ["ping: Request timed out"]))
    assert shared(tmp_path, ("a.json", orjson.dumps(payload))).is_as_expected


def test_a_difference_that_should_not_be_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessionlint.share.addresses.AddressPseudonyms.prefix", lambda *_: "192.0.2.0/24")
    done = shared(tmp_path, ("a.json", orjson.dumps(sound())))
    assert "TRC007" in {each.rule for each in done.differences if not each.reason}
    assert not done.is_as_expected


def test_the_copy_may_be_made_in_the_folder_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(orjson.dumps(sound()))
    done = run([str(tmp_path)], str(tmp_path / "safe.zip"), Config())
    assert (done.captures, done.payloads) == (1, 1)


@pytest.mark.parametrize("content", [b"", b"short", b"x" * (1 << 17)])
def test_a_key_has_enough_bytes_and_not_too_many(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(ShareError, match="is no key"):
        read_key(str(tmp_path / "key"))
    with pytest.raises(ShareError, match="cannot read"):
        read_key(str(tmp_path / "missing"))


# All shapes that a dump may have.


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", orjson.dumps(sound())),
        ("bare.json", orjson.dumps(sound()["userSessions"][0])),
        ("list.json", orjson.dumps([sound(), sound()["userSessions"][0]])),
        ("a.jsonl", orjson.dumps(sound()) + b"\n" + orjson.dumps(sound()["userSessions"][0]) + b"\n"),
        ("a.json.gz", gzip.compress(orjson.dumps(sound()))),
        ("a.xml", to_xml(sound())),
        ("bare.xml", to_xml(sound()["userSessions"][0], root="session")),
    ],
)
def test_a_payload_keeps_its_shape(tmp_path: Path, name: str, data: bytes) -> None:
    done = shared(tmp_path, (name, data))
    assert done.differences == ()
    assert done.payloads == (2 if name == "a.jsonl" else 1)
    config = Config()
    before, after = (
        [examine_format(capture, config) for capture in captures([str(path)])]
        for path in (tmp_path / "safe.zip.dump.zip", tmp_path / "safe.zip")
    )
    assert before == after


def examine_format(capture: Any, config: Config) -> tuple[str | None, int]:
    from sessionlint.engine import Engine

    _, document, readable = examine(Engine(config.options()), capture)
    return document.format if document else None, len(readable)


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.iterdir()))
def test_the_examples_change_as_is_to_be_expected(tmp_path: Path, name: str) -> None:
    done = run([str(EXAMPLES / name)], str(tmp_path / "safe.zip"), Config())
    assert done.is_as_expected
    if done.output:
        data = contents(tmp_path / "safe.zip")
        assert [secret for secret in secrets_of(sound()) if found(secret, data)] == []


def test_what_a_broken_text_did_not_hold_is_not_written(tmp_path: Path) -> None:
    text = orjson.dumps(at("network/connect/rtt", 4711)).replace(b"4711", b"NaN")
    done = shared(tmp_path, ("a.json", text))
    assert done.is_as_expected
    (tree,) = trees(tmp_path / "safe.zip")
    assert tree["userSessions"][0]["network"]["connect"] == {}


def test_the_archive_is_one_that_others_can_read(tmp_path: Path) -> None:
    shared(tmp_path, ("a.json", orjson.dumps(sound())))
    with zipfile.ZipFile(io.BytesIO((tmp_path / "safe.zip").read_bytes())) as archive:
        assert archive.testzip() is None
        assert all(info.external_attr >> 16 & stat.S_IROTH for info in archive.infolist())


# Long responses and lists, which come in stretches.


def many(count: int = 250) -> list[Any]:
    """Sessions with ids of their own, one of them with a bad port."""
    session = sound()["userSessions"][0]
    del session["userSessionId"]
    ids = (f"07625:1490529480:token{index:04}" for index in range(count))
    bad = {200: {"port": 70000}}
    return [{"userSessionId": id, **session, **bad.get(index, {})} for index, id in enumerate(ids)]


INDENTED = orjson.OPT_INDENT_2
LONG = [
    ("a.json", orjson.dumps({"userSessions": many()}), 250),
    ("a.json", orjson.dumps({"userSessions": many()}, option=INDENTED), 250),
    ("a.json", orjson.dumps({"userSessions": many(), "page": 1}), 250),
    ("list.json", orjson.dumps(many(), option=INDENTED), 250),
    ("responses.json", orjson.dumps([{"userSessions": [each, each]} for each in many()], option=INDENTED), 500),
    ("a.jsonl", orjson.dumps({"userSessions": many()}) + b"\n" + orjson.dumps(many()) + b"\n", 500),
    ("a.jsonl.gz", gzip.compress(orjson.dumps(sound()) + b"\n" + orjson.dumps(many()) + b"\n"), 251),
    ("a.har", har(entry(text=orjson.dumps({"userSessions": many()}).decode())), 250),
    ("a.http", response(orjson.dumps(many(), option=INDENTED)), 250),
    ("inner.zip", zipped([("a.json", orjson.dumps({"userSessions": many()}))]), 250),
    ("cut.json", orjson.dumps({"userSessions": many()})[:-1000], 250),
    ("cut.json", orjson.dumps(many(), option=INDENTED)[:-1000], 250),
]


@pytest.mark.parametrize(("name", "data", "sessions"), LONG)
def test_a_long_response_is_copied_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, sessions: int
) -> None:
    monkeypatch.setattr("sessionlint.intake.files.LONG", 1 << 18)
    done = shared(tmp_path, (name, data))
    payloads = 2 if ".jsonl" in name else 1
    assert (done.captures, done.payloads, done.sessions) == (payloads, payloads, sessions)
    assert (done.unreadable, set(done.left_out) - {"undocumented field"}) == ({}, set())
    assert done.is_as_expected
    data = contents(tmp_path / "safe.zip")
    assert data.count(b'"userSessionId"') == sessions
    assert data.count(b"70000") == sessions // 250
    assert b"token0" not in data


def test_a_response_longer_than_any_that_comes_whole(tmp_path: Path) -> None:
    done = shared(tmp_path, ("a.json", orjson.dumps({"userSessions": many(1500)})))
    assert (done.captures, done.payloads, done.sessions, done.unchanged) == (1, 1, 1500, 1)
    (tree,) = trees(tmp_path / "safe.zip")
    assert len({each["userSessionId"] for each in tree["userSessions"]}) == 1500


@pytest.mark.parametrize("size", [1 << 17, 1 << 19])
def test_the_copy_alone_may_come_in_stretches_or_the_original(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    few = {**sound()["userSessions"][0], "pages": [], "network": {}, "note": "x" * 3000}
    short = [{key: value for key, value in each.items() if key not in ("pages", "network")} for each in many(300)]
    monkeypatch.setattr("sessionlint.intake.files.LONG", size)
    longer_by_indents = orjson.dumps({"userSessions": short})
    longer_by_what_is_left_out = orjson.dumps({"userSessions": [few] * 200})
    done = shared(tmp_path, ("a.json", longer_by_indents), ("b.json", longer_by_what_is_left_out))
    assert (done.payloads, done.sessions, done.changed) == (2, 500, 0)


def test_a_session_that_is_lost_on_the_way_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessionlint.intake.files.LONG", 1 << 18)
    whole = Rewriter.items
    monkeypatch.setattr(Rewriter, "items", lambda *arguments: whole(*arguments)[:-1])
    done = shared(tmp_path, ("a.json", orjson.dumps({"userSessions": many()})))
    assert not done.is_as_expected


@pytest.mark.parametrize("times", [0, 2])
def test_a_copy_with_other_payloads_than_the_original_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    once = Archive.add

    def add(archive: Archive, capture: Capture, *data: Any) -> None:
        for _ in range(times if capture.address.endswith("b.json") else 1):
            once(archive, capture, *data)

    monkeypatch.setattr(Archive, "add", add)
    payload = orjson.dumps(sound())
    with pytest.raises(ShareError, match="could not be read back whole"):
        shared(tmp_path, ("a.json", payload), ("b.json", payload))
    assert not (tmp_path / "safe.zip").exists()


def test_a_stretch_that_nothing_can_be_made_of_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessionlint.intake.files.LONG", 1 << 18)
    text = orjson.dumps({"userSessions": many()})
    middle = text.index(b"token0100")
    deep = b'{"deep":' + b"[" * 300 + b"]" * 300 + b"},"
    start = text.rindex(b'{"userSessionId"', 0, middle)
    done = shared(tmp_path, ("a.json", text[:start] + deep + text[start:]))
    assert done.left_out["part that could not be read"] == 1
    assert (done.captures, done.payloads) == (1, 1)
    assert done.unreadable == {}
    assert 150 < done.sessions < 250


# The run as a whole.


def of_site(site: str) -> bytes:
    return orjson.dumps(at("visitedSite", site))


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("visitedSite", "WWW.Example.com", "www.example.com"),
        ("agentId", "3FDE6422-f119-40e1-ae32-d08a1243c038", "3FDE6422-F119-40E1-AE32-D08A1243C038"),
    ],
)
def test_sessions_that_no_longer_differ_are_told(tmp_path: Path, field: str, one: str, other: str) -> None:
    """Pseudonyms leave case aside, so that one id with two spellings becomes one session captured twice."""
    done = shared(tmp_path, *((f"{text}.json", orjson.dumps(at(field, text))) for text in (one, other)))
    assert [(each.rule, each.lost, each.new) for each in done.differences] == [("COR001", 1, 0), ("COR002", 0, 1)]
    assert (done.unchanged, done.changed, done.is_as_expected) == (1, 1, False)


def test_sessions_that_come_again_do_so_in_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessionlint.intake.files.LONG", 1 << 18)
    twice = orjson.dumps({"userSessions": [*many(), *many(5)]})
    members = [("a.json", twice), ("b.xml", to_xml({"userSessions": many(3)})), ("c.json", of_site("a.example"))]
    done = shared(tmp_path, *members, ("d.json", of_site("b.example")))
    assert done.differences == ()
    copied = examine_all(tmp_path / "safe.zip")
    assert (copied.count("COR001"), copied.count("COR002")) == (1, 8)


@pytest.mark.parametrize("broken_first", [True, False])
def test_sessions_of_broken_texts_are_compared_with_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken_first: bool
) -> None:
    monkeypatch.setattr("sessionlint.intake.files.LONG", 1 << 18)
    text = orjson.dumps({"userSessions": many()})
    members = [("cut.json", text[:-1000]), ("whole.json", text)]
    done = shared(tmp_path, *(members if broken_first else reversed(members)))
    assert done.is_as_expected
    assert "CAP004" in {each.rule for each in done.differences}
    assert not {"COR001", "COR002"} & {each.rule for each in done.differences}


def test_a_session_that_was_cut_off_has_a_verdict_only_in_the_copy(tmp_path: Path) -> None:
    text = orjson.dumps({"userSessions": many(3)})
    done = shared(tmp_path, ("cut.json", text[:-300]))
    told = {each.rule: (each.lost, each.new, each.reason is None) for each in done.differences}
    assert told["DIA100"] == (1, 1, False)


def examine_all(path: Path) -> list[str]:
    """The rules of all findings of a check."""
    return [each.rule for each in sessionlint.check(path).findings]


def test_what_is_wrong_with_the_copy_as_a_file_is_not_to_be_expected() -> None:
    comparison = Comparison()
    nothing, too_large = Said((), ()), Said((("CAP015", "error", ""),), ())
    for before, after in ((nothing, too_large), (too_large, nothing)):
        comparison.add(Source(before, is_xml=False, is_broken=True, lacks_fields=False), after)
    assert [(each.lost, each.new, bool(each.reason)) for each in comparison.differences()] == [
        (0, 1, False),
        (1, 0, True),
    ]


def test_many_values_that_are_left_out_read_well(tmp_path: Path) -> None:
    broken = orjson.dumps(at("network/connect/rtt", 4711)).replace(b"4711", b"NaN")
    done = shared(tmp_path, ("a.json", broken), ("b.json", broken))
    assert "\n  2 values that the broken text did not hold\n" in text_report.render(done)


def test_many_sessions_of_one_round_stay_as_many() -> None:
    ids = IdPseudonyms(Pseudonyms(KEY))
    count = 200_000
    assert len({ids.session(f"07625:1490529480:{index:08}") for index in range(count)}) == count


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("orgName", 1e21),  # a number that a measurement is too
        ("sourceAddr", "77.449"),
        ("userSessionId", "ping:"),  # a word that is harmless elsewhere
        ("visitedSite", "Request timed out"),
        ("agentId", "1490529480"),  # the round, which links and session ids repeat
        ("userSessionId", "1490529480"),
        ("pages/0/title", "127.0.0.1"),  # of a value that is altered for another part of it
        ("pages/0/title", "http://localhost:3128"),
        ("orgName", "wlan0"),
        ("network/networkProfile/wirelessProfile/bssid", "ff:ff:ff:ff:ff:ff"),
        ("agentId", "3128"),
    ],
)
def test_a_value_that_is_harmless_elsewhere_stops_no_copy(tmp_path: Path, pointer: str, value: Any) -> None:
    payload = at("network/errors", ["ping: Request timed out before getting response"], at(pointer, value))
    payload = at("network/systemMetrics/physicalMemoryUsedBytes/stdDev", 1e21, payload)
    payload = at("network/networkProfile/gateway", "fe80::1%wlan0", payload)
    bypass = "acme;127.0.0.1:80;http://localhost:3128"
    payload = at("network/networkProfile/proxyProfile/proxies/0/bypass", bypass, payload)
    assert shared(tmp_path, ("a.json", orjson.dumps(payload))).payloads == 1


def test_what_stands_beside_sessions_is_not_looked_for_in_them(tmp_path: Path) -> None:
    (session,) = sound()["userSessions"]
    beside = orjson.dumps({"userSessions": [session, session["browser"]["name"]]})
    assert shared(tmp_path, ("a.json", beside)).payloads == 1


def test_addresses_are_found_in_any_text() -> None:
    text = "1.2.3.4:443 2001:db8::1%en0,[fe80::1] ::ffff:5.6.7.8/128 12:34 deadbeef00:1 10.0.0.0/8 9.9.9.9-9.9.9.20"
    assert addresses_in(text) == {"1.2.3.4", "2001:db8::1", "fe80::1", "::ffff:5.6.7.8", "9.9.9.9", "9.9.9.20"}
    # In linear time: it would be a minute otherwise.
    assert addresses_in("a" * 100_000 + " " + "1" * 100_000 + "a." * 100_000 + "1.1." * 100_000) == {"1.1.1.1"}


@pytest.mark.parametrize("unit", ["a", "1", "1.", "a.", ":", "a:", "-", " ", "x ", "%", "@", "/", ";", "[", "é", "_1"])
def test_a_long_text_of_any_kind_takes_linear_time(tmp_path: Path, unit: str) -> None:
    text = unit * 30_000  # what is quadratic takes minutes
    payload = {"userSessions": [_with_texts(sound()["userSessions"][0], text)]}
    assert shared(tmp_path, ("a.json", orjson.dumps(payload))).payloads == 1


def _with_texts(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        return {key: _with_texts(inner, text) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_texts(item, text) for item in value]
    return text if isinstance(value, str) else value
