"""From an address back to the text: every capture's, and every place in it."""

import gzip
import io
import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessionlint.capture import escaped_part
from sessionlint.cli import extract as command
from sessionlint.escape import printable
from sessionlint.extract import NoSuchPlace, extract
from sessionlint.intake.files import captures
from sessionlint.limits import Limits
from support import ROOT
from support_intake import PAGE, PAYLOAD, XML, entry, har, response, support_dump, tarred, zipped

ID = b'"07625:1490529480:h3qJQTpl"\n'


def at(folder: Path, data: bytes, rest: str, name: str = "a") -> bytes:
    (folder / name).write_bytes(data)
    return extract(f"{(folder / name).as_posix()}{rest}")


@pytest.mark.parametrize(
    ("data", "rest", "expected"),
    [
        (PAYLOAD, "", json.dumps(json.loads(PAYLOAD), indent=2).encode() + b"\n"),
        (PAYLOAD, "!", json.dumps(json.loads(PAYLOAD), indent=2).encode() + b"\n"),
        (PAYLOAD, "!/userSessions/0/userSessionId", ID),
        (gzip.compress(PAYLOAD), "!/userSessions/0/userSessionId", ID),
        (PAYLOAD + b"\n" + PAYLOAD, "!/2!/userSessions/0/userSessionId", ID),
        (zipped({"a.json": PAYLOAD}), "!/a.json!/userSessions/0/userSessionId", ID),
        (zipped({"a.json": PAYLOAD}), "!/a.json!", json.dumps(json.loads(PAYLOAD), indent=2).encode() + b"\n"),
        (zipped([("a.json", b"1"), ("a.json", b"2")]), "!/a%232.json", b"2\n"),
        (zipped({"login.html": PAGE}), "!/login.html", PAGE),
        (response(b"", status="100 Continue") + response(PAYLOAD), "!/2!/userSessions/0/userSessionId", ID),
        (XML, "!/userSessions/0", b"<userSessions>\n  <userSessionId>1</userSessionId>\n</userSessions>\n"),
        (XML, "!/userSessions/0/userSessionId", b"<userSessionId>1</userSessionId>\n"),
        (XML, "!/userSessions", b"<userSessions>\n  <userSessionId>1</userSessionId>\n</userSessions>\n"),
        (
            b"<response><userSessions><pages><id>1</id></pages><pages/></userSessions></response>",
            "!/userSessions/0/pages",
            b"<pages>\n  <id>1</id>\n</pages>\n<pages/>\n",
        ),
        (
            XML,
            "",
            b"<response>\n  <userSessions>\n    <userSessionId>1</userSessionId>\n  </userSessions>\n</response>\n",
        ),
        (b'{"userSessions": [{"date": "\xc3\xa4"}]}', "!/userSessions/0/date", '"ä"\n'.encode()),
        (b'{"a": [1.50, 2], "b": {}}', "!/a/0", b"1.5\n"),
        (b'{"a/b~c!%": 1}', "!/a~1b~0c%21%25", b"1\n"),
        (b'{"": {"": 1}}', "!//", b"1\n"),
        (b'{"0": 1}', "!/0", b"1\n"),
        (b'{"a": [1,}', "!/a/0", b"1\n"),
        (b'{"a": {"b": 1}, "c', "!/a/b", b"1\n"),
    ],
)
def test_what_is_at_an_address(tmp_path: Path, data: bytes, rest: str, expected: bytes) -> None:
    assert at(tmp_path, data, rest) == expected


@pytest.mark.parametrize(
    ("data", "rest", "message"),
    [
        (PAYLOAD, "!/userSessions/1", "/userSessions has no 1"),
        (PAYLOAD, "!/userSessions/-1", '/userSessions has no "-1"'),
        (PAYLOAD, "!/userSessions/01", '/userSessions has no "01"'),
        (PAYLOAD, "!/userSessions/0/x\x1b", '/userSessions/0 has no "x\\u001b"'),
        (PAYLOAD, "!/userSessions/0/userSessionId/0", '/userSessions/0/userSessionId has no "0"'),
        (PAYLOAD, "!/x", 'the payload has no "x"'),
        (PAYLOAD, "!x", "it starts with /"),
        (zipped({"a.json": PAYLOAD}), "", "nothing has this address"),
        (zipped({"a.json": PAYLOAD}), "!/b.json", "nothing has this address"),
        (zipped({"a.json": PAYLOAD}), "!/a.json!/1!/x", "nothing has this address"),
        (zipped({"a.json": b""}), "!/a.json", "the file is empty"),
        (zipped({"../a": PAYLOAD}), "!/../a", "the member's name climbs out of the archive"),
        (zipped({"a.png": b"\x89PNG\0"}), "!/a.png", "another kind of file"),
        (zipped({"a.json": PAGE}), "!/a.json!/x", "no parts that could be told apart"),
        (PAYLOAD + b"\n" + PAYLOAD, "!/3", "nothing has this address"),
        (response(PAYLOAD, status="301 Moved") + response(PAYLOAD), "!/1", "redirect"),
    ],
)
def test_an_address_that_leads_nowhere(tmp_path: Path, data: bytes, rest: str, message: str) -> None:
    with pytest.raises(NoSuchPlace) as error:
        at(tmp_path, data, rest)
    assert message in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("c.json:1:3616", "c.json:1:3616: no such file; {place}: c.json!/userSessions/0"),
        ("c.json:1", "c.json:1: no such file; {place}: c.json!/userSessions/0"),
        ("c.json:", "c.json:: no such file"),
        (".", ".: a folder: name a file in it"),
        ("d.json:1:3616", "d.json:1:3616: no such file"),
        ("many.jsonl!/2:2:1", "many.jsonl!/2:2:1: nothing has this address; {place}: many.jsonl!/2!/userSessions/0"),
        ("many.jsonl", "many.jsonl: nothing has this address; there is many.jsonl!/1, among others"),
        ("many.jsonl!/5", "many.jsonl!/5: nothing has this address; there is many.jsonl!/1, among others"),
        ("dump.zip", "dump.zip: nothing has this address; there is dump.zip!/x/c.json, among others"),
        ("dump.zip!/y", "dump.zip!/y: nothing has this address; there is dump.zip!/y/b\\u001b.json"),
        (
            "dump.zip!/a.png!/x",
            "dump.zip!/a.png!/x: nothing has this address; there is dump.zip!/x/c.json, among others",
        ),
        ("none.zip", "none.zip: the archive holds no file"),
        ("wow!.json", "wow: no such file; in an address, wow!.json is written wow%21.json"),
        ("wow!.json!/userSessions/0", "wow: no such file; in an address, wow!.json is written wow%21.json"),
    ],
)
def test_a_wrong_address_is_told_the_way_to_a_right_one(
    address: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("c.json", "wow!.json"):
        Path(name).write_bytes(PAYLOAD)
    Path("many.jsonl").write_bytes(PAYLOAD + b"\n" + PAYLOAD)
    Path("dump.zip").write_bytes(zipped({"a.png": b"\x89PNG\0", "x/c.json": PAYLOAD, "y/b\x1b.json": PAYLOAD}))
    Path("none.zip").write_bytes(zipped({}))
    with pytest.raises(NoSuchPlace) as error:
        extract(address)
    place = 'in place of line and column, an address has ! and the pointer after "at"'
    assert str(error.value) == message.format(place=place)


def forms() -> list[str]:
    """The addresses that the help of the command and the guide give as examples."""
    # From Python 3.13 on, a docstring has lost its indentation.
    helped = re.findall(r"^ *(\S+!\S+)  ", command.help or "", re.MULTILINE)
    guide = (ROOT / "docs" / "addresses.md").read_text(encoding="utf-8").partition("## Forms\n")[2]
    return [*helped, *re.findall(r"^\| [^|]+ \| `(.+)` \|$", guide.partition("\n## ")[0], re.MULTILINE)]


def test_the_forms_that_users_are_told_lead_somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.json", "wow!.json"):
        Path(name).write_bytes(PAYLOAD)
    Path("a.json.gz").write_bytes(gzip.compress(PAYLOAD))
    inner = gzip.compress(tarred({"a.json": PAYLOAD}))
    Path("dump.zip").write_bytes(zipped({"host4/a.json": PAYLOAD, "host4/inner.tar.gz": inner}))
    Path("many.jsonl").write_bytes(b"".join([PAYLOAD + b"\n"] * 15 + [b"\n", PAYLOAD]))
    Path("a.har").write_bytes(har(*[entry()] * 4))
    Path("a.http").write_bytes(response(b"", status="301 Moved") + response(PAYLOAD))
    Path("stub.json").write_bytes(b'{"response": {"jsonBody": ' + PAYLOAD + b"}}")
    assert len(forms()) == 9 + 8
    for address in forms():
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PAYLOAD)))
        assert b"07625" in extract(address.replace("/port", "/userSessionId"))


@pytest.mark.parametrize("address", ["", "!", "nowhere", "nowhere!/a", "a\x1b!/b"])
def test_a_file_that_is_not_there(address: str) -> None:
    with pytest.raises(NoSuchPlace, match="no such file"):
        extract(address)


@pytest.mark.parametrize("name", ["a!b%.json", "100%25.json", "ä b.json"])
def test_a_file_of_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(PAYLOAD)
    folder = tmp_path.as_posix()
    assert extract(f"{folder}/{escaped_part(name)}!/userSessions/0/userSessionId") == ID
    assert "!" in name or extract(f"{folder}/{name}!/userSessions/0/userSessionId") == ID


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(zipped({"a.json": PAYLOAD}))))
    assert extract("-!/a.json!/userSessions/0/userSessionId") == ID


def test_every_capture_of_a_dump_has_its_own_address(tmp_path: Path) -> None:
    path = tmp_path / "dump.zip"
    path.write_bytes(support_dump())
    found = [capture for capture in captures([str(path)]) if capture.data]
    assert len(found) == 10
    for capture in found:
        printed = extract(capture.address)
        assert json.loads(printed) if capture.data[:1] == b"{" and len(capture.data) > 60 else printed


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=20))
def test_a_member_of_any_name_can_be_addressed(tmp_path: Path, name: str) -> None:
    name = f"x/{name}.json"
    (tmp_path / "a.tar").write_bytes(tarred({name: PAYLOAD}))
    (capture,) = captures([str(tmp_path / "a.tar")])
    if not capture.data:  # it climbs, or is metadata
        return
    for address in (capture.address, printable(capture.address)):
        assert extract(f"{address}!/userSessions/0/userSessionId") == ID


def test_members_that_lead_elsewhere_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({"bomb.json": b"[" + b" " * 1_000_000, "a.json": PAYLOAD})
    (tmp_path / "a").write_bytes(data)
    address = f"{(tmp_path / 'a').as_posix()}!/a.json!/userSessions/0/userSessionId"
    assert extract(address, Limits(expanded_bytes=1_000)) == ID


def test_a_long_response(tmp_path: Path) -> None:
    sessions = [{"userSessionId": str(number), "orgName": "x" * 1_000} for number in range(9_000)]
    data = json.dumps({"userSessions": sessions, "more": 1, "0": 2}).encode()
    for number in (0, 1, 5_000, 8_999):
        assert at(tmp_path, data, f"!/userSessions/{number}/userSessionId") == b'"%d"\n' % number
    assert at(tmp_path, data, "!/more") == b"1\n"
    assert at(tmp_path, data, "!/0") == b"2\n"
    assert json.loads(at(tmp_path, data, "!")) == json.loads(data)
    for rest, message in [("9000", "/userSessions has no 9000"), ("8999/x", '/userSessions/8999 has no "x"')]:
        with pytest.raises(NoSuchPlace, match=message):
            at(tmp_path, data, f"!/userSessions/{rest}")
