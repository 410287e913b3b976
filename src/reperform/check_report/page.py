"""The checks as a page: one file with all that it needs, to look at and to send."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from reperform.check_report.strips import Still, stills_of
from reperform.one_file_page import document
from reperform.tables.printing import plural

if TYPE_CHECKING:
    from reperform.model import Check
    from reperform.workflow.rechecking import CheckedTake, Rechecked

__all__ = ["page"]

_WORDS = {"failed": "failed", "noticed": "look at it", "passed": "passed"}


def page(checked: Rechecked) -> str:
    """HTML. Opens the media of every take for its stills."""
    style = files("reperform.check_report").joinpath("page.css").read_text(encoding="utf-8")
    title = f"{checked.name}: checks"
    body = "\n".join(_take(each, stills_of(each)) for each in checked.takes)
    problems = "".join(f"<li>{_text(problem.message)} {_text(problem.fix or '')}</li>" for problem in checked.problems)
    left = f'<section class="problems"><h2>Not checked</h2><ul>{problems}</ul></section>' if problems else ""
    whole = f"""<header>
<h1><bdi>{_text(checked.name)}</bdi></h1>
<p>{_text(_sum(checked.takes))}</p>
</header>
{left}
{body}"""
    return document(whole, title=_text(title), style=style)


def _sum(takes: Sequence[CheckedTake]) -> str:
    failed = sum(not each.take.passed for each in takes)
    noticed = sum(any(check.noticed for check in each.take.checks) for each in takes)
    said = [plural(len(takes), "take"), f"{failed} failed", f"{noticed} with remarks"]
    return ", ".join(said)


def _take(each: CheckedTake, stills: Sequence[Still]) -> str:
    take, shot = each.take, each.shot
    state = "passed" if take.passed else "failed"
    facts = [shot.clip, shot.track, shot.record.in_, " ".join(dict.fromkeys((take.engine, take.model)))]
    facts += ["stands in the cut"] if each.stands else []
    rows = "".join(_check(check) for check in sorted(take.checks, key=_rank))
    strip = "".join(_still(still) for still in stills)
    return f"""<section class="take">
<h2><bdi>{_text(take.path.name)}</bdi> <span class="state {state}">{state}</span></h2>
<p class="facts">{" · ".join(f"<bdi>{_text(fact)}</bdi>" for fact in facts)}</p>
<table>
<thead><tr><th scope="col">Check</th><th scope="col">Verdict</th><th scope="col">Measured</th><th scope="col">Where</th></tr></thead>
<tbody>{rows}</tbody>
</table>
<div class="strip">{strip}</div>
</section>"""


def _check(check: Check) -> str:
    state = _state(check)
    where = "" if check.frame is None else f"{check.timecode or ''}<br>frame {check.frame}"
    fix = f'<p class="fix">{_text(check.fix)}</p>' if check.fix else ""
    return (
        f'<tr class="{state}"><th scope="row">{_text(check.name)}</th><td class="state {state}">{_WORDS[state]}</td>'
        f'<td>{_text(check.detail)}{fix}</td><td class="tc">{where}</td></tr>'
    )


def _still(still: Still) -> str:
    pictures = "".join(
        f'<img src="{url}" alt="{name} at {_text(still.timecode)}">' if url else '<div class="none">no picture</div>'
        for name, url in (("original", still.original), ("take", still.take))
    )
    kind = "inside" if still.inside else "around"
    return (
        f'<figure class="{kind}">{pictures}<figcaption><span class="tc">{_text(still.timecode)}</span>'
        f" frame {still.frame}<br>{_text(still.why)}</figcaption></figure>"
    )


def _state(check: Check) -> str:
    return "failed" if not check.passed else "noticed" if check.noticed else "passed"


def _rank(check: Check) -> int:
    return ("failed", "noticed", "passed").index(_state(check))


def _text(words: str) -> str:
    """As it stands, in HTML."""
    return escape("".join(letter if letter.isprintable() else " " for letter in words))
