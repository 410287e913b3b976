"""What `doctor` found, in groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from reperform.tables.printing import indented, render, text

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["findings_text"]

_STYLES = {"good": "", "note": "yellow", "missing": "bold red", "wrong": "bold red"}


class Finding(Protocol):
    """One line of the report."""

    @property
    def group(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def fix(self) -> str | None: ...


def findings_text(findings: Sequence[Finding], *, width: int | None = None, styled: bool = False) -> str:
    """Every finding under its group's name, what is missing with its way out."""
    parts: list[RenderableType] = []
    longest = max((len(finding.name) for finding in findings), default=0)
    for group in dict.fromkeys(finding.group for finding in findings):
        parts += ["", text(group, "bold")] if parts else [text(group, "bold")]
        for finding in findings:
            if finding.group == group:
                parts += _lines(finding, longest)
    return render(parts, width=width, styled=styled)


def _lines(finding: Finding, longest: int) -> list[RenderableType]:
    value = f"missing: {finding.value}" if finding.state == "missing" else finding.value
    line = text(f"{finding.name:<{longest}}  ", "dim").append_text(
        text(value, _STYLES.get(finding.state, "") or "not dim")
    )
    if not finding.fix:
        return [indented(line)]
    return [indented(line), indented(text(f"→ {finding.fix}", "green"), longest + 4)]
