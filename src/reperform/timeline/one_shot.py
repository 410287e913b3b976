"""One use of a clip as a shot: what of its media is seen, and the document of it with its sound."""

from __future__ import annotations

from typing import Protocol

from reperform.errors import MediaRefused
from reperform.model import Cue, RecordRange, Shot
from reperform.timeline.audio import HeardClip
from reperform.timeline.cut import Cut, PlacedClip
from reperform.timeline.own_sound import OwnSound
from reperform.timeline.retimes.seen import Seen, on_media, on_record
from reperform.timeline.voices import VoiceLinker
from reperform.timing import FrameRange

__all__ = ["MediaLinker", "SeenClip", "see", "shot_of"]


class SeenClip(HeardClip, Protocol):
    """A clip's file, as the linker gives it."""

    @property
    def in_frame(self) -> int:
        """The first visible frame."""
        ...

    @property
    def frames(self) -> int:
        """How many are visible."""
        ...


class MediaLinker(VoiceLinker, Protocol):
    """What is needed of the linker."""

    def link(self, placed: PlacedClip) -> SeenClip:
        """The file of a clip of moving picture, and what of it is visible. Raises MediaRefused."""
        ...


def see(clip: PlacedClip, linker: MediaLinker, cut: Cut, *, handles: int) -> Seen:
    """What a clip shows, with up to so many frames of handles.

    Raises:
        MediaRefused: its media is not here, does not move, does not hold what is visible, or the retime cannot be mapped.
        MediaError: its media is damaged.

    """
    linked = linker.link(clip)
    _refuse_unmoving(linked, clip)
    source, start = linked.source, linked.start_seconds
    try:
        retimed = on_record(clip, source, cut, start=start, handles=handles)
    except MediaRefused as error:
        raise MediaRefused(f"{clip.name} is retimed, and {error.message}", fix=error.fix) from error
    visible = FrameRange(linked.in_frame, linked.frames)
    return retimed or on_media(clip, source, visible, start=start, handles=handles)


def shot_of(
    shot: str, clip: PlacedClip, cut: Cut, *, seen: Seen, own: OwnSound, cues: tuple[Cue, ...], voice_in_cut: bool
) -> Shot:
    """The clip as a shot, called `shot`."""
    record = RecordRange(
        in_=cut.timecode(clip.record.start),
        out=cut.timecode(clip.record.end),
        in_frame=clip.record.start,
        frames=clip.record.frames,
    )
    return Shot(
        id=shot,
        clip=clip.name,
        track=clip.track.label,
        index=clip.index,
        address=clip.address,
        clock=seen.clock,
        record=record,
        media=seen.media,
        source=seen.source,
        own_sound=own.sounds,
        linked_audio=tuple(audio.address for audio in own.linked),
        voice_in_cut=voice_in_cut,
        cues=cues,
    )


def _refuse_unmoving(linked: SeenClip, clip: PlacedClip) -> None:
    if clip.record.frames < 1:
        raise MediaRefused(
            f"{clip.name} is seen for less than a frame", fix="mark another clip, or trim this one longer"
        )
    if linked.source.kind != "movie":
        kind = "a still" if linked.source.kind == "still" else "sound without picture"
        raise MediaRefused(f"the media of {clip.name} is {kind}", fix="mark a clip of moving picture")
    # Of a frozen clip it is one frame, however long it stands.
    if linked.in_frame < 0 or linked.in_frame + max(1, linked.frames) > linked.source.frames:
        raise MediaRefused(
            f"{clip.name} shows frames {linked.in_frame} to {linked.in_frame + linked.frames} of {linked.source.path.name}, "
            f"which has {linked.source.frames}",
            fix="relink the clip to its full media, or trim it",
        )
