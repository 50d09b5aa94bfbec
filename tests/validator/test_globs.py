import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint.globs import GlobError, Globs, literal_start


@pytest.mark.parametrize(
    ("glob", "matched", "others"),
    [
        ("a.json", ["a.json", "x/a.json", "x/y/a.json!/userSessions/0"], ["b.json", "a.jsonl", "xa.json"]),
        ("/a.json", ["a.json"], ["x/a.json"]),
        ("x/a.json", ["x/a.json", "x/a.json!", "x/a.json!/17!/date"], ["a.json", "y/x/a.json"]),
        ("x/", ["x", "x/a.json", "y/x/a.json"], ["xx/a.json"]),
        ("./x/a.json", ["x/a.json"], ["y/x/a.json"]),
        ("*.json", ["a.json", "x/y/.json", "z.json!/userSessions/0"], ["a.json5", "json"]),
        ("x/*.json", ["x/a.json"], ["x/y/a.json", "a.json"]),
        ("x/*/a.json", ["x/y/a.json"], ["x/a.json", "x/y/z/a.json"]),
        ("x/**/a.json", ["x/a.json", "x/y/a.json", "x/y/z/a.json"], ["y/x/a.json", "x/y/b.json"]),
        ("x/**", ["x", "x/a.json", "x/y/a.json"], ["xx/a.json", "y/x/a.json"]),
        ("**/x/**", ["x/a.json", "y/x/a.json"], ["y/a.json"]),
        ("**", ["a.json", "x/a.json", "-"], []),
        ("**/a*c*e", ["abcde", "x/ace", "ac/abcde/ace"], ["x/abcd", "ac/e"]),
        ("x/**/y/*.json/**/ping", ["x/y/y/a.json!/userSessions/0/network/ping"], ["x/y/a.json!/userSessions/0/date"]),
        ("?.json", ["a.json"], ["ab.json", ".json"]),
        ("[ab].json", ["a.json", "b.json"], ["c.json"]),
        ("[!ab].json", ["c.json"], ["a.json"]),
        ("[[]a].json", ["[a].json"], ["a.json"]),
        ("a.b+(c)$", ["a.b+(c)$"], ["aab+(c)$"]),
        ("dump.zip!/host7/**", ["dump.zip!/host7/a.har!/log/entries/3!/date"], ["dump.zip!/host8/a.json!", "host7"]),
        ("dump.zip/host7", ["dump.zip!/host7/a.json!/date"], ["dump.zip!/host8/a.json"]),
        ("**/ping/*", ["a.json!/userSessions/0/network/ping/avgRtt"], ["a.json!/userSessions/0/network/ping"]),
        ("wow%21.json", ["wow%21.json", "x/dump.zip!/wow%21.json!/date"], ["wow.json"]),
        ("100%*.json", ["100%25.json"], ["100.json"]),
        ("dump.zip!", ["dump.zip!/a.json", "dump.zip"], ["a.json"]),
        ("dump.zip!/host2/**", ["dump.zip!/host2/a.json"], ["host2/a.json"]),
        ("host2/**", ["host2/a.json"], ["dump.zip!/host2/a.json"]),
        ("captures/ä b.json", ["captures/ä b.json"], ["captures/a b.json"]),
        ("-", ["-", "-!/userSessions/0"], ["a-"]),
    ],
)
def test_a_glob_matches(glob: str, matched: list[str], others: list[str]) -> None:
    globs = Globs([glob], os.curdir)
    assert [address for address in [*matched, *others] if globs.match(address)] == matched


@pytest.mark.parametrize(
    ("glob", "message"),
    [
        ("a\\b", '"a\\\\b" has a backslash: paths are written with forward slashes'),
        ("!a", '"!a" starts with !: what is matched cannot be taken back'),
        ("wow!.json", '"wow!.json" has a ! in a name: there it is written %21'),
        ("x/!a/**", '"x/!a/**" has a ! in a name: there it is written %21'),
        ("dump.zip!host1", '"dump.zip!host1" has a ! in a name: there it is written %21'),
        ("100%.json", '"100%.json" has a % in a name: there it is written %25'),
        ("", '"" names nothing'),
        ("./", '"./" names nothing'),
    ],
)
def test_a_glob_that_could_never_match_is_refused(glob: str, message: str) -> None:
    with pytest.raises(GlobError) as raised:
        Globs([glob], os.curdir)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("address", "is_matched"),
    [
        ("captures/a.json", True),
        ("./captures/a.json", True),
        ("other/../captures/a.json!/userSessions/0", True),
        ("{folder}/captures/a.json", True),
        ("captures/b.json", False),
        ("a.json", False),
        ("captures/dump.zip!/../a.json", False),
        ("captures/x.json!/../a.json", False),
    ],
)
def test_globs_are_relative_to_their_folder(
    address: str, is_matched: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path)
    globs = Globs(["captures/a.json"], os.curdir)
    assert globs.match(address.format(folder=tmp_path.as_posix())) == is_matched
    monkeypatch.chdir(tmp_path / "work")
    above = Globs(["captures/a.json"], str(tmp_path))
    assert (
        above.match("../" + address if "{" not in address else address.format(folder=tmp_path.as_posix())) == is_matched
    )


def test_a_folder_may_have_a_name_that_addresses_escape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    globs = Globs(["wow%21/a.json"], str(tmp_path / "100%!"))
    assert globs.match("100%25%21/wow%21/a.json!/userSessions/0")


def test_no_glob_matches_nothing() -> None:
    assert not Globs([], os.curdir).match("a.json")


@pytest.mark.parametrize(
    ("glob", "start"),
    [
        ("captures/legacy/**", "captures/legacy"),
        ("captures/*/a.json", "captures"),
        ("captures/a.json!/userSessions/0", "captures/a.json/userSessions/0"),
        ("**/a.json", ""),
        ("a.json", ""),
        ("/a.json", "a.json"),
    ],
)
def test_all_that_a_glob_matches_lies_in_its_literal_start(glob: str, start: str) -> None:
    assert literal_start(glob) == start


NAMES = st.text(st.sampled_from("ab*?"), min_size=1, max_size=4) | st.just("**")
PATHS = st.lists(st.text(st.sampled_from("ab"), min_size=1, max_size=4), min_size=1, max_size=6)


@given(st.lists(NAMES, min_size=1, max_size=5), PATHS)
def test_what_matches_a_folder_matches_all_in_it_as_tried_exhaustively(names: list[str], path: list[str]) -> None:
    def name_matches(glob: str, name: str) -> bool:
        if not glob or not name:
            return not name and not glob.strip("*")
        if glob[0] == "*":
            return name_matches(glob[1:], name) or name_matches(glob, name[1:])
        return glob[0] in ("?", name[0]) and name_matches(glob[1:], name[1:])

    def matches(glob: list[str], path: list[str]) -> bool:
        if not glob:
            return True
        if glob[0] == "**":
            return any(matches(glob[1:], path[at:]) for at in range(len(path) + 1))
        return bool(path) and name_matches(glob[0], path[0]) and matches(glob[1:], path[1:])

    assert Globs(["/" + "/".join(names)], os.curdir).match("/".join(path)) == matches(names, path)


@pytest.mark.parametrize(
    ("glob", "name"),
    [
        ("*a*a*a*a*a*a*a*a*a*a*a*ab", "a{}"),
        ("**/a/**/a/**/a/**/a/**/a/**/b", "a/{}"),
        ("**/" + "*/" * 20 + "b", "a/{}"),
    ],
)
def test_the_time_to_match_grows_with_the_name_alone(glob: str, name: str) -> None:
    part = name.replace("{}", "")
    globs = Globs([glob], os.curdir)
    # With backtracking the second would take longer than anybody waits.
    for count in (10, 2000):
        assert not globs.match(part * count)
