"""Where a finding is, for programs that know nothing but files and lines."""


def input_of(capture: str) -> str:
    """The address of the input file that a capture lies in: the first part of its address."""
    return capture.partition("!/")[0]


def source_of(capture: str) -> str:
    """The address of the text in which a capture's lines are counted: its own.

    A payload of a file of JSON Lines has the line's number in its address, and its line is the file's.
    """
    file, _, number = capture.rpartition("!/")
    return file if number.isdecimal() and file.lower().endswith((".jsonl", ".ndjson")) else capture
