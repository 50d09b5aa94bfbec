"""The documented response as a JSON Schema (2020-12) and as an XSD (1.0)."""

import os
from functools import cache
from typing import Any

_FOLDER = os.path.dirname(os.path.abspath(__file__))
JSON_SCHEMA_FILE = "endpoint-user-session.schema.json"
XSD_FILE = "endpoint-user-session.xsd"


def _read(name: str) -> bytes:
    with open(os.path.join(_FOLDER, name), "rb") as file:
        return file.read()


def json_schema_bytes() -> bytes:
    """The JSON Schema as it is published."""
    return _read(JSON_SCHEMA_FILE)


def xsd_bytes() -> bytes:
    """The XSD as it is published."""
    return _read(XSD_FILE)


@cache
def json_schema() -> dict[str, Any]:
    """The JSON Schema, parsed; shared, so not to be changed."""
    import orjson

    schema: dict[str, Any] = orjson.loads(json_schema_bytes())
    return schema
