"""A plan: its shots and cues, what is to be said of them, and what they would cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reperform import engines
from reperform.errors import SettingsError
from reperform.estimating import is_own
from reperform.model import Cue, Job, Plan, Shot
from reperform.planning import costs
from reperform.tables.printing import clean, columns, indented, plural, render, row, text
from reperform.tables.problems import ignored_list, problem_list
from reperform.tables.words import direction_text, voice_text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

__all__ = ["plan_table"]

_HEADINGS = ("record", "length", "direction", "voice", "sent", "cost")
_RIGHT = (1, 4, 5)
_INDENT, _GAP = 2, 2


def plan_table(plan: Plan, *, width: int | None = None, styled: bool = False) -> str:
    """The plan as a person reads it: nothing of it is said twice, and the sums stand at the end."""
    blocks: list[RenderableType] = [_heading(plan)]
    if plan.shots:
        blocks.append(_Cues(plan, columns(width)).block())
    blocks += problem_list(plan.problems)
    if plan.ignored_markers:
        blocks.append(ignored_list(plan.ignored_markers))
    parts = [part for block in blocks for part in (block, "")]
    return render([*parts, *_sums(plan)], width=width, styled=styled)


class _Cues:
    """The shots and their cues, in columns that are the same for all shots."""

    def __init__(self, plan: Plan, width: int) -> None:
        self.plan = plan
        self.paying = plan.engine != "preview"
        self.rows = {(shot.id, cue.id): self._cells(shot, cue) for shot in plan.shots for cue in shot.cues}
        self.widths = self._widths(width)

    def block(self) -> RenderableType:
        from reperform.tables.printing import stacked

        lines: list[RenderableType] = [self._line([text(heading) for heading in self._headings], style="dim")]
        for shot in self.plan.shots:
            lines.append(text(f"{shot.track}  {shot.clip}", "bold"))
            lines += [self._line(self.rows[shot.id, cue.id]) for cue in shot.cues]
        return stacked(*lines)

    @property
    def _headings(self) -> Sequence[str]:
        return _HEADINGS if self.paying else _HEADINGS[:-1]

    def _line(self, cells: Sequence[Text], style: str = "") -> RenderableType:
        return indented(row(cells, widths=self.widths, right=_RIGHT, style=style), _INDENT)

    def _cells(self, shot: Shot, cue: Cue) -> list[Text]:
        direction = text(f"{cue.character}: " if cue.character else "", "cyan")
        direction.append(clean(direction_text(cue.direction)), style="default")
        sent, cost = _sent(shot, cue)
        length = text(f"{float(cue.frames / shot.media.rate):.2f} s")
        cells = [text(cue.record_in), length, direction, text(voice_text(cue.voices)), text(sent)]
        return [*cells, text(cost)] if self.paying else cells

    def _widths(self, width: int) -> list[int]:
        """Each column as wide as it needs; direction and voice share what is left, in proportion to what they need."""
        needs = [len(heading) for heading in self._headings]
        for cells in self.rows.values():
            needs = [max(need, len(cell.plain)) for need, cell in zip(needs, cells, strict=True)]
        left = width - _INDENT - _GAP * len(needs) - sum(needs) + needs[2] + needs[3]
        if needs[2] + needs[3] > left:
            needs[2] = max(10, min(needs[2], max(left // 2, left - needs[3])))
            needs[3] = max(10, left - needs[2])
        return needs


def _heading(plan: Plan) -> Text:
    info = plan.timeline
    rate = f"{float(info.rate):.3f}".rstrip("0").rstrip(".")
    drop = " drop-frame" if info.drop_frame else ""
    facts = [info.path.name, f"{rate} fps{drop}", f"from {info.start}", info.dialect]
    title = text(info.name or info.path.stem, "bold")
    return title.append(clean(f"   {' · '.join(facts)}"), style="not bold dim")


def _sent(shot: Shot, cue: Cue) -> tuple[str, str]:
    """Seconds and cost of the jobs that a cue leads; the other cues of a job point at it."""
    if cue.paid:
        return "paid", "–"
    own = [job for job in shot.jobs if cue.id in job.cues]
    led = [job for job in own if job.cues[0] == cue.id]
    if not led:
        return ("same job" if own else "not sent"), "–"
    seconds = [f"{job.seconds:.2f}" for job in led]
    times = f"{len(led)} × {seconds[0]} s" if len(set(seconds)) == 1 and len(led) > 1 else f"{' + '.join(seconds)} s"
    return times, _cost(led)


def _cost(jobs: Sequence[Job]) -> str:
    amounts = [job.cost.amount for job in jobs if job.cost.amount is not None]
    return costs.dollars(sum(amounts)) if len(amounts) == len(jobs) else "unknown"


def _sums(plan: Plan) -> Iterator[RenderableType]:
    totals = plan.totals
    counted = ((totals.shots, "shot"), (totals.cues, "cue"), (totals.jobs, "job"))
    line = text(", ".join(plural(number, word) for number, word in counted), "bold")
    if not totals.jobs:
        yield line
        return
    if (lut := plan.settings.input_lut) is not None:
        yield text(
            clean(f"Shown to the engine through {lut.name} ({lut.sha256[:12]}); takes keep the originals' colours.")
        )
    sent = f"   {totals.seconds_marked:.2f} s marked, {totals.seconds_sent:.2f} s sent{_ratio(plan)}"
    yield line.append(sent, style="not bold")
    if plan.engine == "preview":
        yield text(f"{totals.cost.basis[:1].upper()}{totals.cost.basis[1:]}.")
        return
    amount = totals.cost.basis if totals.cost.amount is None else costs.dollars(totals.cost.amount)
    cost = text("Cost: ").append(amount, style="bold")
    yield cost.append(f"   {totals.cost.basis}", style="not bold") if is_own(totals.cost) else cost
    yield from _prices(plan)


def _ratio(plan: Plan) -> str:
    """How much more is sent than is marked, where all that is marked is sent."""
    all_sent = all(
        {cue.id for cue in shot.cues} == {cue for job in shot.jobs for cue in job.cues} for shot in plan.shots
    )
    if not all_sent or not plan.totals.seconds_marked:
        return ""
    return f" ({plan.totals.seconds_sent / plan.totals.seconds_marked:.2f} times as much)"


def _prices(plan: Plan) -> Iterator[Text]:
    """Where the prices come from."""
    for name, model in dict.fromkeys((job.engine, job.model) for shot in plan.shots for job in shot.jobs):
        try:
            engine = engines.get(name)
            price = engine.capabilities(model).price
        except SettingsError:
            continue
        if price.unit != "nothing":
            said = f"{engines.label(engine, model)}: {costs.price_text(price)}; {price.source}, {price.as_of}"
            yield text(said, "dim")
