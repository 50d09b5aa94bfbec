"""The rules of the capture: the file, before anything is known of the payload in it.

Intake, decode and the engine find what they tell; here are their pages.
"""

from sessionlint.finding import ERROR, INFO, WARNING
from sessionlint.rule import capture_rule


@capture_rule("CAP001", severity=ERROR)
def unreadable() -> None:
    """The file cannot be opened or read.

    Permission is missing, the disk failed, or the file vanished meanwhile. A device, a socket or a pipe
    is never opened, for reading it may never end. A checkout without Git LFS has pointers in place of
    files. Nothing is known of what is in the file.

    Reason: What cannot be read cannot be checked, and must not pass as sound.
    Remedy: Make the file readable, or leave it out.

    Bad:
        (a file without permission to read)
    Bad:
        (a named pipe in a folder of captures)
    Bad:
        (a pointer of Git LFS in the file's place)
    Good:
        (a regular file that may be read)
    """


@capture_rule("CAP002", severity=ERROR)
def empty() -> None:
    r"""The file is empty, or holds white space only.

    The download failed before its first byte, or a script made the file and never wrote into it.

    Standard: RFC 8259, section 2: a JSON text is one value; XML 1.0, section 2.1: a document has one root element.
    Remedy: Download the response again.

    Bad: white space only
        \x20\x0a
    Good: a response without sessions
        {"userSessions": []}
    """


@capture_rule("CAP003", severity=ERROR)
def json_syntax() -> None:
    """The file is not JSON.

    Most programs refuse the whole file for one comma. The message says what was expected and which
    repair is clear: a comma, quotes, a bracket, a comment, a literal of Python; or that it was quoted in a
    mail, listed with line numbers, or broken by a terminal, or that a merge conflict is not resolved. The rest is
    salvaged and still checked, so its findings are not the last word; of a damaged value nothing else is said. Where
    a bracket is lost, the documented names tell where the object ended.

    Standard: RFC 8259, the JSON data interchange format.
    Remedy: Save the response as it came; do not edit it or print it with another program.

    Bad: a comma too many
        {"userSessions": [],}
    Bad: a comma is missing
        {"userSessions": [{"userSessionId": "07625:1490529480:h3qJQTpl" "agentId": "3fde6422",
         "roundId": 1490529480, "date": "2017-03-26 11:58:43"}]}
    Bad: printed by Python
        {'userSessions': []}
    Bad: a comment
        // saved by hand
        {"userSessions": []}
    Good:
        {"userSessions": []}
    """


@capture_rule("CAP004", severity=ERROR, unless=("CAP016",))
def truncated() -> None:
    """The text ends inside of a value: the file is cut off.

    A download that broke, a full disk, a field of a log with a limit. What is there is salvaged and
    still checked; what is missing is unknown, so nothing is concluded from it.

    Standard: RFC 8259, sections 4 and 5: an object ends with a brace, a list with a bracket; XML 1.0, section 3: an element ends with its end tag.
    Remedy: Download the response again, and compare its size with Content-Length.

    Bad:
        {"userSessions": [{"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde
    Bad: XML
        <response><userSessions><userSessionId>07625:1490529480:h3qJQTpl</userSessionId>
    Good:
        {"userSessions": []}
    """


@capture_rule("CAP005", severity=ERROR)
def duplicate_key() -> None:
    """An object has a key twice.

    Parsers keep one of the two without a word, and not all the same one, so two readers see different
    payloads. In XML it is an element that comes twice though it is no list.

    Standard: RFC 8259, section 4: the names within an object should be unique; behaviour is unpredictable otherwise.
    Remedy: Find out which of the two values is meant, and drop the other.

    Bad:
        {"userSessions": [{"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422",
         "roundId": 1490529480, "date": "2017-03-26 11:58:43", "port": 80, "port": 443}]}
    Good: the same key in another object
        {"userSessions": [{"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422",
         "roundId": 1490529480, "date": "2017-03-26 11:58:43", "network": {
         "gatewayPing": {"pktsSent": 10, "pktsReceived": 0}, "ping": {"pktsSent": 10, "pktsReceived": 0}}}]}
    """


@capture_rule("CAP006", severity=ERROR)
def not_a_number() -> None:
    """A number is NaN, infinite, or too large for a double.

    JSON has no such numbers, and a program that computes with one spreads it. The rest is still
    checked, and the value counts as unknown.

    Standard: RFC 8259, section 6: numeric values such as Infinity and NaN are not permitted; IEEE 754 for what a double holds.
    Remedy: Leave the field out where there is no number.

    Bad:
        {"userSessions": [{"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422",
         "roundId": 1490529480, "date": "2017-03-26 11:58:43", "experienceScore": NaN}]}
    Bad: no double holds it
        {"userSessions": [{"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422",
         "roundId": 1490529480, "date": "2017-03-26 11:58:43", "experienceScore": 1e400}]}
    Good: small, but a number
        {"userSessions": [{"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422",
         "roundId": 1490529480, "date": "2017-03-26 11:58:43", "experienceScore": 1e-300}]}
    """


@capture_rule("CAP007", severity=ERROR)
def encoding() -> None:
    r"""The text is not plain UTF-8.

    JSON between systems is UTF-8. UTF-16 and UTF-32 are decoded, and what is no character is replaced;
    then the payload is checked. A byte-order mark is a warning: many parsers stumble over it.

    Standard: RFC 8259, section 8.1: JSON text between systems is encoded in UTF-8, without a byte-order mark; RFC 3629, section 3: no surrogates.
    Remedy: Save the file as UTF-8 without a byte-order mark.

    Bad: a byte that UTF-8 does not have there
        {"userSessions": [{"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422",
         "roundId": 1490529480, "date": "2017-03-26 11:58:43", "orgName": "caf\xe9"}]}
    Bad: a warning, for a byte-order mark
        \xef\xbb\xbf{"userSessions": []}
    Bad: UTF-16
        \xff\xfe{\x00"\x00u\x00s\x00e\x00r\x00S\x00e\x00s\x00s\x00i\x00o\x00n\x00s\x00"\x00:\x00[\x00]\x00}\x00
    Good: two bytes for one letter
        {"userSessions": [{"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422",
         "roundId": 1490529480, "date": "2017-03-26 11:58:43", "orgName": "caf\xc3\xa9"}]}
    """


@capture_rule("CAP008", severity=ERROR)
def error_response() -> None:
    """The API answered with an error, and the answer was saved in the payload's place.

    The exchange's status is 400 or more, or the body is what the API sends with an error. There is no
    session in it; the message says what the status means.

    Standard: RFC 9110, section 15: a status of 400 or more says that the request was not fulfilled.
    Remedy: Ask again once the reason is gone: with valid credentials, an existing session, or after the rate limit.

    Bad: the body alone
        {"errorMessage": "Too many requests"}
    Bad:
        (an HTTP dump or a HAR entry whose final status is 401)
    Good:
        {"userSessions": []}
    """


@capture_rule("CAP009", severity=ERROR)
def html_page() -> None:
    """An HTML page was saved in the payload's place.

    A login, a proxy or a firewall answered instead of the API, often with the status 200, so the script
    that saved the file noticed nothing.

    Reason: A page for people holds no session.
    Remedy: Sign in, or let the request pass the proxy; then download the response again.

    Bad:
        <!DOCTYPE html>
        <html><head><title>Sign in</title></head><body><form action="/login"></form></body></html>
    Good:
        {"userSessions": []}
    """


@capture_rule("CAP010", severity=WARNING)
def wrong_format() -> None:
    """The name or the Content-Type says JSON and the body is XML, or the reverse.

    Programs choose their parser by the name and fail. The payload is checked as what it is.

    Reason: The format of a response is chosen by the path's suffix, by Accept or by `format`; which of them won shows in the body alone.
    Remedy: Rename the file after what it holds.

    Bad:
        (a file `session.json` that begins with <response>)
    Good:
        (a file `session.xml` that begins with <response>)
    """


@capture_rule("CAP011", severity=ERROR)
def double_encoded() -> None:
    r"""The payload was encoded once more: JSON inside of a JSON string, or base64.

    A script saved the text of the response as a value of its own, or printed the bytes of it in Python
    (`b'{"userSessions": …}'`); a mail encoded it (quoted-printable); or it was copied from a log, a page's
    source or a table, each quotation mark as `\"`, `&quot;` or `""`. The payload inside is decoded and checked,
    up to three wrappers deep.

    Reason: The API answers with an object, not with a text that holds one.
    Remedy: Save the response's body as it came.

    Bad: base64
        eyJ1c2VyU2Vzc2lvbnMiOiBbXX0=
    Bad: a JSON string
        (the response as one JSON string, each quotation mark in it escaped)
    Good:
        {"userSessions": []}
    """


@capture_rule("CAP012", severity=ERROR)
def not_a_payload() -> None:
    """The file is well-formed, but is not a response with user session details.

    It has none of the fields that make one: it may be the answer to another request. The message names
    the nearest thing it could be, and where a response is in it: logs, and tools that record requests, keep
    one as a part of their own.

    Documented: "Returns details for an endpoint user session"
    Remedy: Check the file that was meant, or leave this one out.

    Bad: another response of the API
        {"agents": [{"agentId": 4492}]}
    Bad: a list of numbers
        [1, 2, 3]
    Good: a bare session, as in JSON Lines
        {"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422",
         "roundId": 1490529480, "date": "2017-03-26 11:58:43"}
    """


@capture_rule("CAP013", severity=ERROR)
def xml_syntax() -> None:
    """The file is not well-formed XML.

    Every XML parser refuses the whole file. The message says where. A tag that is lost or misspelt, a
    character that is not escaped, or text before the document is repaired, and the rest is still
    checked; where no repair is clear, what is before that place is.

    Standard: Extensible Markup Language (XML) 1.0, section 2.1: well-formed XML documents.
    Remedy: Save the response as it came; `&` and `<` in a text are written `&amp;` and `&lt;`.

    Bad: a bare ampersand
        <response><userSessions><userSessionId>07625:1490529480:h3qJQTpl</userSessionId><agentId>3fde6422</agentId>
        <roundId>1490529480</roundId><date>2017-03-26 11:58:43</date><orgName>Jones & Sons</orgName></userSessions></response>
    Bad: an end tag is lost
        <response><userSessions><userSessionId>07625:1490529480:h3qJQTpl</userSessionId><agentId>3fde6422
        <roundId>1490529480</roundId><date>2017-03-26 11:58:43</date></userSessions></response>
    Good:
        <response><userSessions><userSessionId>07625:1490529480:h3qJQTpl</userSessionId><agentId>3fde6422</agentId>
        <roundId>1490529480</roundId><date>2017-03-26 11:58:43</date><orgName>Jones &amp; Sons</orgName></userSessions></response>
    """


@capture_rule("CAP014", severity=ERROR)
def unsafe_xml() -> None:
    """The XML declares a document type, entities, or something outside of the file.

    A few such lines can fill a machine's memory or send its files elsewhere. The file is refused
    unexpanded, and nothing is fetched. The API sends no document type.

    Standard: Extensible Markup Language (XML) 1.0, sections 2.8 and 4.2: document types and entities.
    Remedy: Find out where the file comes from; remove the declaration if it is harmless.

    Bad:
        <!DOCTYPE response [<!ENTITY org "T-2">]>
        <response><userSessions><orgName>&org;</orgName></userSessions></response>
    Bad: a file of the reader's machine
        <!DOCTYPE response SYSTEM "file:///etc/passwd"><response/>
    Good: the entities that XML itself has
        <response><userSessions><userSessionId>07625:1490529480:h3qJQTpl</userSessionId><agentId>3fde6422</agentId>
        <roundId>1490529480</roundId><date>2017-03-26 11:58:43</date><orgName>T&#45;2 &amp; Sons</orgName></userSessions></response>
    """


@capture_rule("CAP015", severity=ERROR)
def over_limit() -> None:
    """The file is deeper, larger or more numerous than the limits.

    Limits keep hostile input from filling memory: on nesting, on the size of a document before and
    after it is expanded, on members and on containers inside of containers. What is beyond them is not
    checked, and is said not to be. The finding names the limit: `nesting`, `document-bytes`,
    `undivided-bytes`, `document-values`, `findings`, `expanded-bytes`, `expansion-ratio`, `members` or
    `container-depth`. The table `limits` of the configuration sets them; `sessionlint config` prints them.

    Reason: A few bytes can expand to more than any machine holds.
    Remedy: Check the file in parts, or raise the limit in the configuration if you trust it.

    Bad:
        (a document larger than the limit)
    Bad:
        (ten thousand brackets, one inside of the other)
    Good:
        {"userSessions": []}
    """


@capture_rule("CAP016", severity=ERROR)
def unsafe_member() -> None:
    """A member of an archive is not safe to read, or cannot be read.

    Its name is absolute or climbs out of the archive, it is a link or a device, it needs a password, or
    its checksum does not fit. Nothing is ever written and no link is followed; the other members are
    still read.

    Reason: An archive comes from somebody else, and its names and checksums are claims.
    Remedy: Ask for an archive of plain files, packed again.

    Bad:
        (a member called `../../etc/passwd`)
    Bad:
        (a member that needs a password)
    Good:
        (an archive of regular files in folders)
    """


@capture_rule("CAP017", severity=ERROR)
def credential() -> None:
    """A credential was saved with the payload.

    An Authorization or Cookie header, a user and token on a command line, or a token in a URL: whoever
    gets the file can use it. It is shown in no output.

    Reason: A capture is passed on to people who must not have the credential.
    Remedy: Revoke the credential, and take it out of the file before you pass it on.

    Bad:
        (an HTTP dump with the line `Authorization: Basic …`)
    Good:
        (the same dump without that line)
    """


@capture_rule("CAP018", severity=ERROR)
def trailing_data() -> None:
    r"""There is text after the document's end.

    Parsers refuse it or ignore it, and two programs see different payloads. Two or more documents, one
    a line, are JSON Lines and fine.

    Standard: RFC 8259, section 2: a JSON text is one value, with white space around it; XML 1.0, section 2.1: one root element.
    Remedy: Keep one document in a file, or one on each line.

    Bad: a prompt that was copied along
        {"userSessions": []} $
    Bad: XML
        <response><userSessions><userSessionId>07625:1490529480:h3qJQTpl</userSessionId><agentId>3fde6422</agentId>
        <roundId>1490529480</roundId><date>2017-03-26 11:58:43</date></userSessions></response> done
    Good: white space
        {"userSessions": []}\x0a\x0a
    """


@capture_rule("CAP019", severity=INFO)
def xml_root_name() -> None:
    """The root element is not called `response`.

    The payload is read all the same: no XML of this response is public, so its root element may have
    another name.

    Reason: The root element `response` is this project's own mapping, not the documentation's.
    Remedy: None is needed.

    Bad:
        <details><userSessions><userSessionId>07625:1490529480:h3qJQTpl</userSessionId><agentId>3fde6422</agentId>
        <roundId>1490529480</roundId><date>2017-03-26 11:58:43</date></userSessions></details>
    Good:
        <response><userSessions><userSessionId>07625:1490529480:h3qJQTpl</userSessionId><agentId>3fde6422</agentId>
        <roundId>1490529480</roundId><date>2017-03-26 11:58:43</date></userSessions></response>
    """


@capture_rule("CAP020", severity=WARNING)
def request_mismatch() -> None:
    """The capture holds another response than its request asked for.

    The request is known from the HAR file, the dump or the recording: it named another session, account or format than
    the body has. Captures were mixed up, or a proxy answered from its memory.

    Reason: An answer belongs to its question.
    Remedy: Capture the request and its response again, together.

    Bad:
        (a HAR entry that asked for session 07625:1490529480:h3qJQTpl, and whose body has another one)
    Good:
        (a HAR entry whose body has the session that its request asked for)
    """
