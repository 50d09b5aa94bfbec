"""Secrets in texts: found, and taken out."""

import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import check
from sessionlint.config import Config
from sessionlint.credentials import harmless_comments, without_secrets
from sessionlint.intake.files import captures
from sessionlint.library import check_with
from support_intake import URL, words_of

SECRET = "g351mw5xqhvkmh1vq6zfm51c62wyzib2"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"curl x -u noreply@example.com:{SECRET}", "curl x -u noreply@example.com:***"),
        (f"curl x -u 'me:{SECRET}' -v", "curl x -u 'me:***' -v"),
        (f"curl x -sSu me:{SECRET}", "curl x -sSu me:***"),
        (f"curl x --user me:{SECRET}", "curl x --user me:***"),
        (f"http -a me:{SECRET} x", "http -a me:*** x"),
        (f"https --auth=me:{SECRET} x", "https --auth=me:*** x"),
        (f"curl x -U me:{SECRET}", "curl x -U me:***"),
        (f"wget --password={SECRET} x", "wget --password=*** x"),
        (f"Authorization: Basic {SECRET}\r\nX: y", "Authorization: ***\r\nX: y"),
        (f"* [HTTP/2] [1] [authorization: Basic {SECRET}]", "* [HTTP/2] [1] [authorization: ***]"),
        (f'-H "Cookie: a={SECRET}"', '-H "Cookie: ***"'),
        (f"headers={{'Authorization': 'Bearer {SECRET}'}}", "headers={'Authorization': '***'}"),
        (f"@{{Authorization='Bearer {SECRET}'}}", "@{Authorization='***'}"),
        (f'{{"headers": {{"X-Api-Key" : "{SECRET}"}}}}', '{"headers": {"X-Api-Key" : "***"}}'),
        (f'{{\\"cookie\\":\\"{SECRET}', '{\\"cookie\\":\\"***'),
        (f'.header("Authorization", "Bearer {SECRET}")', '.header("Authorization", "***")'),
        (f"'Cookie' => 'a={SECRET}'", "'Cookie' => '***'"),
        (f'{{"name": "Cookie", "value": "a={SECRET}"}}', '{"name": "Cookie", "value": "***"}'),
        (f'Cookie: a="{SECRET}"; b=c', "Cookie: ***"),
        (f'Authorization: Digest username="me", response="{SECRET}"\nX: y', "Authorization: ***\nX: y"),
        (f"curl -H 'Cookie: a=\"{SECRET}\"' x", "curl -H 'Cookie: ***' x"),
        (f'curl -H "Cookie: a=\\"{SECRET}\\"" x', 'curl -H "Cookie: ***" x'),
        (f'curl -H "Authorization: Basic {SECRET}==" "https://host/"', 'curl -H "Authorization: ***" "https://host/"'),
        (f'{{"name": "Cookie", "value": "a=\\"{SECRET}\\""}}', '{"name": "Cookie", "value": "***"}'),
        (f'{{"text": "\\"Cookie: a={SECRET}\\""}}', '{"text": "\\"Cookie: ***\\""}'),
        (f"<a>Cookie: a={SECRET}</a><b/>", "<a>Cookie: ***</a><b/>"),
        (f"<!--Cookie: a={SECRET}--><b/>", "<!--Cookie: ***--><b/>"),
        (f"/*curl -u me:{SECRET}*/ {{}}", "/*curl -u me:****/ {}"),
        (f"curl x -b 'a=b; c={SECRET}' y", "curl x -b 'a=***' y"),
        (f'curl x -u "me:two words{SECRET}" y', 'curl x -u "me:***" y'),
        (f"<a>https://host/?token={SECRET}</a><b/>", "<a>https://host/?token=***</a><b/>"),
        (f"https://me:{SECRET}@host/x", "https://me:***@host/x"),
        (f"https://:{SECRET}@host/x", "https://:***@host/x"),
        (f"https://host/?a=1&token={SECRET}&b=2", "https://host/?a=1&token=***&b=2"),
        (f"https://host/?password={SECRET}", "https://host/?password=***"),
        (f"https://host/?api%5Fkey={SECRET}", "https://host/?api%5Fkey=***"),
        (f"<![CDATA[https://host/?token={SECRET}]]>", "<![CDATA[https://host/?token=***]]>"),
        (f'{{\\"cookie\\":\\"a={SECRET}=\\",\\"b\\":0', '{\\"cookie\\":\\"***\\",\\"b\\":0'),
        (f'\\"Authorization: Basic {SECRET}==\\" \\"https://h/\\"', '\\"Authorization: ***\\" \\"https://h/\\"'),
        (f"Cookie: a=à\x85{SECRET}", "Cookie: ***"),
        (f"curl -u me:à\xa0{SECRET} x", "curl -u me:*** x"),
    ],
)
def test_a_secret_is_taken_out(text: str, left: str) -> None:
    kinds, harmless = without_secrets(text)
    assert harmless == left
    assert len(kinds) == 1


@pytest.mark.parametrize(
    "text",
    [
        "curl -u me https://host/",
        "curl -u me:$TOKEN https://host/",
        "curl -u '<user>:<token>' https://host/",
        "curl -b cookies.txt https://host/",
        "https://me@host/",
        "https://host:443/a@b",
        "https://host/?roundId=1&__aid=7625&tokens=3",
        "ls -u a:b/c"[:5],
        "Authorization: ***",
        "headers={'Authorization': 'Bearer ' + token}",
        "the cookie, or authorization",
        "cookie; \u017fet-cookie: a, x-ap\u0131-key: b",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert without_secrets(text) == (set(), text)


@pytest.mark.parametrize(
    "text",
    [
        f"# curl -u me:{SECRET} {URL}\n{{}}",
        f"// Authorization: Basic {SECRET}\n[1,]",
        f"GET /x HTTP/1.1\nAuthorization: Basic {SECRET}\n",
        f"wget https://me:{SECRET}@host/\n",
        f"2017-03-26 INFO X-Api-Key: {SECRET}\n",
        f"> AUTHORIZATION:Bearer {SECRET}\n",
        f"GET /v6/x?access_token={SECRET}\n",
        f"X-Auth-Token: {SECRET}\n",
        f"### request\nGET https://host/?token={SECRET}\nCookie: {SECRET}\n",
    ],
)
def test_no_secret_is_in_a_text_that_is_handed_on(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    (capture,) = captures([str(tmp_path / "a.txt")])
    assert "CAP017" in [defect.rule for defect in capture.defects]
    assert SECRET not in words_of(capture)
    assert SECRET.encode() not in capture.data


@pytest.mark.parametrize(
    "text",
    [
        f'{{"userSessions": []}}\n$ curl -u me:{SECRET} {URL}\n{{"userSessions": []}}',
        f'{{"userSessions": []}} Cookie: a={SECRET}',
        f'{{ // Authorization: Bearer {SECRET}\n"userSessions": []}}',
        f"<response><userSessions/></response>\n$ curl -u me:{SECRET} {URL}",
        f'{{"userSessions": []}} Cookie: a="{SECRET}"',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_secret_beside_a_document_is_told(text: str, encoding: str) -> None:
    report = check_with(Config(), text.encode(encoding), excerpts=True)
    assert "CAP017" in {finding.rule for finding in report.findings}
    assert SECRET not in repr(report)


@pytest.mark.parametrize("secret", [SECRET, f"à{SECRET}", f"é{SECRET}Å\U0001f511"])
def test_what_is_hidden_in_a_broken_text_moves_nothing(secret: str) -> None:
    text = f'{{"userSessions": [], // Authorization: Bearer {secret}\n}} é Cookie: a={secret} x'
    told = {finding.rule: (finding.line, finding.column) for finding in check(text.encode()).findings}
    assert told == {"CAP017": (None, None), "CAP003": (1, 22), "CAP018": (2, 3)}


@pytest.mark.parametrize(
    "text",
    [
        "<response><!--Cookie: a={}--><userSessions><port>0</port></userSessions></response> x",
        "<response><userSessions><orgName>https://a/?token={}</orgName><port>0</port></userSessions></response> x",
        '{{"userSessions": [{{"orgName": "\\"Cookie: a={}\\"", "port": 0}},]}}',
        '{{/*curl -u me:{}*/"userSessions": [{{"port": 0}},]}}',
        "<response><userSessions><id><![CDATA[https://a/?token={}]]></id><port>0</port></userSessions></response> x",
    ],
)
@pytest.mark.parametrize("secret", [SECRET, f"à{SECRET}", f"é{SECRET}Å\U0001f511"])
def test_nothing_behind_what_is_hidden_in_a_broken_text_is_lost(text: str, secret: str) -> None:
    told = [check(text.format(secret).encode()) for secret in (secret, "*" * len(secret))]
    one, other = ({(each.rule, each.line, each.column) for each in report.findings} for report in told)
    assert one - {("CAP017", None, None)} == other - {("CAP017", None, None)}
    assert [report.summary.sessions for report in told] == [1, 1]


def test_the_values_of_a_sound_payload_are_no_credentials() -> None:
    payload = {"userSessions": [], "cookie": SECRET, "link": f"https://me:{SECRET}@host/"}
    assert {finding.rule for finding in check(json.dumps(payload).encode()).findings} == {"SCH004"}


def test_a_secret_in_a_comment_of_sound_xml_moves_nothing() -> None:
    text = "<response><userSessions><!-- -u me:{} x --><port>0</port></userSessions></response>"
    secret = f"à{SECRET}é"
    told = [check(text.format(each).encode()) for each in (secret, "*" * len(secret))]
    one, other = ({(each.rule, each.line, each.column) for each in report.findings} for report in told)
    assert one - other == {("CAP017", None, None)}


def test_a_comment_in_sound_xml_is_shown_without_its_secret() -> None:
    values = f"<orgName>https://me:{SECRET}@host/</orgName><port>0</port>"
    text = f"<response><userSessions>{values}<!-- curl -u me:{SECRET} x --></userSessions></response>"
    with_secret = check_with(Config(select=("SES008", "CAP")), text.encode(), excerpts=True)
    without = check_with(Config(select=("SES008", "CAP")), text.replace(f"me:{SECRET} x", "me x").encode())
    assert [each.rule for each in with_secret.findings] == ["CAP017", "SES008"]
    assert [(each.rule, each.column) for each in without.findings] == [("SES008", with_secret.findings[1].column)]
    assert with_secret.findings[1].excerpt
    assert f"-u me:{SECRET}" not in repr(with_secret)
    assert f"-u me:{'*' * len(SECRET)} x" in with_secret.findings[1].excerpt


@pytest.mark.parametrize("text", ["<!--" * 100_000, "<!--" + "-" * 300_000, "<!-- -->" * 50_000])
def test_comments_are_read_in_one_go(text: str) -> None:
    assert harmless_comments(text.encode()) == (text.encode(), ())


@given(st.text(alphabet=":/@-uU =\"'?&;#tokencurlCookie\r\n abx\u017f\u0131\xa0", max_size=200))
def test_any_text_is_read(text: str) -> None:
    kinds, harmless = without_secrets(text)
    assert kinds or harmless == text


@pytest.mark.parametrize(
    "text",
    [
        " -u" * 100_000,
        " -" + "u" * 300_000,
        "://" * 100_000,
        "://" + ":" * 300_000,
        "?" * 300_000,
        "cookie:" * 40_000,
        " -b=" * 80_000,
        "?token=" * 40_000,
        " -u a:" * 60_000,
        "://a:b@" * 40_000,
        "cookie:" + "\\" * 300_000,
        'cookie:=\\"' * 40_000,
        'cookie:a="' * 40_000,
        " -u 'a:" * 60_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    def seconds(text: str) -> float:
        start = process_time()
        without_secrets(text)
        return process_time() - start

    part = min(seconds(text[: len(text) // 16]) for _ in range(3))
    assert seconds(text) < 70 * max(part, 0.001)  # 16 if it is linear, 256 if it is quadratic
