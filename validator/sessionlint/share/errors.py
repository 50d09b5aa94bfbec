"""Texts of errors: the words that say what failed stay, whatever could say where is replaced."""

import re
from typing import Final

from sessionlint.share.hosts import HostPseudonyms
from sessionlint.share.pseudonyms import Pseudonyms
from sessionlint.share.vocabulary import HARMLESS_WORDS, TESTS

_PUNCTUATION: Final = ".,;:()[]<>\"'!?-"
_MOST_WORDS: Final = 60
_NUMBER: Final = re.compile(r"[0-9]{1,3}%?|[0-9]{1,6}(?:ms|s)")
_HOST: Final = re.compile(r"[0-9a-z_-]+(?:\.[0-9a-z_-]+)+(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)


class ErrorTexts:
    """Error texts under one key."""

    def __init__(self, pseudonyms: Pseudonyms, hosts: HostPseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._hosts = hosts
        self.replaced: list[str] = []
        """The words that were replaced since somebody last cleared the lists."""
        self.kept: list[str] = []
        """The others."""
        self._is_after_number = False

    def entry(self, text: str) -> str:
        """An entry of `errors`: a test, a colon, and what became of it."""
        test, colon, reason = text.partition(":")
        if not colon or test.strip().lower() not in TESTS:
            return self.text(text)
        space = " " if test[:1].isspace() else ""
        return f"{space}{test.strip()}:{' ' if reason[:1].isspace() else ''}{self.text(reason)}"

    def text(self, text: str) -> str:
        """A text word by word; the rest of an overlong one is a single pseudonym."""
        words = text.split(None, _MOST_WORDS)
        if text and not words:
            return " "
        rest = words[_MOST_WORDS:]
        self._is_after_number = False
        return " ".join([*map(self._word, words[:_MOST_WORDS]), *map(self._pseudonym, rest)])

    def _word(self, word: str) -> str:
        core = word.strip(_PUNCTUATION)
        is_number = _NUMBER.fullmatch(core) is not None
        # Numbers in a row may be an address, or be called by telephone: the first alone stays.
        is_next_number = is_number and self._is_after_number
        if core:
            self._is_after_number = is_number
        if not core or core.lower() in HARMLESS_WORDS or (is_number and not is_next_number):
            self.kept.append(word)
            return word
        start = word.index(core)
        made = self._hosts.address(core)
        if made is not None:
            self.replaced.append(core)
        elif _HOST.fullmatch(core):
            self.replaced.append(core)
            made = self._hosts.site(core)
        else:
            made = self._pseudonym(core)
        return word[:start] + made + word[start + len(core) :]

    def _pseudonym(self, text: str) -> str:
        self.replaced.append(text)
        return f"w{self._pseudonyms.hex('word', text)}"
