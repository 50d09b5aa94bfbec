"""One folder of captures that all outputs are made from: sound and faulty, in archives, unreadable, hostile."""

import json
import shutil
import zipfile
from pathlib import Path

from support import EXAMPLES, sound
from support_findings import HOSTILE

NAMES = (
    "ANSI",
    "bidirectional override",
    "workflow command",
    "old workflow command",
    "HTML",
    "cells",
    "code spans",
    "end of CDATA",
    "link",
)
"""The strings that are names of members too: no system has to bear them as names of files."""

STRINGS = {
    name: HOSTILE[name]
    for name in (*NAMES, "C1 control", "new line", "NUL", "zero width", "lone surrogate", "tag", "quotes", "mention")
}
"""Strings that mean harm to some medium."""


def captures_in(folder: Path) -> None:
    """Writes the captures: always the same bytes."""
    (folder / "nested").mkdir(parents=True)
    for name in ("sound.json", "sound.xml", "cpu-in-percent.json", "cut-off.json", "login-page.json", "drifted.xml"):
        shutil.copyfile(EXAMPLES / name, folder / "nested" / name)
    (folder / "empty.json").write_bytes(b"")
    (folder / "package.json").write_bytes(b'{"name": "left-pad", "version": "1.3.0"}')
    (folder / "hostile.json").write_text(
        json.dumps(hostile_payload(*STRINGS), indent=1), encoding="ascii", newline="\n"
    )
    (folder / "one-line.json").write_text(
        json.dumps(hostile_payload("ANSI", "HTML", "lone surrogate")), encoding="ascii"
    )
    with zipfile.ZipFile(folder / "dump.zip", "w") as archive:
        for name in ("network.json", "../climbs.json", *(f"{name}/{STRINGS[name]}.json" for name in NAMES)):
            example = "impossible-network.json" if name == "network.json" else "cpu-in-percent.json"
            archive.writestr(zipfile.ZipInfo(name, (2017, 3, 26, 11, 58, 44)), (EXAMPLES / example).read_bytes())


def hostile_payload(*names: str) -> object:
    """A session for each string: it is a value in a message, a key in a pointer, and beside them in the excerpt."""
    sessions = []
    for string in (STRINGS[name] for name in names):
        session = sound()["userSessions"][0]
        session |= {"visitedSite": f"/{string}", "agentId": string, string: 1, "pages": [], "numberOfPages": 0}
        sessions.append({key: value for key, value in session.items() if key not in ("network", "browser")})
    return {"userSessions": sessions}
