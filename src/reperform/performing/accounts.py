"""The account that a take gives of itself: its provenance in a document beside it, and content credentials where asked for."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path

from reperform import __version__
from reperform.errors import ReperformError
from reperform.files import write_atomically
from reperform.ledger.records import Covered
from reperform.media import fingerprints, identities
from reperform.media.levels import BANDS
from reperform.media.packets import picture_packets
from reperform.media.take_sound import TakeSound
from reperform.model import Cue, Shot, Take, TakeMatch, Voice
from reperform.performing.making import Making
from reperform.provenance import certificates
from reperform.provenance.documents import (
    OriginalMedia,
    PerformedCue,
    Provenance,
    ReturnedResult,
    TakeFile,
    UsedVoice,
    WhereInCut,
    sidecar_path,
)
from reperform.timing import FrameRange, format_timecode

__all__ = ["accounted", "matches_of"]

_log = logging.getLogger(__name__)


def accounted(take: Take, making: Making) -> tuple[Take, tuple[str, ...]]:
    """The take with the credentials that it has now, its document written beside it; and what is to be said of it.

    A take that is signed, or has its document, keeps both. What fails here is said and takes nothing from the take.
    """
    if take.credentials is None and making.settings.c2pa:
        signed, said = _signed(take, making)
    else:
        signed, said = take, ()
    path = sidecar_path(signed.path)
    try:
        if signed is not take or not path.exists():
            write_atomically(path, provenance_of(signed, making).text())
    except (OSError, ReperformError) as error:
        said = (*said, f"what stands behind {take.path.name} could not be written to {path.name}: {error}")
    return signed, said


def _signed(take: Take, making: Making) -> tuple[Take, tuple[str, ...]]:
    from reperform.provenance import signing

    source = making.shot.source
    if take.path.is_dir():
        return take, (f"{take.path.name} is a sequence of pictures, which is given no content credentials",)
    try:
        credentials = signing.sign(
            take.path,
            provenance_of(take, making),
            certificate=certificates.chosen(),
            original=None if source.sequence else source.path,
        )
    except (OSError, ReperformError) as error:
        return take, (f"{take.path.name} has no content credentials: {error}",)
    _log.info("take %s: content credentials, %s, by %s", take.path.name, credentials.place, credentials.signer)
    return take.model_copy(update={"credentials": credentials}), ()


def matches_of(sound: TakeSound) -> tuple[TakeMatch, ...]:
    """What was done to the voices of a take whose sound was read."""
    return tuple(
        TakeMatch(
            cue=cue,
            track=track,
            production_lufs=_tenths(found.production),
            voice_lufs=_tenths(found.voice),
            gain_db=round(found.gain_db, 1),
            bands_db={band: round(gain, 1) for band, gain in zip(BANDS, found.bands_db, strict=False)},
            true_peak_dbtp=_tenths(found.true_peak_db),
            limited=found.limited,
        )
        for track, cue, found in sound.matches
    )


def _tenths(level: float | None) -> float | None:
    return None if level is None else round(level, 1)


def provenance_of(take: Take, making: Making) -> Provenance:
    """All that is known of a take, made so.

    Raises:
        MediaRefused, MediaError: the take or its original cannot be read.

    """
    shot, source = making.shot, making.shot.source
    return Provenance(
        take=TakeFile(
            id=take.id,
            number=take.number,
            file=take.path.name,
            identity=None if take.path.is_dir() else identities.file_identity(take.path),
            preview=take.preview,
            rate=take.rate,
            frames=take.frames,
            start=_timecode(take.start_frame, take, drop_frame=take.drop_frame),
            reel=take.reel,
            made_at=take.made_at,
            software=f"reperform {__version__}",
        ),
        original=OriginalMedia(
            name=source.path.name,
            reel=source.reel,
            identity=take.source_identity,
            rate=source.rate,
            frames=source.frames,
            start=_source_timecode(shot, 0),
        ),
        shot=WhereInCut(
            id=shot.id, clip=shot.clip, track=shot.track, record_in=shot.record.in_, record_out=shot.record.out
        ),
        cues=tuple(_cue(cue, key, covered, take, shot) for cue, key, covered in making.cues),
        consent=take.consent,
        viewing=take.viewing,
        cost=take.cost,
        checks=take.checks,
        credentials=take.credentials,
    )


def _cue(cue: Cue, key: str, covered: Sequence[Covered], take: Take, shot: Shot) -> PerformedCue:
    shown = fingerprints.source_frames(shot, cue.range)
    first, end = min(shown), max(shown) + 1
    return PerformedCue(
        id=cue.id,
        key=key,
        character=cue.character,
        marker=cue.marker,
        direction=cue.direction,
        consent=cue.direction.consent,
        record_in=cue.record_in,
        record_out=cue.record_out,
        in_frame=cue.in_frame - take.in_frame,
        frames=cue.frames,
        source_frames=(first, end),
        source_in=_source_timecode(shot, first),
        source_out=_source_timecode(shot, end),
        pictures_sha256=_pictures(shot, cue.range),
        voices=tuple(map(_voice, cue.voices)),
        results=tuple(_result(each) for each in covered),
        composite=tuple(each for each in take.composite if each.cue == cue.id),
        matched=tuple(each for each in take.matched if each.cue == cue.id),
    )


def _pictures(shot: Shot, frames: FrameRange) -> str:
    with picture_packets(shot.source) as packets:
        digests = packets.digests(fingerprints.source_frames(shot, frames))
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _voice(voice: Voice) -> UsedVoice:
    return UsedVoice(
        kind=voice.kind,
        file=None if voice.path is None else Path(voice.path).name,
        start_seconds=voice.start_seconds,
        end_seconds=voice.end_seconds,
        line=voice.line,
        speech_voice=voice.speech_voice,
    )


def _result(covered: Covered) -> ReturnedResult:
    result = covered.result
    return ReturnedResult(
        id=result.id,
        engine=result.engine,
        model=result.model,
        sha256=result.sha256,
        kept_at=result.kept_at,
        cost_usd=result.cost_usd,
    )


def _source_timecode(shot: Shot, frame: int) -> str | None:
    source = shot.source
    if source.start_frame is None:
        return None
    return format_timecode(source.start_frame + frame, source.rate, drop_frame=source.drop_frame)


def _timecode(frame: int | None, take: Take, *, drop_frame: bool) -> str | None:
    return None if frame is None else format_timecode(frame, take.rate, drop_frame=drop_frame)
