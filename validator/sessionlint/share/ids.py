"""Pseudonyms of agents, sessions and accounts; what rules compare of them stays comparable."""

import re
from typing import Final

from sessionlint.share.pseudonyms import Pseudonyms
from sessionlint.share.vocabulary import is_time
from sessionlint_rules.session import is_round

_UUID: Final = re.compile(
    "[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE
)
_NIL: Final = "00000000-0000-0000-0000-000000000000"
_MOST_PARTS: Final = 8
_MOST_ZEROS: Final = 9
_LONGEST_ROUND: Final = 20


class IdPseudonyms:
    """Ids under one key."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self.round_id: float | None = None
        """The roundId of the session at hand."""

    def agent(self, text: str) -> str:
        """An agent's id: a UUID becomes one of the same version and variant (RFC 9562)."""
        shape = _UUID.fullmatch(text)
        if not text or text == _NIL:
            return text
        if shape is None:
            return self._pseudonyms.named("agent", text)
        made = self._pseudonyms.digest("agent", text.lower().encode()).hex()
        made = f"{made[:8]}-{made[8:12]}-{shape[1]}{made[13:16]}-{shape[2]}{made[17:20]}-{made[20:32]}"
        return made.upper() if text != text.lower() else made.lower()

    def session(self, text: str) -> str:
        """A session's id ``account:round:token``; one of another form keeps the number of its parts."""
        parts = text.split(":", _MOST_PARTS)
        if len(parts) == 3:
            account, round, token = parts
            made = token and self._pseudonyms.token("session", text, len(token))
            return f"{self.account(account)}:{self.round(round)}:{made}"
        tokens = (self._pseudonyms.token("session", f"{index}:{text}", len(part)) for index, part in enumerate(parts))
        return ":".join(part and token for part, token in zip(parts, tokens, strict=True))

    def account(self, text: str) -> str:
        """An account: zeros before it stay, and accounts that are the same but for those stay the same."""
        own = text.lstrip("0")
        if not own:
            return text[:_MOST_ZEROS]
        return "0" * min(len(text) - len(own), _MOST_ZEROS) + self._pseudonyms.decimal("account", own)

    def round(self, text: str) -> str:
        """A round: it stays if it is a time, or what ``roundId`` says, for in its place may stand whatever is an id."""
        if is_time(text):
            return text
        if self.round_id is not None and len(text) <= _LONGEST_ROUND and is_round(text, self.round_id):
            return text
        own = text.lstrip("0")
        return self._pseudonyms.named("round", own) if own else text[:_MOST_ZEROS]
