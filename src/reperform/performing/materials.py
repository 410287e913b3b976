"""What a take is made of: the results in their places, the sound over them, the name of its reel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from reperform.errors import ConformError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Covered, Remapped, TakeRow
from reperform.media import probing
from reperform.media.aligning import Alignment, one_to_one
from reperform.media.result_pictures import JUDGED_AGAIN, judged_again
from reperform.media.splicing import Splice
from reperform.media.take_sound import TakeSound
from reperform.model import Check, Cue, SoundSource
from reperform.performing import naming
from reperform.performing.fetching import ALIGNMENT
from reperform.performing.making import Making, anchor
from reperform.timing import FrameRange, sample_at

__all__ = ["failed_checks", "reel_of", "sound_of", "splices_of"]


def splices_of(making: Making, ledger: Ledger) -> tuple[Splice, ...]:
    """Every result where it stands.

    Raises:
        ConformError: a paid result is not there any more, or cannot be used.

    """
    return tuple(_splice(cue, each, ledger) for cue, _, covered in making.cues for each in covered)


def reel_of(making: Making, row: TakeRow) -> str | None:
    """The reel that the take's file names. On the record's clock there is none: its timecode is not one of the original's."""
    original = making.shot.source.reel if making.shot.clock == "media" else None
    return naming.reel_name(original, row.number, own=making.settings.reel == "own")


def _splice(cue: Cue, covered: Covered, ledger: Ledger) -> Splice:
    result = covered.result
    file = ledger.project / result.file
    alignment = None if result.alignment is None else ALIGNMENT.validate_json(result.alignment)
    if not file.exists():
        raise ConformError(
            f"the paid result {file} is no longer there",
            fix="Put it back from a backup; it is not paid for again by itself (`--another` does).",
        )
    if alignment is not None and len(alignment.frames) != result.frames_sent:
        raise ConformError(
            f"what came back for {cue.id} cannot be used: {_failures(alignment)}",
            fix=f"It is kept as {file}. Perform the cue again with `--another {cue.id}`.",
        )
    frames = result.frames_sent
    if covered.remapped is not None:
        alignment = _remapped(covered.remapped, alignment or one_to_one(frames))
        frames = len(alignment.frames)
    return Splice(
        cue=FrameRange(cue.in_frame + covered.cue_start, covered.frames),
        returned=file,
        returned_range=FrameRange(anchor(cue, covered), frames),
        alignment=alignment,
        name=cue.id,
    )


def _remapped(remapped: Remapped, alignment: Alignment) -> Alignment:
    """What came back, laid out at the pace of the shot."""
    frames = tuple(None if number is None else alignment.frames[number] for number in remapped.frames)
    return replace(alignment, frames=frames)


def _failures(alignment: Alignment) -> str:
    return "; ".join(f"{check.name}: {check.detail}" for check in alignment.checks if not check.passed)


def failed_checks(splices: Sequence[Splice], making: Making, *, anew: bool = False) -> tuple[Check, ...]:
    """What of the results failed, or was noticed; what passed needs no word in the take.

    What is a matter of settings is judged by those of `making`, where it was not good when it came, or `anew`.

    Raises:
        MediaError: a result or the original cannot be read.

    """
    return tuple(
        check.model_copy(update={"name": f"{splice.name} {check.name}"})
        for splice in splices
        for check in _checks_of(splice, making, anew)
        if check.noticed or not check.passed
    )


def _checks_of(splice: Splice, making: Making, anew: bool) -> tuple[Check, ...]:
    known = splice.alignment.checks if splice.alignment else ()
    settled = [check for check in known if check.name in JUDGED_AGAIN]
    if not (anew or any(check.noticed or not check.passed for check in settled)):
        return known
    lasting = [check for check in known if check not in settled]
    return (*lasting, *judged_again(splice, making.shot, making.settings.checks))


def sound_of(making: Making, covers: FrameRange, ledger: Ledger) -> TakeSound:
    """The sound of the take that covers these frames of the shot's clock."""
    spoken = {cue.id: covered for cue, _, covered in making.cues}
    return TakeSound(
        making.shot,
        covers,
        [(making.voiced.get(cue.id, cue), cue.range) for cue, _, _ in making.cues],
        spoken=_speech(making, spoken, ledger),
        own_around=making.own_sound_around,
        match=making.settings.match_sound,
    )


def _speech(
    making: Making, answers: dict[str, tuple[Covered, ...]], ledger: Ledger
) -> Callable[[Cue], SoundSource | None]:
    """Where the engine's own speech is: in the sound of what came back."""
    rate = making.settings.send_rate or making.shot.media.rate
    performed = {cue.id: cue for cue, _, _ in making.cues}

    def find(cue: Cue) -> SoundSource | None:
        first = answers[cue.id][0]
        returned = probing.probe(ledger.project / first.result.file)
        if not returned.audio:
            return None
        stream = returned.audio[0]
        at_frame = cue.in_frame - anchor(performed[cue.id], first)
        return SoundSource(
            path=returned.path,
            stream=stream.index,
            sample_rate=stream.rate,
            at_sample=sample_at(at_frame, rate, stream.rate) - stream.start_sample,
        )

    return find
