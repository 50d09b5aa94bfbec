"""The rules, one module an object of the payload; importing the package registers them all."""

from sessionlint_rules import (  # noqa: F401 - each registers its rules
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
