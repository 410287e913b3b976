"""Which frames of which file are seen: of a clip, of a shot's original, of a take. One for each frame of the cut."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import MediaError, MediaRefused, SettingsError
from reperform.media.viewing.choosing import viewing_of
from reperform.model import PlanSettings, Shot, ShotMedia, SoundSource, Source
from reperform.timing import Rate, sample_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from reperform.media.viewing.base import Viewing
    from reperform.review.scene import Scene, SceneShot
    from reperform.review.strip import Piece
    from reperform.review.versions import Version
    from reperform.settings import Settings
    from reperform.timeline.cut import PlacedClip, TrackPlace
    from reperform.timeline.owning import OwnSounds

__all__ = ["Finder", "Footage", "place_of", "stepped"]


@dataclass(frozen=True, kw_only=True)
class Footage:
    """Pictures one after the other, at the cut's rate."""

    source: Source
    frames: tuple[int, ...]
    """Numbers on the source's clock."""
    rate: Rate
    """Of the cut."""
    viewing: Viewing | None = None
    """How it is looked at; None: as its own colours ask for."""

    @property
    def key(self) -> str:
        """Equal for what looks the same: what the file holds, and which of its frames are seen."""
        from reperform.media.identities import source_identity

        seen = [] if self.viewing is None else [self.viewing.digest]
        parts = ["1", source_identity(self.source), str(self.rate), self.frames, *seen]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]


class Finder:
    """Finds and opens the media of a scene, each file once."""

    def __init__(self, scene: Scene, settings: Settings, project: Path) -> None:
        from reperform.linking.linker import Linker
        from reperform.workflow.finding import prober

        self._scene, self._project = scene, project
        self._prober = prober()
        roots = settings.media_root
        self._linker = Linker(scene.cut, self._prober, media_roots=roots, allowed_hosts=settings.allowed_hosts)

    def of_piece(self, piece: Piece) -> Footage:
        """What is seen of a clip of the strip. Raises MediaRefused or MediaError where it cannot be."""
        placed = piece.placed
        shot = self._scene.shots.get(piece.shot or "")
        skipped, viewing = piece.record_frame - placed.record.start, self._viewing(shot) if shot else None
        return self._original(self.document(placed), skipped, piece.frames, viewing)

    def of_version(self, shot: SceneShot, version: Version) -> Footage:
        """A version of a shot, all that is visible of it.

        Raises:
            MediaRefused, MediaError: its media is not here, or is damaged.

        """
        record, viewing = shot.placed.record, self._viewing(shot)
        if version.kind == "original":
            return self._original(self.shot_document(shot), 0, record.frames, viewing)
        source, media = self.take_source(version), place_of(shot)
        first = media.in_frame - version.in_frame
        steps = stepped(record.frames, media, cut=self._scene.cut.rate)
        numbers = tuple(min(max(0, first + step), source.frames - 1) for step in steps)
        return Footage(source=source, frames=numbers, rate=self._scene.cut.rate, viewing=viewing)

    def heard_with(self, piece: Piece) -> Shot:
        """A clip of the strip with what the cut plays with it: the sound that is linked to it, else that of its file.

        Raises:
            MediaRefused, MediaError: its media is not here, is damaged, or does not move.

        """
        from reperform.timeline.one_shot import see, shot_of

        cut, placed = self._scene.cut, piece.placed
        seen = see(placed, self._linker, cut, handles=0)
        own = self._own_sounds.of(placed, seen)
        return shot_of("", placed, cut, seen=seen, own=own, cues=(), voice_in_cut=True)

    @cached_property
    def _own_sounds(self) -> OwnSounds:
        """What is linked to what; as the run was told, where the tracks that it was told of are still there."""
        from reperform.timeline.audio import named_tracks
        from reperform.timeline.owning import OwnSounds
        from reperform.timeline.voices import guide_tracks

        index, plan = self._scene.index, self._scene.plan
        settings = plan.settings if plan else PlanSettings()
        named: tuple[TrackPlace, ...] = ()
        guides: tuple[TrackPlace, ...] = ()
        with suppress(SettingsError):
            named = named_tracks(index.tracks, settings.own_sound, option="--own-sound")
        with suppress(SettingsError):
            guides = guide_tracks(index, settings)
        return OwnSounds(index, self._linker, named=named, but=guides)

    def take_source(self, version: Version) -> Source:
        """The pictures of a take. Raises MediaRefused where it is away."""
        path, sequence = version.path, version.sequence
        if path is not None and sequence is not None and path.is_dir():
            return self._prober(path / sequence.pattern, rate=version.rate, sequence=sequence)
        if version.path is None or not version.path.is_file():
            name = version.path.name if version.path else version.id
            raise MediaRefused(
                f"the take {name} is not here", fix="Bring it back to where it was; it is not made anew."
            )
        return self._prober(version.path)

    def take_sound(self, version: Version) -> Source:
        """What a take sounds like: its file, or that beside its pictures. Raises MediaRefused where it is away."""
        from reperform.media.sequence_takes import sound_path

        source = self.take_source(version)
        if version.path is None or version.sequence is None:
            return source
        heard = sound_path(version.path)
        return self._prober(heard) if heard.is_file() else source.model_copy(update={"path": version.path})

    def shot_document(self, shot: SceneShot) -> Shot:
        """The shot with its media. Raises MediaRefused where that is away."""
        if shot.document is not None and _is_there(shot.document.source):
            return shot.document
        return self.document(shot.placed)

    def document(self, placed: PlacedClip) -> Shot:
        """A clip as a shot without cues; its own sound is that of its file.

        Raises:
            MediaRefused: its media is not here, or does not move.
            MediaError: it is damaged.

        """
        from reperform.timeline.one_shot import see, shot_of
        from reperform.timeline.own_sound import OwnSound

        cut = self._scene.cut
        seen = see(placed, self._linker, cut, handles=0)
        made = shot_of("", placed, cut, seen=seen, own=OwnSound(heard=(), linked=()), cues=(), voice_in_cut=True)
        return made.model_copy(update={"own_sound": _own_sound(made)})

    def _viewing(self, shot: SceneShot) -> Viewing | None:
        """The LUT that its takes were made through, or are to be."""
        from reperform.performing import luts

        found = luts.view_of((entry.record.viewing for entry in shot.entries), self._project)
        plan = self._scene.plan
        if found is not None or shot.document is None or plan is None:
            return found
        lut = luts.at_home(plan.settings, self._project).input_lut
        with suppress(SettingsError):
            return None if lut is None else viewing_of(shot.document.source, lut)
        return None

    def _original(self, document: Shot, skipped: int, frames: int, viewing: Viewing | None) -> Footage:
        from reperform.media.originals import source_frames

        rate = self._scene.cut.rate
        steps = stepped(skipped + frames, document.media, cut=rate)[skipped:]
        number: Callable[[int], int] = source_frames(document)
        numbers = tuple(number(document.media.in_frame + step) for step in steps)
        if not numbers:
            raise MediaError("nothing of it is seen")
        return Footage(source=document.source, frames=numbers, rate=rate, viewing=viewing)


def stepped(frames: int, media: ShotMedia, *, cut: Rate) -> Sequence[int]:
    """For each frame of the cut, counted from the first: the frame of the shot's clock on screen in its middle, counted so."""
    if media.rate == cut:
        return [min(number, media.frames - 1) for number in range(frames)]
    step = media.rate / cut
    return [min(int((2 * number + 1) * step / 2), media.frames - 1) for number in range(frames)]


def place_of(shot: SceneShot) -> ShotMedia:
    """What is visible of a shot on its clock, as its run or the timeline says it: its media need not be here."""
    if shot.document is not None:
        return shot.document.media
    record = shot.record
    assert record is not None, "a shot is known from a run or from the timeline"
    return ShotMedia(
        path=Path(record.shot),
        rate=record.rate,
        start=None,
        in_frame=record.in_frame,
        frames=record.frames,
        head=0,
        tail=0,
    )


def _own_sound(shot: Shot) -> tuple[SoundSource, ...]:
    if shot.clock != "media" or not shot.source.audio:
        return ()
    stream = shot.source.audio[0]
    at = sample_at(shot.media.in_frame, shot.media.rate, stream.rate) - stream.start_sample
    return (SoundSource(path=shot.source.path, stream=stream.index, sample_rate=stream.rate, at_sample=at),)


def _is_there(source: Source) -> bool:
    if source.sequence is not None:
        return source.path.parent.is_dir()
    return source.path.is_file()
