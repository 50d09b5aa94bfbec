"""Workflow commands as the runner of GitHub's actions reads them."""


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command's name, properties and data, taken apart as the runner of GitHub's actions does."""
    assert line.startswith("::")
    head, _, data = line[2:].partition("::")
    name, _, properties = head.partition(" ")
    pairs = (pair.split("=", 1) for pair in properties.split(","))
    return name, {key: _decoded(value, ":,") for key, value in pairs}, _decoded(data)


def _decoded(text: str, more: str = "") -> str:
    for character in f"\r\n{more}%":
        text = text.replace(f"%{ord(character):02X}", character)
    return text
