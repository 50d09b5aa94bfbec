"""Responses whose start is lost: what is left of a log that was rolled, or of a terminal's last lines."""

import re
from collections import deque
from typing import Final

from sessionlint.decode.text import Edit

_KEY: Final = re.compile(rb'(?<!\\)"[A-Za-z]\w*+"\s*+:')
_BRACKET: Final = re.compile(rb'"(?:[^"\\\r\n]|\\.)*+"?|([{\[])|([}\]])')
"""A string, closed or not, or a bracket outside of strings."""
_LIST: Final = b"userSessions"
"""The name of the list that sessions are in: what has it before a session has its start."""
_OPENED_BY: Final = {b"}": b"{", b"]": b"["}
_END_OF_RESPONSE: Final = re.compile(rb"\]\s*+\}\s*+\Z")
_COMMA: Final = re.compile(rb"\s*+,?+")
_RESPONSE_AND_SESSION: Final = 3
"""Brackets that a session closes with the response around it."""


def opened_again(text: bytes) -> Edit | None:
    """What makes a response again of a text that starts inside of a session, if its end tells that it does.

    Of that session whole members stay, and no others.
    """
    key = _KEY.search(text)
    if key is None:
        return None
    opened: list[bytes] = []
    unopened: deque[re.Match[bytes]] = deque(maxlen=_RESPONSE_AND_SESSION + 1)
    for bracket in _BRACKET.finditer(text, key.start()):
        if bracket[1]:
            opened.append(bracket[1])
        elif bracket[2] and not opened:
            unopened.append(bracket)
        elif bracket[2] and opened.pop() != _OPENED_BY[bracket[2]]:
            return None
    closers = b"".join(bracket[0] for bracket in unopened)
    if opened or not closers.endswith(b"}]}") or not _END_OF_RESPONSE.match(text, unopened[-2].start()):
        return None
    start = key.start()
    if len(unopened) > _RESPONSE_AND_SESSION:
        # It starts inside of a member of the session, and nothing tells of which.
        after = _COMMA.match(text, unopened[0].end())
        start = after.end() if after else start
    if _LIST in text[:start]:
        return None
    return Edit(0, start, b'{"%b":[{' % _LIST)
