"""Conforming: paid results become a take, checked, with a number of its own."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reperform.ledger.ledger import Ledger
from reperform.ledger.records import TakeRow
from reperform.media import conforming
from reperform.media.compositing import matte_file, report
from reperform.media.compositing.composing import Compositions
from reperform.media.conformed import Conformed, composed, take_start
from reperform.model import Check, Cost, Take, TakeCue, TakeOwnSound, TakeViewing
from reperform.performing import judging, materials, naming
from reperform.performing.accounts import accounted, matches_of
from reperform.performing.making import Making, picture_identity
from reperform.performing.sounding_anew import sounding_from
from reperform.planning.targets import PREVIEW
from reperform.timing import format_timecode

__all__ = ["MadeTake", "make", "read", "standing"]

_NO_PICTURES = (
    "its pictures are of a kind that is not written here: the take is a movie in the mezzanine, without transparency"
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class MadeTake:
    """A take of a shot, and whether it was made just now."""

    take: Take
    new: bool
    warnings: tuple[str, ...] = ()
    """What of the results was put right, in words."""


def make(making: Making, ledger: Ledger) -> MadeTake:
    """The take: the one that is there already, or a new one, conformed, checked and recorded.

    Raises:
        ConformError: what came back cannot be made into a take; it is kept all the same.
        MediaError: the original or a result cannot be read, or the take not be written.
        SettingsError: the template of names is not understood.

    """
    row = making.made_already(ledger)
    if row is not None and ledger.takes.path(row).exists():
        _write_matte(making, row, ledger)
        return _accounted_again(row, making, ledger)
    row = row or _numbered(making, ledger)
    path = ledger.takes.path(row)
    splices = materials.splices_of(making, ledger)
    heard = materials.sound_of(making, row.range, ledger)
    tracks = heard.tracks
    conformed = conforming.conform(
        making.shot,
        splices,
        out=path,
        settings=making.shaping,
        take_range=row.range,
        reel=materials.reel_of(making, row),
        sound=tracks,
    )
    checks = judging.judged(making, conformed, splices, sound=tracks)
    _log.info(
        "take %s: %s, %s of %s frames copied", path.name, conformed.codec, conformed.copied_packets, conformed.frames
    )
    composite = report.reports(conformed)
    said = report.check_of(composite)
    checks = (*materials.failed_checks(splices, making), *checks, *([said] if said else ()))
    more = {"composite": composite, "matched": matches_of(heard), "viewing": _viewing(making, conformed)}
    take = _document(making, row, conformed, checks, ledger).model_copy(update=more)
    _write_matte(making, row, ledger, conformed.compositions)
    take, told = accounted(take, making)
    ledger.takes.finish(row, take.model_dump_json())
    put_right = [f"{each.name}: {said}" for each in splices if each.alignment for said in each.alignment.warnings]
    if making.shot.source.sequence is not None and conformed.sequence is None:
        put_right.append(_NO_PICTURES)
    # A preview's whole picture, or none of it, is what a preview is.
    found = () if take.preview else filter(None, map(report.warning_of, composite))
    return MadeTake(take=take, new=True, warnings=(*put_right, *found, *told))


def _accounted_again(row: TakeRow, making: Making, ledger: Ledger) -> MadeTake:
    """A take that was there, with what it lacks of the account that is asked for now."""
    take = _current(row, making, ledger)
    accounting, told = accounted(take, making)
    if accounting is not take:
        kept = read(row, ledger, shot_id=take.shot_id).model_copy(update={"credentials": accounting.credentials})
        ledger.takes.finish(row, kept.model_dump_json())
    return MadeTake(take=accounting, new=False, warnings=told)


def _write_matte(making: Making, row: TakeRow, ledger: Ledger, compositions: Compositions | None = None) -> None:
    """The matte of a take, if it is asked for and not there."""
    out = matte_file.matte_path(ledger.takes.path(row))
    if not making.settings.matte or out.exists():
        return
    splices = materials.splices_of(making, ledger)
    if compositions is None:
        compositions = composed(making.shot, splices, covered=row.range, settings=making.shaping)
    matte_file.write_matte(
        making.shot,
        splices,
        compositions,
        out=out,
        covered=row.range,
        settings=making.shaping,
        start=take_start(making.shot, row.range),
    )


def standing(making: Making, ledger: Ledger) -> Take | None:
    """The finished take that is this one, or shows the same, as the ledger has it; None where there is none."""
    row = making.made_already(ledger)
    return None if row is None else _current(row, making, ledger)


def read(row: TakeRow, ledger: Ledger, *, shot_id: str) -> Take:
    """A finished take, as a take of this shot, where its file is now."""
    assert row.document is not None, "only finished takes are listed"
    take = Take.model_validate_json(row.document)
    return take.model_copy(update={"shot_id": shot_id, "path": ledger.takes.path(row)})


def _current(row: TakeRow, making: Making, ledger: Ledger) -> Take:
    """A take that was there, with the cues as the cut has them now."""
    return read(row, ledger, shot_id=making.shot.id).model_copy(update={"cues": _cues(making)})


def _numbered(making: Making, ledger: Ledger) -> TakeRow:
    shot, source = making.shot, making.shot.source
    template = making.settings.name_template or naming.TEMPLATE
    naming.check_template(template)
    stem = naming.stem_of(source.stem)
    start, drop = take_start(shot, making.range)
    first = format_timecode(start, shot.media.rate, drop_frame=drop)
    facts: dict[str, str | int] = {
        "stem": stem,
        "timecode": "".join(digit for digit in first if digit.isdigit()),
        "reel": source.reel or stem,
        "clip": shot.clip,
        "track": shot.track,
        "shot": shot.id,
        "engine": _engine(making)[0],
        "model": _engine(making)[1],
        "character": next((cue.character for cue, _, _ in making.cues if cue.character), ""),
    }
    folder = making.settings.takes_dir or Path("takes")

    def file_of(number: int) -> str:
        name = naming.file_name(
            template, {**facts, "number": number}, preview=_engine(making)[0] == PREVIEW, folder=making.is_sequence
        )
        return (folder / name).as_posix()

    return ledger.takes.number(
        making.identity,
        stem=stem,
        source_identity=picture_identity(shot, making.source),
        clock=shot.clock,
        covers=making.range,
        performed=making.performed,
        settings=making.conforming,
        file_of=file_of,
    )


def _document(making: Making, row: TakeRow, conformed: Conformed, checks: tuple[Check, ...], ledger: Ledger) -> Take:
    engine, model = _engine(making)
    return Take(
        id=row.id,
        number=row.number,
        path=ledger.takes.path(row),
        preview=engine == PREVIEW,
        shot_id=making.shot.id,
        engine=engine,
        model=model,
        rate=conformed.rate,
        in_frame=conformed.in_frame,
        frames=conformed.frames,
        start_frame=conformed.start_frame,
        drop_frame=conformed.drop_frame,
        reel=conformed.reel,
        cues=_cues(making),
        cost=_cost(making, ledger),
        checks=checks,
        source_identity=making.source,
        source_name=making.shot.source.path.name,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        sequence=conformed.sequence,
        own_sound=_own_sound(making, conformed),
        consent=tuple(dict.fromkeys(cue.direction.consent for cue, _, _ in making.cues if cue.direction.consent)),
    )


def _own_sound(making: Making, conformed: Conformed) -> TakeOwnSound:
    shot = making.shot
    sounds = sounding_from(shot.own_sound, shot.media.in_frame, conformed.in_frame, shot.media.rate)
    return TakeOwnSound(sounds=sounds, around=making.own_sound_around or shot.clock == "record")


def _viewing(making: Making, conformed: Conformed) -> TakeViewing | None:
    viewing, lut = conformed.viewing, making.settings.input_lut
    if viewing is None:
        return None
    return TakeViewing(name=viewing.name, digest=viewing.digest, sha256=lut.sha256 if lut else None)


def _cues(making: Making) -> tuple[TakeCue, ...]:
    return tuple(
        TakeCue(
            id=cue.id,
            key=key,
            in_frame=cue.in_frame,
            frames=cue.frames,
            direction=cue.direction,
            character=cue.character,
            marker=cue.marker,
            result_id="+".join(each.result.id for each in covered),
        )
        for cue, key, covered in making.cues
    )


def _engine(making: Making) -> tuple[str, str]:
    """Who performed it: a take with a preview in it is a preview."""
    performers = [(each.result.engine, each.result.model) for _, _, covered in making.cues for each in covered]
    return next((each for each in performers if each[0] == PREVIEW), performers[0])


def _cost(making: Making, ledger: Ledger) -> Cost:
    """What its results cost, each counted once: as the engines stated it, else as estimated."""
    results = {each.result.id: each.result for _, _, covered in making.cues for each in covered}
    amounts = [each.cost_usd for each in results.values()]
    if all(amount is not None for amount in amounts):
        return Cost(amount=sum(amount for amount in amounts if amount is not None), basis="as the engine stated it")
    attempts = {each.attempt_id: ledger.claims.attempt(each.attempt_id) for each in results.values()}
    estimates = [attempt.estimate_usd for attempt in attempts.values()]
    if any(estimate is None for estimate in estimates):
        return Cost(amount=None, basis="the engine stated no cost, and none is published")
    return Cost(amount=sum(estimate for estimate in estimates if estimate is not None), basis="as estimated")
