"""The catalogue of rules as text: one line a rule, one page a rule, JSON, and Markdown for rules/README.md."""

from collections.abc import Iterable
from typing import Any

from sessionlint.rule import Rule
from sessionlint.rule_page import Example, page_of


def as_lines(rules: Iterable[Rule]) -> str:
    """One line a rule: id, severity, lane, name, what is wrong."""
    rules = list(rules)
    id_width = max(len(rule.id) for rule in rules)
    width = max(len(rule.name) for rule in rules)
    return "".join(
        f"{rule.id:{id_width}}  {rule.severity:7}  {rule.lane:11}  {rule.name:{width}}  {page_of(rule).summary}\n"
        for rule in rules
    )


def as_json(rules: Iterable[Rule]) -> str:
    """A list of objects: id, name, severity, lane, basis, summary, thresholds, package."""
    import orjson

    return orjson.dumps(
        [_record(rule) for rule in rules], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    ).decode()


def _record(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "severity": rule.severity,
        "lane": rule.lane,
        "basis": rule.basis,
        "summary": page_of(rule).summary,
        "thresholds": dict(rule.thresholds),
        "package": rule.package,
    }


def as_page(rule: Rule) -> str:
    """One rule's page for a terminal."""
    page = page_of(rule)
    parts = [f"{rule.id} {rule.name} ({rule.severity}, {rule.lane})", page.summary]
    if not rule.is_own:
        parts[0] += f", of {rule.package}"
    if page.why:
        parts.append(page.why)
    parts += (f"{heading}: {text}" for heading, text in page.bases)
    if rule.thresholds:
        parts.append("\n".join(f"Threshold {name}: {value:g}" for name, value in rule.thresholds.items()))
    if page.remedy:
        parts.append(f"Remedy: {page.remedy}")
    parts += (_example("Bad", example) for example in page.bad)
    parts += (_example("Good", example) for example in page.good)
    return "\n\n".join(parts) + "\n"


def _example(heading: str, example: Example) -> str:
    remark = f": {example.remark}" if example.remark else ":"
    return f"{heading}{remark}\n" + "\n".join(f"    {line}" for line in example.text.splitlines())


def as_markdown(rules: Iterable[Rule]) -> str:
    """The catalogue as Markdown: a table of all rules, then a section for each."""
    rules = list(rules)
    rows = (f"| [{rule.id}](#{rule.id.lower()}) | {rule.name} | {rule.severity} | {rule.lane} |" for rule in rules)
    head = (
        "# The rules\n\n"
        "Generated from the rules' docstrings by `python -m sessionlint.catalogue`; not to be edited by hand.\n\n"
        "| rule | name | severity | lane |\n| --- | --- | --- | --- |\n"
    )
    return head + "\n".join(rows) + "\n\n" + "\n".join(map(_section, rules))


def _section(rule: Rule) -> str:
    parts = [
        f'<a id="{rule.id.lower()}"></a>',
        f"## {rule.id} {rule.name}",
        f"**{page_of(rule).summary}** ({rule.severity}, {rule.lane})",
        as_markdown_page(rule),
    ]
    return "\n\n".join(parts)


def as_markdown_page(rule: Rule) -> str:
    """One rule's page as Markdown, without its first sentence."""
    page = page_of(rule)
    parts = []
    if page.why:
        parts.append(page.why)
    parts += (f"*{heading}:* {text}" for heading, text in page.bases)
    if rule.thresholds:
        parts.append("\n".join(f"- threshold `{name}`: {value:g}" for name, value in rule.thresholds.items()))
    if page.remedy:
        parts.append(f"*Remedy:* {page.remedy}")
    for heading, examples in (("Bad", page.bad), ("Good", page.good)):
        for example in examples:
            remark = f": {example.remark}" if example.remark else ""
            parts.append(f"{heading}{remark}\n\n```text\n{example.text}\n```")
    return "\n\n".join(parts) + "\n"


def _main() -> None:
    import sys
    from pathlib import Path

    from sessionlint.rule import registry

    Path(sys.argv[1]).write_text(
        as_markdown(rule for rule in registry().values() if rule.is_own), encoding="utf-8", newline="\n"
    )


if __name__ == "__main__":
    _main()
