"""Every field of the documentation is in the JSON Schema, in the XSD and in the types, and nothing else is."""

from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import pytest
from lxml import etree

from sessionlint import payload
from sessionlint_schema import json_schema, xsd_bytes

XS = "{http://www.w3.org/2001/XMLSchema}"

Form = Literal["one", "list"]


class Field(NamedTuple):
    holder: str
    name: str
    type: str
    """``string``, ``dateTime``, ``integer``, ``number``, ``boolean`` or the name of an object."""
    unit: str
    phrase: str
    form: Form = "one"


DATE_TIME = "yyyy-MM-dd hh:mm:ss"
SHARE = "[0.0-1.0]"

# By hand, from the documentation's tables and, for the network profile, its example.
FIELDS = [
    Field("response", "userSessions", "session", "", "detailed data of an endpoint user session", "list"),
    Field("session", "userSessionId", "string", "", "each endpoint user session occurrence has a unique ID"),
    Field("session", "agentId", "string", "", "endpoint agent ID"),
    Field("session", "roundId", "integer", "", "endpoint user session round ID"),
    Field("session", "date", "dateTime", DATE_TIME, "when endpoint user session took place; all dates are UTC"),
    Field("session", "committed", "dateTime", DATE_TIME, "was committed to the controller; all dates are UTC"),
    Field("session", "sourceAddr", "string", "", "public IP address of the endpoint agent during the session"),
    Field("session", "orgName", "string", "", "name of the AS organization `sourceAddr` belongs to"),
    Field("session", "visitedSite", "string", "", "domain used to visit target website"),
    Field("session", "protocol", "string", "", "protocol used to visit target website"),
    Field("session", "port", "integer", "", "port used to visit target website"),
    Field("session", "numberOfPages", "integer", "", "number of web pages visited on target website"),
    Field("session", "permalink", "string", "", "hyperlink to endpoint user session details"),
    Field("session", "experienceScore", "number", "from 0 (worst) to 1 (best)", "score"),
    Field("session", "browser", "browser", "", "two string parameters, `name` and `version` of the browser"),
    Field("session", "coordinates", "coordinates", "", "approximate GPS location of the endpoint agent"),
    Field("session", "pages", "page", "", "details about web pages visited during session", "list"),
    Field("session", "network", "network", "", "details about network profile and conditions during session"),
    Field("browser", "name", "string", "", "`name` of the browser"),
    Field("browser", "version", "string", "", "`version` of the browser"),
    Field("coordinates", "latitude", "number", "degrees", "numeric representation of GPS coordinates"),
    Field("coordinates", "longitude", "number", "degrees", "numeric representation of GPS coordinates"),
    Field("coordinates", "location", "string", "", "a string representing named geographical location"),
    Field("page", "id", "string", "", "page ID is unique only within an endpoint user session"),
    Field("page", "title", "string", "", "web page title"),
    Field("page", "startedDateTime", "dateTime", DATE_TIME, "when page load started; all dates are UTC"),
    Field("page", "responseCode", "integer", "", "HTTP response code"),
    Field("page", "pageTimings", "pageTimings", "milliseconds", "two integer parameters"),
    Field("pageTimings", "onContentLoad", "integer", "milliseconds", "DOM Load"),
    Field("pageTimings", "onLoad", "integer", "milliseconds", "Page Load"),
    Field(
        "network", "networkProfile", "networkProfile", "", "basic network connectivity parameters, such as IP settings"
    ),
    Field("network", "systemMetrics", "systemMetrics", "", "system metrics such as CPU and physical memory usage"),
    Field("network", "gatewayPing", "ping", "", "performed against the endpoint agent default gateway"),
    Field("network", "ping", "ping", "", "performed against the target website"),
    Field(
        "network", "traceroute", "traceroute", "", "results of a traceroute test performed against the target website"
    ),
    Field("network", "connect", "connect", "", "object has one number parameter, `rtt`"),
    Field("network", "icmpBlocked", "boolean", "", "if network target is blocking ICMP echo (ping) queries"),
    Field("network", "errors", "string", "", "array of string representing possible network errors", "list"),
    Field("networkProfile", "dnsServers", "string", "", "IP addresses of the DNS servers", "list"),
    Field("networkProfile", "gateway", "string", "", "default gateway"),
    Field("networkProfile", "hardwareType", "string", "", "NIC type"),
    Field("networkProfile", "interfaceName", "string", "", "network interface"),
    Field("networkProfile", "ipAddress", "string", "", "IP address of the network interface"),
    Field("networkProfile", "localPrefix", "string", "", "without a length"),
    Field("networkProfile", "proxyProfile", "proxyProfile", "", "Proxy settings"),
    Field("networkProfile", "publicIpAddress", "string", "", "public IP address"),
    Field("networkProfile", "publicIpRange", "string", "", "first-last"),
    Field("networkProfile", "subnetMask", "string", "", "subnet mask"),
    Field("networkProfile", "type", "string", "", "type of the network interface"),
    Field("networkProfile", "wirelessProfile", "wirelessProfile", "", "WiFi settings"),
    Field("proxyProfile", "method", "string", "", "how the proxies are configured"),
    Field("proxyProfile", "proxies", "proxy", "", "the proxies", "list"),
    Field("proxy", "bypass", "string", "", "without the proxy"),
    Field("proxy", "proxy", "string", "", "`<direct>` is none"),
    Field("wirelessProfile", "bssid", "string", "", "access point"),
    Field("wirelessProfile", "channel", "integer", "", "WiFi channel"),
    Field("wirelessProfile", "noise", "number", "dBm", "noise level"),
    Field("wirelessProfile", "phyMode", "string", "", "WiFi standard"),
    Field("wirelessProfile", "quality", "number", "percent", "signal quality"),
    Field("wirelessProfile", "rssi", "number", "dBm", "received signal strength"),
    Field("wirelessProfile", "ssid", "string", "", "name of the WiFi network"),
    Field("wirelessProfile", "txRate", "number", "Mbit/s", "transmission rate"),
    Field("wirelessProfile", "vendor", "string", "", "vendor"),
    Field("systemMetrics", "startTimeMs", "integer", "milliseconds", "time at which metrics collection started"),
    Field("systemMetrics", "endTimeMs", "integer", "milliseconds", "time at which metrics collection ended"),
    Field("systemMetrics", "cpuUtilization", "cpuUtilization", "", "utilization of the system's processors"),
    Field(
        "systemMetrics", "physicalMemoryUsedBytes", "physicalMemoryUsedBytes", "", "metrics about used physical memory"
    ),
    Field("systemMetrics", "physicalMemoryTotalBytes", "integer", "bytes", "total physical memory of the system"),
    Field("cpuUtilization", "min", "number", SHARE, "minimal value of CPU usage sampled"),
    Field("cpuUtilization", "max", "number", SHARE, "maximal value of CPU usage sampled"),
    Field("cpuUtilization", "mean", "number", SHARE, "mean of CPU usage sampled"),
    Field("cpuUtilization", "median", "number", SHARE, "median of CPU usage sampled"),
    Field("cpuUtilization", "stdDev", "number", SHARE, "standard deviation of CPU usage sampled"),
    Field("cpuUtilization", "count", "integer", "", "the number of collected samples over the monitored period"),
    Field("physicalMemoryUsedBytes", "min", "number", "bytes", "minimal value of memory usage sampled"),
    Field("physicalMemoryUsedBytes", "max", "number", "bytes", "maximal value of memory usage sampled"),
    Field("physicalMemoryUsedBytes", "mean", "number", "bytes", "mean value of memory usage sampled"),
    Field("physicalMemoryUsedBytes", "median", "number", "bytes", "median value of memory usage sampled"),
    Field("physicalMemoryUsedBytes", "stdDev", "number", "bytes", "standard deviation of memory usage sampled"),
    Field(
        "physicalMemoryUsedBytes", "count", "integer", "", "the number of collected samples over the monitored period"
    ),
    Field("ping", "pktsSent", "integer", "", "packets sent"),
    Field("ping", "pktsReceived", "integer", "", "packets received"),
    Field("ping", "minRtt", "number", "milliseconds", "minimum round-trip time"),
    Field("ping", "avgRtt", "number", "milliseconds", "average round-trip time"),
    Field("ping", "maxRtt", "number", "milliseconds", "maximum round-trip time"),
    Field("ping", "meanDevRtt", "number", "milliseconds", "mean deviation"),
    Field("ping", "error", "string", "", "only parameter if there is an error"),
    Field("traceroute", "destination", "string", "", "target IP address"),
    Field("traceroute", "hops", "hop", "", "array of hop objects", "list"),
    Field("traceroute", "error", "string", "", "only parameter if there is an error"),
    Field("hop", "hop", "integer", "", "hop number"),
    Field("hop", "delay", "integer", "milliseconds", "delay"),
    Field("hop", "ipAddress", "string", "", "hop IP address"),
    Field("hop", "name", "string", "", "rDNS name"),
    Field("hop", "prefix", "string", "", "if hop IP address is in public IP space"),
    Field("hop", "asn", "integer", "", "if hop IP address is in public IP space"),
    Field("hop", "mpls", "string", "", "array of MPLS flag strings", "list"),
    Field("connect", "rtt", "number", "milliseconds", "required to establish TCP connectivity with the target"),
]

CLASSES = {
    "response": payload.UserSessions,
    "session": payload.Session,
    "browser": payload.Browser,
    "coordinates": payload.Coordinates,
    "page": payload.Page,
    "pageTimings": payload.PageTimings,
    "network": payload.Network,
    "networkProfile": payload.NetworkProfile,
    "proxyProfile": payload.ProxyProfile,
    "proxy": payload.Proxy,
    "wirelessProfile": payload.WirelessProfile,
    "systemMetrics": payload.SystemMetrics,
    "cpuUtilization": payload.Cpu,
    "physicalMemoryUsedBytes": payload.Memory,
    "ping": payload.Ping,
    "traceroute": payload.Traceroute,
    "hop": payload.Hop,
    "connect": payload.Connect,
}

DOCUMENTED = [(field.holder, field.name) for field in FIELDS]

each_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.holder}.{field.name}")


def test_table_names_each_field_once() -> None:
    assert len(set(DOCUMENTED)) == len(DOCUMENTED)


# The JSON Schema.

SCHEMA = json_schema()
OBJECTS: dict[str, Any] = {"response": SCHEMA, **SCHEMA["$defs"]}

JSON_TYPES = {"string": "string", "dateTime": "string", "integer": "integer", "number": "number", "boolean": "boolean"}


@each_field
def test_json_schema_has_the_field(field: Field) -> None:
    stated = OBJECTS[field.holder]["properties"][field.name]
    assert field.phrase in stated["description"]
    assert field.unit in stated["description"]
    if field.form == "list":
        assert stated["type"] == ["array", "null"]
        stated = stated["items"]
    if field.type in JSON_TYPES:
        assert stated["type"] == [JSON_TYPES[field.type], "null"]
    else:
        assert stated["$ref"] == f"#/$defs/{field.type}"
        assert OBJECTS[field.type]["type"] == ["object", "null"]
    assert (stated.get("x-rule") == "SES002") == (field.type == "dateTime")


def test_json_schema_has_nothing_else() -> None:
    assert {(holder, name) for holder, stated in OBJECTS.items() for name in stated["properties"]} == set(DOCUMENTED)


# The XSD.

XSD = etree.fromstring(xsd_bytes())
COMPLEX = {each.get("name"): each for each in XSD.iter(f"{XS}complexType") if each.get("name")}
SIMPLE = {each.get("name"): each for each in XSD.iter(f"{XS}simpleType") if each.get("name")}
GLOBAL = {each.get("name"): each for each in XSD.findall(f"{XS}element")}


def elements_of(holder: str) -> dict[str | None, Any]:
    """The elements that an object may have, by name; a reference to a global one stands for that."""
    around = GLOBAL["response"] if holder == "response" else COMPLEX[holder]
    return {
        each.get("ref") or each.get("name"): GLOBAL[each.get("ref")] if each.get("ref") else each
        for each in around.iter(f"{XS}element")
        if each is not around
    }


def ancestry(name: str | None) -> list[str | None]:
    """A simple type and those that it restricts; of a union, its members' too."""
    if name not in SIMPLE:
        return [name]
    bases = {each.get("base") for each in SIMPLE[name].iter(f"{XS}restriction")}
    assert len(bases) == 1
    return [name, *ancestry(bases.pop())]


XSD_ANCESTRIES = {
    "string": {"xs:string"},
    "dateTime": {"dateTime", "xs:string"},
    "integer": {"integer", "number", "xs:double"},
    "number": {"number", "xs:double"},
    "boolean": {"boolean", "xs:boolean"},
}


@each_field
def test_xsd_has_the_field(field: Field) -> None:
    element = elements_of(field.holder)[field.name]
    if field.type in XSD_ANCESTRIES:
        restricted = set(ancestry(element.get("type")))
        general = {name for ancestors in XSD_ANCESTRIES.values() for name in ancestors}
        assert restricted & general == XSD_ANCESTRIES[field.type]
    else:
        assert element.get("type") == field.type
        assert field.type in COMPLEX


@each_field
def test_xsd_has_the_same_description(field: Field) -> None:
    element = elements_of(field.holder)[field.name]
    words = OBJECTS[field.holder]["properties"][field.name]["description"]
    assert element.findtext(f"{XS}annotation/{XS}documentation") == words


@each_field
def test_xsd_has_an_unbounded_choice_just_where_the_object_holds_a_list(field: Field) -> None:
    holds_list = any(each.form == "list" for each in FIELDS if each.holder == field.holder)
    around = GLOBAL["response"] if field.holder == "response" else COMPLEX[field.holder]
    assert (around.find(f".//{XS}all") is None) == holds_list


def test_xsd_has_nothing_else() -> None:
    assert {(holder, name) for holder in ("response", *COMPLEX) for name in elements_of(str(holder))} == set(DOCUMENTED)


def test_xsd_has_a_root_for_a_response_and_for_a_bare_session() -> None:
    assert set(GLOBAL) == {"response", "userSessions", "session"}
    assert GLOBAL["session"].get("type") == GLOBAL["userSessions"].get("type") == "session"


# The types.

PYTHON_TYPES = {"string": str, "dateTime": str, "integer": int, "number": float, "boolean": bool, **CLASSES}


@each_field
def test_type_has_the_field(field: Field) -> None:
    hint = get_type_hints(CLASSES[field.holder])[field.name]
    if field.form == "list":
        assert get_origin(hint) is list
        (hint,) = get_args(hint)
    assert hint is PYTHON_TYPES[field.type]


def test_types_have_nothing_else() -> None:
    assert {(holder, name) for holder, kind in CLASSES.items() for name in kind.__annotations__} == set(DOCUMENTED)
