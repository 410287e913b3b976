"""The report as a page: one file with all that it needs. It runs no script, and a browser is told to allow none."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from reperform.planning.costs import dollars
from reperform.reporting import plots
from reperform.reporting.documents import Report, Shot
from reperform.reporting.drawing import harmless, span_text
from reperform.reporting.sums import sums_of

if TYPE_CHECKING:
    from jinja2 import Environment

    from reperform.reporting.looking import Look, Looking

__all__ = ["page"]

_MOST_ROWS = 600
"""Of the table of jobs."""
_MOST_PLACES = 6
"""Of one problem, before the rest is counted."""
_STATES = {
    "performed": "performed take in the cut",
    "preview": "preview in the cut",
    "original": "the original, by choice",
    "failed": "no take passed its checks",
    "waiting": "no take yet",
}
_SHORT_STATES = {
    "performed": "performed",
    "preview": "in preview",
    "original": "by choice original",
    "failed": "failed",
    "waiting": "without a take",
}


def page(report: Report, looking: Looking) -> Iterator[str]:
    """HTML in pieces: the pictures of a shot are made when its piece is."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = _environment().get_template("report.html")
    yield from template.generate(
        report=report,
        sums=sums_of(report),
        shots=_shots(report, looking),
        pictures_said=looking.allowance.said,
        style=Markup(style),  # noqa: S704 - our own file
        policy=f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        states=_STATES,
        short_states=_SHORT_STATES,
        numbers={shot.id: number for number, shot in enumerate(report.shots, 1)},
        errors=_grouped(report, "error"),
        remarks=[*_grouped(report, "warning"), *_grouped(report, "note")],
        most_places=_MOST_PLACES,
        plots=plots,
        stretches=plots.stretches(report.jobs),
        failing=_failing(report),
        decided=_decided(report),
        made=[(shot, version) for shot in report.shots for version in shot.versions if version.kind != "original"],
        most_rows=_MOST_ROWS,
    )


def _shots(report: Report, looking: Looking) -> Iterator[tuple[int, Shot, Look]]:
    for position, shot in enumerate(report.shots):
        yield position + 1, shot, looking.at(position)


def _grouped(report: Report, severity: str) -> list[dict[str, Any]]:
    """Equal problems once, with all their places."""
    found: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for problem in report.problems:
        if problem["severity"] == severity:
            found.setdefault((problem["message"], problem["fix"]), []).append(problem["where"])
    return [
        {"severity": severity, "message": message, "fix": fix, "places": [each for each in places if each["clip"]]}
        for (message, fix), places in found.items()
    ]


def _failing(report: Report) -> list[tuple[Shot, Any, Any]]:
    return [
        (shot, version, check)
        for shot in report.shots
        for version in shot.versions
        for check in version.checks
        if not check.passed
    ]


def _decided(report: Report) -> list[tuple[Shot, Any]]:
    return [
        (shot, version)
        for shot in report.shots
        for version in shot.versions
        if version.decision.circled or version.decision.rejected or version.decision.notes
    ]


def _style() -> str:
    return files("reperform.reporting").joinpath("templates", "report.css").read_text(encoding="utf-8")


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("reperform.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    environment.filters |= {"dollars": _dollars, "span": _span, "moment": _moment, "plural": _plural, "code": _code}
    return environment


def _clean(value: Any) -> Any:
    """What comes from outside, before it is escaped."""
    return harmless(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _code(words: str) -> Markup:
    """What stands between backticks is what a person types."""
    parts = str(_clean(words)).split("`")
    marked = [Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)]
    return Markup("").join(marked)


def _dollars(amount: float | None) -> str:
    return "unknown" if amount is None else dollars(amount)


def _span(seconds: float | None) -> str:
    return "–" if seconds is None else span_text(seconds)


def _moment(at: str | None) -> str:
    """`2026-11-21 16:20 UTC`, of ISO 8601."""
    return f"{at[:16].replace('T', ' ')} UTC" if at else "–"


def _plural(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
