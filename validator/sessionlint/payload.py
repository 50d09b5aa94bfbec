"""The documented response as types: the objects of an "endpoint user session details" payload.

The classes are the one list of documented fields outside the schemas (a test holds the two equal).
Their annotations tell the engine where each kind of object lies. Every field is optional here: rules
name the fields that they need.
"""

from collections.abc import Mapping
from typing import Any, TypedDict, get_args


class Browser(TypedDict, total=False):
    name: str
    version: str


class Coordinates(TypedDict, total=False):
    latitude: float
    longitude: float
    location: str


class PageTimings(TypedDict, total=False):
    """Milliseconds."""

    onContentLoad: int
    onLoad: int


class Page(TypedDict, total=False):
    id: str
    title: str
    startedDateTime: str
    responseCode: int
    pageTimings: PageTimings


class Proxy(TypedDict, total=False):
    bypass: str
    proxy: str


class ProxyProfile(TypedDict, total=False):
    method: str
    proxies: list[Proxy]


class WirelessProfile(TypedDict, total=False):
    """``rssi`` and ``noise`` in dBm, ``quality`` in percent, ``txRate`` in Mbit/s."""

    bssid: str
    channel: int
    noise: float
    phyMode: str
    quality: float
    rssi: float
    ssid: str
    txRate: float
    vendor: str


class NetworkProfile(TypedDict, total=False):
    dnsServers: list[str]
    gateway: str
    hardwareType: str
    interfaceName: str
    ipAddress: str
    localPrefix: str
    proxyProfile: ProxyProfile
    publicIpAddress: str
    publicIpRange: str
    subnetMask: str
    type: str
    wirelessProfile: WirelessProfile


class _Statistics(TypedDict, total=False):
    min: float
    max: float
    mean: float
    median: float
    stdDev: float
    count: int


class Cpu(_Statistics, total=False):
    """Shares of the processors, 0.0 to 1.0."""


class Memory(_Statistics, total=False):
    """Bytes."""


class SystemMetrics(TypedDict, total=False):
    """Times in milliseconds since the epoch."""

    startTimeMs: int
    endTimeMs: int
    cpuUtilization: Cpu
    physicalMemoryUsedBytes: Memory
    physicalMemoryTotalBytes: int


class Ping(TypedDict, total=False):
    """``ping`` or ``gatewayPing``: six statistics, RTTs in milliseconds, or ``error`` alone."""

    pktsSent: int
    pktsReceived: int
    minRtt: float
    avgRtt: float
    maxRtt: float
    meanDevRtt: float
    error: str


class Hop(TypedDict, total=False):
    """``delay`` in milliseconds."""

    hop: int
    delay: int
    ipAddress: str
    name: str
    prefix: str
    asn: int
    mpls: list[str]


class Traceroute(TypedDict, total=False):
    destination: str
    hops: list[Hop]
    error: str


class Connect(TypedDict, total=False):
    """``rtt`` in milliseconds."""

    rtt: float


class Network(TypedDict, total=False):
    networkProfile: NetworkProfile
    systemMetrics: SystemMetrics
    gatewayPing: Ping
    ping: Ping
    traceroute: Traceroute
    connect: Connect
    icmpBlocked: bool
    errors: list[str]


class Session(TypedDict, total=False):
    userSessionId: str
    agentId: str
    roundId: int
    date: str
    committed: str
    sourceAddr: str
    orgName: str
    visitedSite: str
    protocol: str
    port: int
    numberOfPages: int
    permalink: str
    experienceScore: float
    browser: Browser
    coordinates: Coordinates
    pages: list[Page]
    network: Network


class UserSessions(TypedDict, total=False):
    """The root of a response."""

    userSessions: list[Session]


def fields_of(kind: type[Any]) -> Mapping[str, tuple[type[Any], bool]]:
    """The documented fields of a kind of object: by name the type, of a list that of its items, and whether it is one."""
    fields = {}
    for name, hint in kind.__annotations__.items():
        items = get_args(hint)
        fields[name] = (items[0], True) if items else (hint, False)
    return fields


class Reduced(dict[str, Any]):
    """An object of a payload without the values that no rule may read: null, or not what the schema promises."""

    def __init__(self, whole: Mapping[str, Any]) -> None:
        super().__init__(whole)
        self.removed: set[str] = set()

    def remove(self, key: str) -> None:
        """Takes one value out."""
        del self[key]
        self.removed.add(key)


def lacks(node: Mapping[str, Any], key: str) -> bool:
    """Whether the payload itself lacks a field: one whose value cannot be read is there all the same."""
    return key not in node and not (isinstance(node, Reduced) and key in node.removed)
