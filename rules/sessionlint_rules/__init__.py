"""The rules, one module an object of the payload; importing the package registers them all."""

from sessionlint_rules import (
    capture,
    corpus,
    diagnosis,
    internal,
    network,
    network_profile,
    page,
    ping,
    session,
    shape,
    system_metrics,
    traceroute,
    verdict,
)

__all__ = [
    "capture",
    "corpus",
    "diagnosis",
    "internal",
    "network",
    "network_profile",
    "page",
    "ping",
    "session",
    "shape",
    "system_metrics",
    "traceroute",
    "verdict",
]
