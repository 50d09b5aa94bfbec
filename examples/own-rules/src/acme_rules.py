"""What ACME expects of its computers' sessions."""

# pyright: reportTypedDictNotRequiredAccess=false
# (What `needs` names is there; pyright cannot know.)

from sessionlint.finding import INFO, WARNING, note, problem
from sessionlint.payload import NetworkProfile, Page
from sessionlint.rule import STANDARD, Outcome, rule

RESOLVERS = ("10.20.0.53", "10.21.0.53")


@rule("ACME001", on=NetworkProfile, severity=WARNING, basis=STANDARD, needs=("dnsServers",))
def foreign_resolver(profile: NetworkProfile) -> Outcome:
    """A name server is not one of ACME's.

    Names of internal sites then go to somebody else's server, which cannot answer and learns them.

    Standard: ACME network handbook, section 4: "Workstations ask 10.20.0.53 and 10.21.0.53 only."
    Remedy: Connect to the VPN, or remove the name servers that were set by hand.

    Bad: both
        {"dnsServers": ["10.20.0.53", "8.8.8.8"]}
    Good:
        {"dnsServers": ["10.20.0.53", "10.21.0.53"]}
    Good: there is none
        {"dnsServers": []}
    """
    for index, server in enumerate(profile["dnsServers"]):
        if server not in RESOLVERS:
            return problem(("dnsServers", index), "{} is not one of ACME's name servers", server)
    return None


@rule("ACME002", on=Page, severity=INFO, basis=STANDARD, needs=("pageTimings",))
def page_over_service_level(page: Page, *, acme_page_load_ms: float = 6000) -> Outcome:
    """A page took longer to load than ACME's service level allows.

    The service level counts until the page's load event. What it allows is acme-page-load-ms.

    Standard: ACME service level 7: "Pages load within six seconds."
    Remedy: Compare with other sessions of the same site before you call its owner.

    Bad:
        {"id": "page_0", "title": "Intranet", "pageTimings": {"onContentLoad": 900, "onLoad": 6001}}
    Good: just in time
        {"id": "page_0", "title": "Intranet", "pageTimings": {"onContentLoad": 900, "onLoad": 6000}}
    Good: it was left before it was loaded
        {"id": "page_0", "title": "Intranet", "pageTimings": {"onContentLoad": 900, "onLoad": -1}}
    """
    load = page["pageTimings"].get("onLoad", 0)
    if load <= acme_page_load_ms:
        return None
    return problem(
        ("pageTimings", "onLoad"),
        "the page took {} ms to load, {} are allowed",
        load,
        acme_page_load_ms,
        related=(note("title", "it is {}", page.get("title")),),
    )
