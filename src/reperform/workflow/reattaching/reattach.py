"""Reattaching, from the new cut to the timeline with its takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import SettingsError
from reperform.ledger.ledger import Ledger
from reperform.ledger.projects import find as find_project
from reperform.memory import nothing_to_collect
from reperform.model import Plan, Problem, Shot
from reperform.performing.listening import Listener, silence
from reperform.performing.performed import Performed
from reperform.timeline.reattaching import take_off, takes_over
from reperform.workflow.documents import Planned
from reperform.workflow.plans import info_of
from reperform.workflow.reattaching.alone import left_alone
from reperform.workflow.reattaching.attaching import Attached, Attacher
from reperform.workflow.reattaching.choosing import ORIGINAL, by_hand, keep
from reperform.workflow.reattaching.documents import Reattached
from reperform.workflow.reattaching.filling import Gap, fill_plan
from reperform.workflow.reattaching.finding import Found, found_among
from reperform.workflow.reattaching.fitting import shows
from reperform.workflow.reattaching.footage import Footage
from reperform.workflow.reattaching.history import Earlier, earlier_cut
from reperform.workflow.reattaching.reporting import Shown, change_list
from reperform.workflow.reattaching.scene import Scene, read_scene

if TYPE_CHECKING:
    from reperform.asking import Ask
    from reperform.ledger.records import RunRow
    from reperform.settings import Settings

__all__ = ["reattach"]


@nothing_to_collect()
def reattach(
    new: Path,
    out: Path,
    settings: Settings,
    *,
    fill: bool = False,
    listener: Listener = silence,
    ask: Ask | None = None,
) -> Reattached:
    """Puts the takes that are paid back into a cut that was changed, and writes it to `out`; `new` is not touched.

    With `fill` the frames that lack are performed, paid for as by `run`; else nothing is sent.

    Raises:
        InputError: the cut cannot be read, `out` cannot be written, or nothing was ever performed in the project.
        AccessRefused: an engine needs a key, and there is none.
        LedgerError: the project's record cannot be read or written.
        Interrupted: stopped; what is paid is kept.

    """
    project = find_project(new, settings.project)
    with _existing(project, settings):
        pass
    scene = read_scene(new, settings, project)
    _refuse_unfit(scene, out, settings, project)
    with _existing(project, settings) as ledger:
        return _Reattaching(scene, out, settings, ledger, listener, ask).all(fill=fill)


def _existing(project: Path, settings: Settings) -> Ledger:
    ledger = Ledger.existing(project, settings.ledger)
    if ledger is None:
        raise SettingsError(
            f"nothing has been run in {project} yet, so there are no takes to put back.",
            fix="Name the project of the earlier cut with --project.",
        )
    return ledger


def _refuse_unfit(scene: Scene, out: Path, settings: Settings, project: Path) -> None:
    from reperform.workflow.refusing import refuse_unfit

    refuse_unfit(Planned(cut=scene.cut, plan=_plan(scene, ()), project=project), out, settings)


def _plan(scene: Scene, shots: Sequence[Shown]) -> Plan:
    """What the cut holds now: for the change list of the next time."""
    cues = {each.shot.id: tuple(cue for cue, _, _ in each.standing.cues) for each in shots}
    return Plan(
        timeline=info_of(scene.cut),
        engine="preview",
        model="preview",
        shots=tuple(each.shot.model_copy(update={"cues": cues[each.shot.id]}) for each in shots),
        settings=scene.settings,
    )


class _Reattaching:
    """One reattach, with all that its steps need."""

    def __init__(
        self, scene: Scene, out: Path, settings: Settings, ledger: Ledger, listener: Listener, ask: Ask | None
    ) -> None:
        self.scene, self.out, self.settings, self.ledger = scene, out, settings, ledger
        self.listener, self.ask = listener, ask
        self.footage = Footage(ledger)
        self.seen, self.problems = scene.seen(self.footage)
        self.earlier = Earlier()
        self.performed: Performed | None = None

    def all(self, *, fill: bool) -> Reattached:
        """Every step."""
        found = self._found()
        wanted = self._fill_plan(found)
        if fill and wanted is not None and any(shot.jobs for shot in wanted.shots):
            self._perform(wanted)
            self.footage = Footage(self.ledger)
            found = self._found()
            wanted = self._fill_plan(found)
        shown = self._attach(found)
        return self._written(shown, wanted)

    def _found(self) -> list[Found]:
        footage = self.footage
        showing = [seen for seen in self.seen if shows(seen.target, footage.made[seen.identity])]
        if self.earlier.timeline is None:
            uses = [(seen.identity, seen.target) for seen in showing]
            earlier = earlier_cut(self.ledger, footage, uses)
            self.earlier = replace(earlier, alone=left_alone(earlier, self.ledger, footage, self.settings))
        seam = self.scene.settings.seam_frames
        return found_among(showing, self.earlier, self.ledger, footage, seam=seam)

    def _fill_plan(self, found: Sequence[Found]) -> Plan | None:
        gaps = [
            Gap(use=each.seen.use, target=each.seen.target, fit=each.standing)
            for each in found
            if each.standing.lacking
        ]
        return fill_plan(gaps, self.footage, self.scene.uses, info=info_of(self.scene.cut), settings=self.settings)

    def _perform(self, wanted: Plan) -> None:
        """Asked and paid like a run."""
        from reperform.workflow.running import agree_to_pay, perform_in

        planned = Planned(cut=self.scene.cut, plan=wanted, project=self.ledger.project)
        agree_to_pay(planned, self.settings, ask=self.ask)
        begun = self._begin(wanted, filling=True)
        self.performed = perform_in(
            wanted, self.ledger, self.settings, listener=self.listener, run_id=begun.id, makes_takes=False
        )
        if not (self.performed.resumable or self.performed.ceiling or self.performed.refused):
            self.ledger.runs.end(begun.id)

    def _begin(self, plan: Plan, *, filling: bool) -> RunRow:
        from reperform.workflow.running import WRITING

        kept = self.settings.model_dump(mode="json", include=set(WRITING))
        return self.ledger.runs.begin(
            timeline=self.scene.cut.path,
            out=self.out,
            plan=plan.model_dump_json(by_alias=True),
            writing=json.dumps({**kept, "only": None, "another": [], "reattach": filling}),
            base_url=self.settings.base_url,
            max_cost_usd=self.settings.max_cost,
            allow_unknown_cost=self.settings.allow_unknown_cost,
        )

    def _attach(self, found: Sequence[Found]) -> list[Shown]:
        attacher = Attacher(ledger=self.ledger, settings=self.scene.settings)
        shots = [self._with_voice(each) for each in found]
        attached = attacher.attach_all(
            [
                (each.fits, replace(each.seen.target, shot=shot), each.seen.identity)
                for each, shot in zip(found, shots, strict=True)
            ]
        )
        self.problems += attacher.problems
        return [
            Shown(
                seen=each.seen,
                shot=shot,
                fits=each.fits,
                standing=each.standing,
                attached=tuple(takes),
                came=each.came,
                choice=each.choice,
            )
            for each, shot, takes in zip(found, shots, attached, strict=True)
        ]

    def _with_voice(self, found: Found) -> Shot:
        """The shot, with the word whether its voice still sounds in the cut."""
        cues = [cue for cue, _, _ in found.standing.cues]
        heard = bool(cues) and all(self.scene.uses.is_heard(found.seen.use, cue) for cue in cues)
        return found.seen.target.shot.model_copy(update={"voice_in_cut": heard})

    def _written(self, shown: Sequence[Shown], wanted: Plan | None) -> Reattached:
        from reperform.workflow.writing import write

        chosen = self._chosen(shown)
        self._take_off(shown)
        with_takes = [each for each in shown if each.attached]
        plan = _plan(self.scene, with_takes)
        planned = Planned(cut=self.scene.cut, plan=plan, project=self.ledger.project)
        takes = {each.shot.id: tuple(attached.take for attached in each.attached) for each in with_takes}
        outcome = write(
            planned, self.out, self.settings, performed=Performed(takes=takes), ledger=self.ledger, chosen=chosen
        )
        assert outcome.saved is not None, "it is always written"
        self._remember(_plan(self.scene, shown), shown, chosen)
        return Reattached(
            shots=tuple(
                change_list(self.scene, shown, self.seen, earlier=self.earlier, fill=wanted, chosen=outcome.chosen)
            ),
            earlier=self.earlier.timeline,
            fill=wanted,
            saved=outcome.saved,
            problems=tuple(dict.fromkeys(self._said(shown, wanted, outcome.problems))),
            performed=self.performed,
            see=outcome.see,
        )

    def _said(self, shown: Sequence[Shown], wanted: Plan | None, written: Sequence[Problem]) -> list[Problem]:
        linked = self.scene.linker.notes if shown else []
        performed = self.performed.problems if self.performed else ()
        unfilled = [problem for problem in (wanted.problems if wanted else ()) if problem.severity == "error"]
        return [*self.scene.problems, *linked, *self.problems, *performed, *unfilled, *written]

    def _chosen(self, shown: Sequence[Shown]) -> dict[str, str | None]:
        """By shot: what a person chose."""
        owners = {id(each.seen.use.clip.clip): _all_ids(each.attached) for each in shown}
        over = takes_over(self.scene.cut.timeline, owners)
        chosen: dict[str, str | None] = {}
        for each in shown:
            lying = [found for _, found in over.get(id(each.seen.use.clip.clip), ())]
            found = by_hand(lying, each.attached, _rule(each)) or _kept(each)
            if found is not None:
                chosen[each.shot.id] = found
        return chosen

    def _take_off(self, shown: Sequence[Shown]) -> None:
        owners = {id(each.seen.use.clip.clip): {one.take.id for one in each.attached} for each in shown}
        take_off(self.scene.cut.timeline, owners, known={row.id for row in self.ledger.takes.all()})

    def _remember(self, plan: Plan, shown: Sequence[Shown], chosen: Mapping[str, str | None]) -> None:
        """Choices under their shots' new places, and the cut as it is now."""
        ids = [each.shot.id for each in shown]
        for each in shown:
            if (choice := chosen.get(each.shot.id)) is not None:
                keep(self.ledger, each.seen.identity, each.shot, choice, ids)
        if self.performed is None or not self.performed.resumable:
            self.ledger.runs.end(self._begin(plan, filling=False).id)


def _all_ids(attached: Sequence[Attached]) -> frozenset[str]:
    return frozenset(take for each in attached for take in each.stands_for)


def _kept(shown: Shown) -> str | None:
    """What the project remembers of it."""
    if shown.choice is None:
        return None
    if shown.choice.take_id is None:
        return ORIGINAL
    return next((each.take.id for each in shown.attached if shown.choice.take_id in each.stands_for), None)


def _rule(shown: Shown) -> Attached | None:
    """The take that the rule shows."""
    performed = [each for each in shown.attached if not each.take.preview]
    return next(iter((performed or list(shown.attached))[-1:]), None)
