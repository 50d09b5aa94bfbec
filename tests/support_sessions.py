"""Generated sessions: healthy ones and ones with an ailment, none of them with a fault of the payload.

A seed gives the same sessions always. What is measured hangs together: what the gateway delays or
loses is delayed or lost on the way to the target too, statistics are those of samples, and pages are
visited within the session.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from random import Random
from statistics import fmean, median, stdev
from typing import Any, Literal, NamedTuple, TypeAlias

Session: TypeAlias = Any
"""As rules see one: a dict."""
Span: TypeAlias = tuple[float, float]
"""From the least to the most that may be drawn."""


class Condition(NamedTuple):
    """How the way from the user to the page is; as it stands, well."""

    wireless: bool | None = None
    """Whether the interface is wireless; ``None`` draws it."""
    rssi: Span = (-66, -35)
    noise: Span = (-98, -88)
    cpu: Span = (0.05, 0.7)
    memory: Span = (0.4, 0.92)
    gateway_ms: Span = (0.4, 8)
    gateway_lost: tuple[int, int] = (0, 0)
    """Of ten packets; as many are lost to the target."""
    target_lost: tuple[int, int] = (0, 0)
    """Of ten packets, beyond the gateway."""
    path_ms: Span = (5, 50)
    """From the gateway to the target and back."""
    jump_ms: Span = (0, 0)
    """On top of that, from one hop on."""
    jump_in: Literal["provider", "target"] = "provider"
    ignores: Literal["", "gateway", "target"] = ""
    """Who answers no pings. A target that ignores them is said to block ICMP."""
    slow_to_answer: Literal["", "gateway", "target"] = ""
    """Who takes its time with pings, and with nothing else."""
    page_ms: Span = (600, 3600)
    codes: tuple[int, ...] = (200, 200, 200, 301, 304)
    is_connected: bool = True
    is_proxied: bool = False
    """Whether pages come where nothing is connected."""


HEALTHY = Condition()

AILMENTS: dict[str, tuple[str, Condition]] = {
    "a saturated laptop": ("host", Condition(cpu=(0.93, 0.99), memory=(0.8, 0.99), page_ms=(4500, 15000))),
    "a busy laptop with quick pages": ("host", Condition(cpu=(0.93, 0.99))),
    "weak Wi-Fi": (
        "wireless",
        Condition(wireless=True, rssi=(-79, -72), gateway_ms=(30, 90), gateway_lost=(1, 4), page_ms=(3000, 9000)),
    ),
    "very weak Wi-Fi": ("wireless", Condition(wireless=True, rssi=(-89, -81), noise=(-99, -93), page_ms=(4500, 12000))),
    "noisy Wi-Fi": (
        "wireless",
        Condition(wireless=True, rssi=(-69, -64), noise=(-80, -74), gateway_ms=(25, 60), gateway_lost=(1, 3)),
    ),
    "a lossy gateway": ("local network", Condition(wireless=False, gateway_lost=(2, 6), page_ms=(3000, 9000))),
    "a lossy gateway behind good Wi-Fi": ("local network", Condition(wireless=True, gateway_lost=(2, 6))),
    "a slow gateway": ("local network", Condition(wireless=False, gateway_ms=(110, 300), page_ms=(4500, 12000))),
    "a dead gateway": ("local network", Condition(wireless=False, gateway_lost=(10, 10), is_connected=False)),
    "a provider's congested hop": (
        "provider",
        Condition(jump_ms=(160, 400), target_lost=(0, 3), page_ms=(4500, 15000)),
    ),
    "a provider's lossy hop": ("provider", Condition(jump_ms=(70, 90), target_lost=(2, 5))),
    "a slow target": ("target", Condition(jump_ms=(160, 400), jump_in="target", page_ms=(4500, 15000))),
    "a slow target that blocks ICMP": (
        "target",
        Condition(ignores="target", jump_ms=(160, 400), jump_in="target", page_ms=(4500, 15000)),
    ),
    "a lossy target": ("target", Condition(target_lost=(2, 6))),
    "slow pages of a near target": ("page", Condition(page_ms=(10500, 30000))),
    "a server that fails": ("page", Condition(codes=(500, 502, 503, 504))),
    # Mixtures.
    "a saturated laptop on weak Wi-Fi": (
        "wireless",
        Condition(
            wireless=True,
            rssi=(-89, -81),
            noise=(-99, -93),
            gateway_ms=(110, 300),
            gateway_lost=(2, 4),
            cpu=(0.93, 0.99),
            memory=(0.5, 0.9),
        ),
    ),
    "a saturated laptop and a slow target": (
        "host",
        Condition(cpu=(0.93, 0.99), memory=(0.5, 0.9), jump_ms=(160, 400), jump_in="target", page_ms=(4500, 15000)),
    ),
    "a slow target behind fair Wi-Fi": (
        "target",
        Condition(
            wireless=True,
            rssi=(-74, -71),
            noise=(-99, -95),
            jump_ms=(160, 400),
            jump_in="target",
            page_ms=(4500, 15000),
        ),
    ),
    "a lossy gateway that ignores no one, and slow pages": (
        "local network",
        Condition(wireless=False, gateway_lost=(3, 6), gateway_ms=(30, 60), page_ms=(10500, 30000)),
    ),
    "a congested provider and a server that fails": (
        "provider",
        Condition(jump_ms=(160, 400), page_ms=(4500, 15000), codes=(503,)),
    ),
    # Things that look ill and are not, or not enough.
    "a target that blocks ICMP": ("none found", Condition(ignores="target")),
    "a target that blocks ICMP on the other side of the world": (
        "none found",
        Condition(ignores="target", jump_ms=(200, 260)),
    ),
    "a gateway that ignores pings": ("none found", Condition(ignores="gateway")),
    "a gateway slow with pings only": ("none found", Condition(slow_to_answer="gateway", path_ms=(5, 15))),
    "a target slow with pings only": ("none found", Condition(slow_to_answer="target")),
    "an ocean": ("none found", Condition(jump_ms=(60, 80))),
    "the other side of the world": ("none found", Condition(jump_ms=(200, 260))),
    "a target on the other side of the world": ("none found", Condition(jump_ms=(200, 260), jump_in="target")),
    "a long way without a leap": ("none found", Condition(path_ms=(170, 240))),
    "fair Wi-Fi": ("none found", Condition(wireless=True, rssi=(-76, -71), noise=(-99, -95))),
    "much memory in use": ("none found", Condition(memory=(0.96, 0.99))),
    "a lost packet": ("none found", Condition(target_lost=(1, 1))),
    "pages of a proxy that alone is connected": ("none found", Condition(is_connected=False, is_proxied=True)),
    "pages that are not there": ("none found", Condition(codes=(404,))),
}
"""By name, the part that ails and how to make it."""


def healthy(random: Random) -> Session:
    """A session of which nothing is to be said, but for hops that did not answer."""
    return session(random, HEALTHY)


def ailing(name: str, random: Random) -> Session:
    """A session with one of the `AILMENTS`."""
    return session(random, AILMENTS[name][1])


def corpus(make: Callable[[Random], Session], count: int, seed: int = 0) -> list[Session]:
    """So many sessions, each of its own seed."""
    return [make(Random(f"{seed}:{number}")) for number in range(count)]


def response(sessions: Iterable[Session]) -> dict[str, Any]:
    """The payload that has these sessions."""
    return {"userSessions": list(sessions)}


class _Carrier(NamedTuple):
    asn: int
    name: str
    prefixes: dict[int, str]
    """By version of IP."""

    def address(self, random: Random, version: int) -> str:
        return _address(random, ip_network(self.prefixes[version]))


_PROVIDERS = (
    _Carrier(34779, "T-2 Access Network", {4: "84.255.192.0/18", 6: "2a01:260::/32"}),
    _Carrier(3320, "Deutsche Telekom AG", {4: "91.0.0.0/10", 6: "2003::/19"}),
    _Carrier(3215, "Orange S.A.", {4: "90.0.0.0/9", 6: "2a01:cb00::/25"}),
    _Carrier(7922, "Comcast Cable", {4: "73.0.0.0/8", 6: "2601::/20"}),
)
_TRANSIT = (
    _Carrier(1299, "Arelion", {4: "62.115.0.0/16", 6: "2001:2000::/20"}),
    _Carrier(3356, "Lumen", {4: "4.0.0.0/9", 6: "2001:1900::/32"}),
)
_TARGETS = (
    _Carrier(16509, "Amazon.com", {4: "13.32.0.0/15", 6: "2600:9000::/28"}),
    _Carrier(13335, "Cloudflare", {4: "104.16.0.0/13", 6: "2606:4700::/32"}),
    _Carrier(54113, "Fastly", {4: "151.101.0.0/16", 6: "2a04:4e40::/32"}),
)
_SITES = ("www.thousandeyes.com", "docs.example.com", "mail.example.org", "localhost", "xn--bcher-kva.example")
_BROWSERS = (("Google Chrome", "57.0.2987.98"), ("Microsoft Edge", "120.0.2210.91"), ("Google Chrome", "121.0.6167.85"))
_PLACES = ((46.0552778, 14.5144444, "Slovenia"), (52.52, 13.405, "Berlin, Germany"), (-33.87, 151.21, "Sydney"))


def session(random: Random, condition: Condition) -> Session:
    """A session in that condition."""
    provider, target = random.choice(_PROVIDERS), random.choice(_TARGETS)
    version = random.choice((4, 4, 4, 6))
    start = 60 * random.randrange(25_000_000, 29_000_000) + random.randrange(60)
    round_id = start // 60 * 60
    account = random.randrange(1000, 100000)
    pages, end = _pages(random, condition, start)
    public = provider.address(random, version)
    latitude, longitude, location = random.choice(_PLACES)
    browser, browser_version = random.choice(_BROWSERS)
    made = {
        "agentId": f"{random.getrandbits(32):08x}-f119-40e1-ae32-{random.getrandbits(48):012x}",
        "browser": {"name": browser, "version": browser_version},
        "committed": _time(end + random.randrange(1, 20)),
        "coordinates": {"latitude": latitude, "longitude": longitude, "location": location},
        "date": _time(start),
        "experienceScore": round(random.uniform(0.6, 1), 2),
        "network": _network(random, condition, public, version, (provider, random.choice(_TRANSIT), target), start),
        "numberOfPages": len(pages),
        "orgName": provider.name,
        "pages": pages,
        "permalink": "https://app.thousandeyes.com/view/endpoint-agent/"
        f"?roundId={round_id}&scenarioId=sessionDetails&binSize=300000&__aid={account}",
        "port": 443,
        "protocol": "https",
        "roundId": round_id,
        "sourceAddr": public,
        "userSessionId": f"{account:05}:{round_id}:{random.getrandbits(48):012x}",
        "visitedSite": random.choice(_SITES),
    }
    if random.random() < 0.3:
        del made["experienceScore"]
    return made


def _pages(random: Random, condition: Condition, start: int) -> tuple[list[dict[str, Any]], int]:
    pages: list[dict[str, Any]] = []
    time = start
    for number in range(random.randint(2, 4) if condition.is_connected or condition.is_proxied else 0):
        load = int(random.uniform(*condition.page_ms))
        timings = {"onContentLoad": int(load * random.uniform(0.2, 0.8)), "onLoad": load}
        page = {
            "id": f"page_{number}",
            "pageTimings": timings,
            "responseCode": random.choice(condition.codes),
            "startedDateTime": _time(time),
            "title": f"Page {number}",
        }
        pages.append(page)
        time += load // 1000 + random.randint(1, 30)
    return pages[::-1], time


def _network(
    random: Random,
    condition: Condition,
    public: str,
    version: int,
    carriers: tuple[_Carrier, _Carrier, _Carrier],
    start: int,
) -> dict[str, Any]:
    profile = _profile(random, condition, public, version)
    gateway_ms = random.uniform(*condition.gateway_ms)
    beyond_ms = random.uniform(*condition.path_ms)
    jump_ms = random.uniform(*condition.jump_ms)
    total_ms = gateway_ms + beyond_ms + jump_ms
    spread = random.uniform(0.2, 4)
    lost = random.randint(*condition.gateway_lost)
    gateway = _ping(
        random, gateway_ms + (150 if condition.slow_to_answer == "gateway" else 0), min(spread, gateway_ms / 4), lost
    )
    if condition.ignores == "gateway":
        gateway = {"pktsSent": 10, "pktsReceived": 0}
    beyond_lost = min(10, lost + random.randint(*condition.target_lost))
    ping = _ping(random, total_ms + (200 if condition.slow_to_answer == "target" else 0), spread, beyond_lost)
    made: dict[str, Any] = {
        "connect": {"rtt": round(total_ms + random.uniform(0, 3), 3)},
        "errors": [],
        "gatewayPing": gateway,
        "icmpBlocked": False,
        "networkProfile": profile,
        "ping": ping,
        "systemMetrics": _metrics(random, condition, start),
        "traceroute": _trace(
            random, condition, profile["gateway"], version, carriers, (gateway_ms, beyond_ms, jump_ms)
        ),
    }
    if condition.ignores == "target":
        made |= {"icmpBlocked": True, "ping": {"error": "Request timed out before getting response"}}
        made["errors"] = ["ping: Request timed out before getting response"]
    if not condition.is_connected:
        made |= {
            "connect": {},
            "ping": {"pktsSent": 10, "pktsReceived": 0},
            "traceroute": {"error": "No route to host"},
        }
        made["errors"] = ["connect: No route to host", "traceroute: No route to host"]
    return made


def _profile(random: Random, condition: Condition, public: str, version: int) -> dict[str, Any]:
    network = ip_network(f"{public}/24" if version == 4 else f"{public}/64", strict=False)
    is_wireless = random.random() < 0.7 if condition.wireless is None else condition.wireless
    local = ip_network(f"192.168.{random.randrange(256)}.0/24") if version == 4 else network
    made: dict[str, Any] = {
        "dnsServers": [str(local[1])] if version == 4 else ["2606:4700:4700::1111"],
        "gateway": str(local[1]) if version == 4 else "fe80::1%en0",
        "hardwareType": "Wireless" if is_wireless else "Ethernet",
        "interfaceName": "en0",
        "ipAddress": _address(random, local) if version == 4 else public,
        "localPrefix": str(local.network_address),
        "proxyProfile": {"method": "System", "proxies": [{"bypass": "*.local", "proxy": "<direct>"}]},
        "publicIpAddress": public,
        "publicIpRange": f"{network[0]}-{network[-1]}",
        "subnetMask": str(local.netmask),
        "type": "Ethernet",
    }
    if is_wireless:
        rssi = round(random.uniform(*condition.rssi))
        made["wirelessProfile"] = {
            "bssid": ":".join(f"{random.getrandbits(8):02x}" for _ in range(6)),
            "channel": random.choice((1, 6, 11, 36, 44, 100)),
            "noise": round(random.uniform(*condition.noise)),
            "phyMode": "802.11ac",
            "quality": max(0, min(100, 2 * (rssi + 100))),
            "rssi": rssi,
            "ssid": "office",
            "txRate": random.choice((65, 130, 433, 867)),
            "vendor": "Cisco",
        }
    return made


def _ping(random: Random, least_ms: float, spread_ms: float, lost: int) -> dict[str, Any]:
    """Ten packets; times are given as agents give them, all but the least cut off to whole milliseconds."""
    rtts = [least_ms + min(random.expovariate(1 / spread_ms), 4 * spread_ms) for _ in range(10 - lost)]
    if not rtts:
        return {"pktsSent": 10, "pktsReceived": 0}
    mean = fmean(rtts)
    return {
        "avgRtt": int(mean),
        "maxRtt": int(max(rtts)),
        "meanDevRtt": int(fmean(abs(rtt - mean) for rtt in rtts)),
        "minRtt": round(min(rtts), 6),
        "pktsReceived": len(rtts),
        "pktsSent": 10,
    }


def _trace(
    random: Random,
    condition: Condition,
    gateway: str,
    version: int,
    carriers: tuple[_Carrier, _Carrier, _Carrier],
    parts_ms: tuple[float, float, float],
) -> dict[str, Any]:
    gateway_ms, beyond_ms, jump_ms = parts_ms
    owners = [carrier for carrier in carriers for _ in range(random.randint(2, 3))]
    jump_at = random.randrange(1, owners.index(carriers[2])) if condition.jump_in == "provider" else len(owners) - 1
    slow_to_answer = random.choice((None, random.randrange(1, len(owners) - 1)))
    hops: list[dict[str, Any]] = [{"hop": 1, "delay": int(gateway_ms), "ipAddress": gateway, "name": "router.local"}]
    for index, owner in enumerate(owners):
        delay = gateway_ms + beyond_ms * (index + 1) / len(owners) + (jump_ms if index >= jump_at else 0)
        address = owner.address(random, version)
        hop = {
            "asn": owner.asn,
            "delay": int(delay),
            "hop": index + 2,
            "ipAddress": address,
            "name": address,
            "prefix": owner.prefixes[version],
        }
        is_inside = 0 < index < len(owners) - 1
        if index == slow_to_answer:
            hop["delay"] = int(delay + random.uniform(60, 300))
        if is_inside and random.random() < 0.1:
            hop["mpls"] = [f"L={random.randrange(16, 1 << 20)},E=0,S=1,T=1"]
        if is_inside and index not in (jump_at - 1, jump_at) and random.random() < 0.15:
            if random.random() < 0.5:
                continue
            hop = {"hop": index + 2, "ipAddress": "*"}
        hops.append(hop)
    destination = hops[-1]["ipAddress"]
    if condition.slow_to_answer == "target":
        hops[-1]["delay"] += 200
    if condition.ignores == "target":
        hops[-2:] = [{"hop": hop["hop"], "ipAddress": "*"} for hop in hops[-2:]]
    return {"destination": destination, "hops": hops}


def _metrics(random: Random, condition: Condition, start: int) -> dict[str, Any]:
    total = random.choice((8, 16, 32)) << 30
    share = random.uniform(*condition.memory)
    busy = random.uniform(*condition.cpu)
    used = [total * share + random.uniform(-0.002, 0.002) * total for _ in range(11)]
    cpu = [min(1.0, max(0.0, busy + random.uniform(-0.02, 0.02))) for _ in range(10)]
    first = 1000 * start + random.randrange(1000)
    return {
        "startTimeMs": first,
        "endTimeMs": first + random.randrange(9_000, 11_000),
        "cpuUtilization": _statistics(cpu),
        "physicalMemoryUsedBytes": _statistics(used),
        "physicalMemoryTotalBytes": total,
    }


def _statistics(samples: list[float]) -> dict[str, float]:
    return {
        "min": min(samples),
        "max": max(samples),
        "mean": fmean(samples),
        "median": median(samples),
        "stdDev": stdev(samples),
        "count": len(samples),
    }


def _address(random: Random, network: IPv4Network | IPv6Network) -> str:
    return str(network[random.randrange(2, min(network.num_addresses, 1 << 62) - 1)])


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
