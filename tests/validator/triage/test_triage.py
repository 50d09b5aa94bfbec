"""A triage counts right, however the dump was cut into chunks, and tells what ailed the user."""

import multiprocessing
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from sessionlint import workers
from sessionlint.baseline import Baseline, Entry
from sessionlint.capture import Capture, Exchange
from sessionlint.cli import cli
from sessionlint.config import Config, never
from sessionlint.corpus import Corpus
from sessionlint.escape import printable_lines
from sessionlint.finding import Defect, problem
from sessionlint.intake.files import work
from sessionlint.intake.source import unsafe
from sessionlint.rule import registry
from sessionlint.triage.causes import mark
from sessionlint.triage.command import chosen, collected, renderer
from sessionlint.triage.model import Count, Number, Triage
from sessionlint.triage.sessions import unpacked
from sessionlint.triage.words import contents, counts, where_it_ailed, worst_sessions
from sessionlint_rules.verdict import PARTS
from support import at, sound
from support_sessions import AILMENTS, Session, ailing, response
from support_triage import captures, hostile, week


def triaged(*payloads: Any, config: Config = Config()) -> Triage:
    captures = [Capture(f"{number}.json", orjson.dumps(each)) for number, each in enumerate(payloads)]
    return collected(captures, config, never, Corpus()).contents(0.0)


BROKEN = [at("port", 0), at("port", 70000), sound(), {"name": "x", "version": "1"}, at("network/ping/pktsReceived", 11)]


def test_findings_are_grouped_by_cause() -> None:
    triage = triaged(*BROKEN)
    assert triage.summary.captures == len(BROKEN)
    causes = {(each.rule, each.findings) for each in triage.causes.listed}
    assert causes == {("SES008", 2), ("CAP012", 1), ("PNG003", 1), ("COR002", 3)}


def test_a_session_names_the_causes_of_its_findings() -> None:
    triage = triaged(*BROKEN, response([at("port", 0)["userSessions"][0], sound()["userSessions"][0]]))
    sessions = list(map(unpacked, triage.sessions))
    # The same session comes again and again: of that, other captures tell.
    for cause in triage.causes.listed:
        of_cause = [each for each in sessions if mark(cause) in each.causes]
        assert len(of_cause) == cause.sessions
    assert all(bool(each.causes) == (sum(each.findings) > 0) for each in sessions)


def test_a_session_of_any_number_of_causes_has_a_record_of_bounded_size() -> None:
    payload = sound()
    payload["userSessions"][0] |= {f"new{number}": number for number in range(1000)}
    (record,) = map(unpacked, triaged(payload).sessions)
    assert (sum(record.findings), len(record.causes)) == (1000, 64)


def test_of_too_many_causes_a_session_names_the_worst() -> None:
    payload = at("port", 0)
    payload["userSessions"][0] = {f"new{number}": number for number in range(1000)} | payload["userSessions"][0]
    triage = triaged(sound(), payload)
    worst = {mark(cause) for cause in triage.causes.listed if cause.rule in ("SES008", "COR002")}
    assert len(worst) == 2
    assert sum(worst <= set(unpacked(record).causes) for record in triage.sessions) == 1


def test_no_key_of_a_payload_makes_two_causes_alike() -> None:
    names = ["xppjhntuqn", "xsjzbybvos"]  # of one checksum, with all else that tells a cause
    causes = triaged(*(at(name, 1) for name in names)).causes.listed
    assert len({mark(cause) for cause in causes if cause.rule == "SCH004"}) == 2


def test_wherever_a_file_is_cut_off_it_is_one_cause() -> None:
    text = orjson.dumps(sound())
    captures = [Capture(f"{at}.json", text[:at]) for at in (len(text) - 1, len(text) - 300, len(text) // 2)]
    (cause,) = collected(captures, Config(), never, Corpus()).contents(0.0).causes.listed
    assert (cause.rule, cause.findings) == ("CAP004", 3)


@pytest.mark.parametrize("split", range(1, len(BROKEN)))
def test_chunks_that_are_merged_tell_the_same(split: int) -> None:
    captures = [Capture(f"{number}.json", orjson.dumps(each)) for number, each in enumerate(BROKEN)]
    config = Config(ignore=("COR",))  # rules about the run as a whole
    whole = collected(captures, config, never, Corpus())
    first, second = (collected(chunk, config, never, Corpus()) for chunk in (captures[:split], captures[split:]))
    first.merge(second)
    assert first.contents(0.0) == whole.contents(0.0)


def test_a_chunk_with_too_many_values_tells_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    payloads = [at("port", number) for number in (*range(1, 31), *[1] * 30)]
    captures = [Capture(f"{number}.json", orjson.dumps(each)) for number, each in enumerate(payloads)]
    whole = collected(captures, Config(), never, Corpus()).contents(0.0)
    monkeypatch.setattr(workers, "_CHUNK_CAPTURES", 30)
    assert collected(captures, Config(), never, Corpus()).contents(0.0) == whole
    ports = {
        each.pointer: each.values for each in collected(captures[30:], Config(), never, Corpus()).contents(0.0).fields
    }
    assert ports["/userSessions/*/port"] == (Count("1", 30),)


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_several_processes_tell_the_same(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    captures = [Capture(f"{number}.json", orjson.dumps(each)) for number, each in enumerate(BROKEN * 4)]
    known = Baseline([Entry("SES008", None, "0.json!/**")], ".").knows
    one = collected(captures, Config(), known, Corpus()).contents(0.0)
    assert one.summary.suppressed == 1
    monkeypatch.setattr(workers, "_CHUNK_BYTES", 10_000)
    monkeypatch.setattr(workers, "_START_METHOD", method)
    assert collected(captures, Config(), known, Corpus(), jobs=3).contents(0.0) == one


@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_redaction_leaves_no_value(format_: str) -> None:
    secret = "s3cr3t"  # what must not come out
    payload = at("visitedSite", secret, at("agentId", secret, at("network/networkProfile/gateway", secret)))
    payload["userSessions"][0]["new"] = secret  # names may be told, values may not
    written = renderer(format_)(triaged(payload, config=Config(redact=True)))
    assert "PRF001" in written
    assert secret not in written


@pytest.mark.parametrize("ailment", sorted(AILMENTS))
def test_an_ailing_session_has_the_verdict_of_its_label(ailment: str) -> None:
    triage = triaged(response([ailing(ailment, Random(7))]))
    verdicts = [(each.part, each.sessions, each.agents.value) for each in triage.verdicts if each.sessions]
    assert verdicts == [(AILMENTS[ailment][0], 1, 1)]


def test_a_session_that_was_cut_off_has_no_verdict() -> None:
    session = ailing("a lossy gateway", Random(7))
    network = session.pop("network")
    network["gatewayPing"] = network.pop("gatewayPing")
    text = orjson.dumps(response([ailing("weak Wi-Fi", Random(7)), session | {"network": network}]))
    captures = [Capture("a.json", text[: text.rindex(b'"gatewayPing"')])]
    triage = collected(captures, Config(), never, Corpus()).contents(0.0)
    assert [(each.part, each.sessions) for each in triage.verdicts] == [("wireless", 1)]
    assert [unpacked(each).part for each in triage.sessions] == ["wireless", None]
    assert triage.summary.sessions == 2


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_a_verdict_is_told_with_the_other_parts_that_have_signs(format_: str) -> None:
    written = renderer(format_)(triaged(response([ailing("a lossy target", Random(7))])))
    assert "probably, signs of provider too" in written


def of_that(ailment: str, count: int, seed: int = 0, **fields: object) -> list[Session]:
    """So many sessions, each of another agent, on another day and at another site than all others."""
    made = []
    for number in range(count):
        session = ailing(ailment, Random(f"{ailment}:{seed}:{number}")) | {"visitedSite": f"{ailment} {number}"}
        made.append(session | {"orgName": f"{ailment} {number}", "coordinates": {"location": "Berlin"}} | fields)
    return made


def test_where_a_part_ails_is_told_if_few_have_most_of_it() -> None:
    weak = of_that("weak Wi-Fi", 5, visitedSite="one.example", date="2024-03-05 10:00:00")
    weak += of_that("weak Wi-Fi", 3, 1, visitedSite="one.example", date="2024-03-06 10:00:00")
    good = of_that("an ocean", 12)
    assert where_it_ailed(triaged(response([*weak, *good]))) == [
        ("wireless", ['day "2024-03-05" and "2024-03-06" (8 of 8)', 'site "one.example" (8 of 8)'])
    ]
    # Of two days and a site that all have, nothing is told, and none of what few sessions happen to have.
    assert where_it_ailed(triaged(response(weak))) == []
    assert where_it_ailed(triaged(response([*of_that("weak Wi-Fi", 2), *good]))) == []
    assert where_it_ailed(triaged(response([*weak, *good]), config=Config(redact=True))) == []


@pytest.mark.parametrize("format_", ["text", "markdown", "html"])
def test_where_a_part_ails_is_told(format_: str) -> None:
    sessions = [*of_that("weak Wi-Fi", 3, visitedSite="a`<b>\u202e"), *of_that("an ocean", 12)]
    written = renderer(format_)(triaged(response(sessions)))
    assert "Where it ailed most" in written
    assert "(3 of 3)" in written
    assert "\u202e" not in written


def test_where_a_part_ails_is_in_the_json_too() -> None:
    weak = [
        *of_that("weak Wi-Fi", 5, visitedSite="one.example"),
        *of_that("weak Wi-Fi", 1, 1, visitedSite="two.example"),
    ]
    (told,) = orjson.loads(renderer("json")(triaged(response([*weak, *of_that("an ocean", 12)]))))["where"]
    assert told == {"part": "wireless", "kind": "site", "values": ["one.example"], "sessions": 5, "of": 6}


def test_the_worst_of_every_part_come_first_and_none_comes_twice() -> None:
    wireless = of_that("weak Wi-Fi", 20)
    lossy, slow = of_that("a lossy gateway", 1), of_that("a slow target", 1)
    parts = [each.part for each in worst_sessions(triaged(response([*wireless, *lossy, *slow])))]
    assert sorted(parts[:3], key=PARTS.index) == ["wireless", "local network", "target"]
    assert parts[3:] == ["wireless"] * 7
    assert len(worst_sessions(triaged(response(lossy), response(lossy)))) == 1
    assert len(worst_sessions(triaged(response(lossy), response(lossy), config=Config(redact=True)))) == 2


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_why_a_capture_could_not_be_read_is_told_once(format_: str) -> None:
    triage = collected(UNREADABLE, Config(), never, Corpus()).contents(0.0)
    written = renderer(format_)(triage)
    assert written.count('"Unauthorized"') == 1
    assert "7 causes why captures could not be read: see above" in written
    assert "CAP017" in written


def test_the_text_fits_a_terminal() -> None:
    lines = renderer("text")(triaged(response([*week(40), *of_that("weak Wi-Fi", 9)]))).splitlines()
    assert not [line for line in lines if len(line) > 80 and " " in line.strip()]


@pytest.mark.parametrize(
    ("heading", "field", "counted"),
    [
        ("sites", "visitedSite", "sites"),
        ("browsers", "browser/name", "browserCount"),
        ("interfaces", "network/networkProfile/hardwareType", "hardwareTypeCount"),
    ],
)
def test_of_many_names_the_commonest_are_told_and_how_many_there_are(heading: str, field: str, counted: str) -> None:
    triage = triaged(*(at(field, f"name{number:02}") for number in range(30)))
    listed = dict(contents(triage))[heading].split(", ")
    assert (len(listed), listed[-1]) == (21, "10 more")
    for format_ in ("text", "markdown"):
        assert ", 10 more" in renderer(format_)(triage)
    told = orjson.loads(renderer("json")(triage))["contents"][counted]
    assert (told["count"], told["exact"]) == (30, True)


def test_of_names_that_were_not_all_counted_the_least_is_told() -> None:
    assert counts((Count("Chrome", 7),), Number(5, is_exact=False)) == "Chrome (7), at least 4 more"


def test_the_help_tells_which_rules_there_are_by_default() -> None:
    options, has_verdicts = chosen(Config())
    assert has_verdicts
    assert {id for id in registry() if id not in options.selected and not id.startswith("DIA")} == {"SCH006"}
    assert not any(id.startswith("DIA") for id in options.selected)
    told = {
        command: " ".join(CliRunner().invoke(cli, [command, "--help"]).output.split())
        for command in ("check", "config", "triage")
    }
    assert "Default: all but SCH006; DIA only as verdicts." in told["triage"]
    for command in ("check", "config"):
        assert "Default: all but SCH006 and DIA." in told[command]


@pytest.mark.parametrize("command", ["check", "triage"])
def test_sessions_that_are_not_remembered_are_told(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = ("07625:1490529480:aKq8Zc21", "07625:1490529480:v9RzXk3e", "07625:1490529480:wT4nYc2b")
    lines = [orjson.dumps(at("userSessionId", id)) for id in ids]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    monkeypatch.setattr(Corpus.__init__, "__defaults__", (2, 1000))
    done = CliRunner().invoke(cli, [command, "--no-config", str(tmp_path / "a.jsonl")])
    assert done.exit_code == 0
    assert "1 others are not among them" in done.output


LONG = [at("userSessionId", f"07625:1490529480:{number:08}", at("port", 0)) for number in range(2000)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_long_response_is_one_capture(tmp_path: Path, jobs: int) -> None:
    payload = {"userSessions": [each["userSessions"][0] for each in LONG]}
    (tmp_path / "a.json").write_bytes(orjson.dumps(payload))
    (tmp_path / "b.json").write_bytes(orjson.dumps(at("port", 0)))
    settings = Config(jobs=jobs)
    seen = collected(work([str(tmp_path)], settings.all_limits()), settings, never, Corpus(), jobs)
    (cause,) = (each for each in seen.contents().causes.listed if each.rule == "SES008")
    assert (cause.findings, cause.captures, cause.sessions) == (2001, 2, 2001)


def test_what_compares_sessions_is_told_of_the_session_too() -> None:
    triage = triaged(sound(), at("visitedSite", "other.example"))
    assert triage.summary.rules == {"COR001": 1}
    assert [unpacked(each).findings for each in triage.sessions] == [[0, 0, 0], [0, 1, 0]]


def test_null_is_no_session() -> None:
    payload = sound()
    payload["userSessions"] += [None, 5]
    triage = triaged(payload)
    assert (triage.summary.sessions, len(triage.sessions), sum(each.sessions for each in triage.verdicts)) == (1, 1, 1)


def test_a_date_that_there_is_not_is_no_end_of_the_span() -> None:
    triage = triaged(sound(), at("date", "2017-02-30 10:00:00", at("userSessionId", "07625:1490529480:aKq8Zc21")))
    assert (triage.first, triage.last) == ("2017-03-26 11:58:43", "2017-03-26 11:58:43")
    causes = {each.rule: (each.first, each.last) for each in triage.causes.listed}
    assert causes["SES002"] == (None, None)


def test_the_first_and_the_last_date_are_told_in_whatever_order_they_come() -> None:
    triage = triaged(*(at("date", f"2017-03-{day} 11:58:43", at("port", 0)) for day in (26, 24, 28, 25)))
    (port,) = (each for each in triage.causes.listed if each.rule == "SES008")
    for told in (triage, port):
        assert (told.first, told.last) == ("2017-03-24 11:58:43", "2017-03-28 11:58:43")


def test_what_is_no_payload_in_a_list_of_them_is_no_session() -> None:
    triage = triaged([None, sound(), 5, [], {"userSessions": None}, {"userSessions": 5}, sound()["userSessions"][0]])
    assert (triage.summary.sessions, len(triage.sessions)) == (2, 2)
    assert next(each for each in triage.fields if each.pointer == "/userSessions").present == 2


def test_fields_of_a_broken_payload_are_counted_as_those_of_a_sound_one() -> None:
    broken, whole = triaged(at("port", 70000)), triaged(sound())
    assert [each[:3] for each in broken.fields] == [each[:3] for each in whole.fields]


@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_nothing_of_a_dump_acts_on_who_reads_of_it(format_: str) -> None:
    written = renderer(format_)(collected(captures(hostile()), Config(), never, Corpus()).contents())
    assert written == printable_lines(written)


def test_texts_that_begin_alike_are_not_one_value() -> None:
    link = "https://app.thousandeyes.com/view/endpoint-agent/?scenarioId=sessionDetails&binSize=300000&roundId="
    triage = triaged(*(at("permalink", f"{link}{1490529480 + 60 * number}") for number in range(30)))
    assert next(each for each in triage.fields if each.pointer == "/userSessions/*/permalink").values == ()


def test_a_document_with_too_many_findings_is_told_of() -> None:
    hops = [{"hop": number, "delay": -1} for number in range(1, 20)]
    payload = at("network/traceroute/hops", hops)
    payload["userSessions"].append(sound()["userSessions"][0])
    triage = triaged([payload, sound()], config=Config(limits={"findings": 5}))
    assert {each.rule for each in triage.causes.listed} == {"TRC012", "CAP015"}
    assert triage.summary.sessions == 3
    assert triage.sessions == ()  # they were not checked, so nothing is known of them


def test_of_too_many_causes_those_that_matter_least_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    payload = at("port", 0)
    payload["userSessions"][0] |= {f"new{number}": 1 for number in range(50)}
    monkeypatch.setattr("sessionlint.triage.causes._MOST", 5)
    causes = triaged(payload).causes
    assert not causes.is_whole
    assert [each.rule for each in causes.listed] == ["SES008", *["SCH004"] * 4]


@pytest.mark.parametrize("share", [0, 1, 0.93])
def test_a_share_may_be_an_integer(share: float) -> None:
    cpu = {"min": share, "max": share, "mean": share, "median": share, "stdDev": 0, "count": 10}
    triage = triaged(at("network/systemMetrics/cpuUtilization", cpu))
    assert ("DIA004" in {each.rule for each in triage.signs}) == (share > 0.9)


LOGIN = b"<!doctype html><title>Sign in</title>"
CREDENTIAL = Defect("CAP017", problem((), "an Authorization header was saved with the payload"))
REFUSED = Capture("a.har!/log/entries/0", b"{}", defects=(CREDENTIAL,), exchange=Exchange("har", 429))
UNREADABLE = [
    REFUSED,
    REFUSED._replace(exchange=Exchange("har", 401)),
    REFUSED._replace(exchange=Exchange("har", 401)),
    Capture("many.json", b'{"errorMessage": "Too many requests, try after 17 s"}'),
    Capture("many2.json", b'{"errorMessage": "Too many requests, try after 5 s"}'),
    Capture("who.json", b'{"errorMessage": "Unauthorized"}'),
    Capture("login.json", LOGIN.decode().encode("utf-16")),
    Capture("a.zip!/locked.json", b"", "archive", (unsafe("the member has a password"),)),
    Capture("a.zip!/link.json", b"", "archive", (unsafe("the member is a symbolic link, which is not followed"),)),
]


@pytest.mark.parametrize("split", range(len(UNREADABLE)))
def test_what_could_not_be_read_is_told_by_its_reason(split: int) -> None:
    first, second = (collected(part, Config(), never, Corpus()) for part in (UNREADABLE[:split], UNREADABLE[split:]))
    first.merge(second)
    told = [(each.captures, each.rule, each.example) for each in first.contents().unreadable]
    assert told[:2] == [(2, "CAP008", "a.har!/log/entries/0!"), (2, "CAP008", "many.json!")]
    assert sorted(told[2:]) == [
        (1, "CAP008", "a.har!/log/entries/0!"),
        (1, "CAP008", "who.json!"),
        (1, "CAP009", "login.json!"),
        (1, "CAP016", "a.zip!/link.json!"),
        (1, "CAP016", "a.zip!/locked.json!"),
    ]


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_of_many_reasons_the_commonest_are_told_and_how_many_captures_have_others(format_: str) -> None:
    texts = ["error", *(f"error {first}{second}" for first in "abcdefghij" for second in "abcdefg")][:70]
    answers = [Capture(f"{number}.json", orjson.dumps({"error": text})) for number, text in enumerate(texts)]
    triage = collected([*answers, answers[69]], Config(), never, Corpus()).contents()
    assert (len(triage.unreadable), triage.unreadable[0].example) == (50, "69.json!")
    assert "… and 20 more captures" in renderer(format_)(triage)
