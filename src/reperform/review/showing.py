"""What the browser shows and plays: each file made when it is first asked for, and kept in the project under its content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import InputError
from reperform.review import proxies, thumbnails, waves
from reperform.review.footage import Finder, Footage, place_of
from reperform.review.working import Work
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from reperform.media.sound_samples import Samples
    from reperform.model import Shot
    from reperform.review.board import Board
    from reperform.review.scene import SceneShot
    from reperform.review.strip import Piece
    from reperform.review.versions import Version

__all__ = ["Showing"]

_VERSION = "1"
"""Of how they are made: another one makes all anew."""
_MOST_BYTES = 20_000_000_000
VOICE = "voice"


class Showing:
    """The files of one review."""

    def __init__(self, board: Board, *, told: Callable[[str], None]) -> None:
        """`told` gets the id of a shot (or `clip/INDEX`) of which a proxy is ready, from another thread."""
        self.board = board
        self.folder = board.project / "review"
        self.work = Work(done=self._done)
        self._told = told
        self._whose: dict[str, str] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._finder = Finder(board.scene, board.settings, board.project)
        board.ready = self.is_ready
        self.trim()

    def read_again(self) -> None:
        """The scene is another one."""
        self._finder = Finder(self.board.scene, self.board.settings, self.board.project)
        self._keys.clear()
        self.work.forget_failures()

    def is_ready(self, shot: SceneShot, version: Version) -> bool:
        """Whether the proxy of a version is made; False also where nobody has asked for it since the server began."""
        key = self._keys.get((shot.id, version.id))
        return key is not None and self._video(key).exists()

    def clip_video(self, index: int, *, patience: float) -> Path | None:
        """The proxy of a clip of the strip; None while it is made. Raises as `video` does."""
        return self._made(self._clip(index), f"clip/{index}", patience)

    def video(self, shot_id: str, version_id: str, *, patience: float) -> Path | None:
        """The proxy of a version; None while it is made, after waiting `patience` seconds for it.

        Raises:
            InputError, MediaError: there is none such, or its media is away or damaged.

        """
        shot, version = self.board.shot(shot_id), self.board.version(shot_id, version_id)
        footage = self._finder.of_version(shot, version)
        self._keys[shot_id, version_id] = footage.key
        return self._made(footage, shot_id, patience)

    def clip_sound(self, index: int, *, patience: float) -> Path | None:
        """What the cut plays with a clip of the strip, as WAV; None while it is made. Raises as `video` does."""
        return self._heard_with(index, ".wav", waves.write_sound, patience)

    def clip_wave(self, index: int, *, patience: float) -> Path | None:
        """The peaks of that as JSON; None while they are made."""
        return self._heard_with(index, ".json", self._peaks(self._piece(index).frames), patience)

    def clip_still(self, index: int, frame: int | None, *, patience: float) -> Path | None:
        """A picture of a clip of the strip, its middle where no frame is said; None while it is made."""
        return self._still(self._clip(index), frame, patience)

    def still(self, shot_id: str, version_id: str, frame: int | None, *, patience: float) -> Path | None:
        """A picture of a version: of a frame, else of the middle of its first cue; None while it is made."""
        shot, version = self.board.shot(shot_id), self.board.version(shot_id, version_id)
        if frame is None:
            from reperform.review.cutting import cues_json

            cue = next(iter(cues_json(shot, self.board.scene)), None)
            frame = cue["frame"] + cue["frames"] // 2 if cue else None
        return self._still(self._finder.of_version(shot, version), frame, patience)

    def sound(self, shot_id: str, version_id: str, *, patience: float) -> Path | None:
        """What is heard of a version, or the `voice`, as WAV; None while it is made."""
        return self._heard(shot_id, version_id, ".wav", waves.write_sound, patience)

    def wave(self, shot_id: str, version_id: str, *, patience: float) -> Path | None:
        """The peaks of that as JSON; None while they are made."""
        write = self._peaks(self.board.shot(shot_id).placed.record.frames)
        return self._heard(shot_id, version_id, ".json", write, patience)

    def trim(self) -> None:
        """Removes what was not looked at for longest, while there is more than 20 GB of it."""
        files = [(path.stat(), path) for path in self.folder.glob("*/*") if path.is_file()]
        over = sum(facts.st_size for facts, _ in files) - _MOST_BYTES
        for facts, path in sorted(files, key=lambda each: each[0].st_atime):
            if over <= 0:
                return
            path.unlink(missing_ok=True)
            over -= facts.st_size

    def _clip(self, index: int) -> Footage:
        return self._finder.of_piece(self._piece(index))

    def _piece(self, index: int) -> Piece:
        pieces = self.board.scene.pieces
        if not 0 <= index < len(pieces):
            raise InputError(f"there is no clip {index}", fix="Read the page anew: the cut has changed.")
        return pieces[index]

    def _made(self, footage: Footage, whose: str, patience: float) -> Path | None:
        key = footage.key
        path = self._video(key)
        if path.exists():
            return path
        self._whose[f"video {key}"] = whose
        return path if self.work.ask(f"video {key}", lambda: proxies.make(footage, path), patience=patience) else None

    def _still(self, footage: Footage, frame: int | None, patience: float) -> Path | None:
        last = len(footage.frames) - 1
        number = footage.frames[last // 2 if frame is None else min(max(0, frame), last)]
        alone = replace(footage, frames=(number,))
        path = self._place("stills", alone.key, ".jpg")
        if path.exists():
            return path
        done = self.work.ask(f"still {alone.key}", lambda: thumbnails.make(alone, path), patience=patience)
        return path if done else None

    def _peaks(self, frames: int) -> Callable[[Samples, Path], None]:
        return partial(waves.write_peaks, frames=frames, cut=self.board.scene.cut.rate)

    def _heard_with(
        self, index: int, ending: str, write: Callable[[Samples, Path], None], patience: float
    ) -> Path | None:
        piece, rate = self._piece(index), self.board.scene.cut.rate
        document = self._finder.heard_with(piece)
        part = FrameRange(piece.record_frame - piece.placed.record.start, piece.frames)
        key = _key("clip", _named(document), f"{part.start} {part.frames}")
        return self._sound(key, ending, lambda path: write(waves.own(document, cut=rate, part=part), path), patience)

    def _heard(
        self, shot_id: str, version_id: str, ending: str, write: Callable[[Samples, Path], None], patience: float
    ) -> Path | None:
        shot = self.board.shot(shot_id)
        version = None if version_id == VOICE else self.board.version(shot_id, version_id)
        key, samples = self._samples(shot, version)
        return self._sound(key, ending, lambda path: write(samples(), path), patience)

    def _sound(self, key: str, ending: str, write: Callable[[Path], None], patience: float) -> Path | None:
        path = self._place("sounds", key, ending)
        if path.exists():
            return path
        done = self.work.ask(f"sound {key}{ending}", lambda: write(path), patience=patience)
        return path if done else None

    def _samples(self, shot: SceneShot, version: Version | None) -> tuple[str, Callable[[], Samples]]:
        """What names a sound, and what makes it."""
        rate = self.board.scene.cut.rate
        if version is not None and version.kind != "original":
            take, media, in_frame = self._finder.take_sound(version), place_of(shot), version.in_frame
            frames = shot.placed.record.frames
            facts = take.path.stat()
            key = _key(version.id, str(facts.st_mtime_ns), str(facts.st_size), f"{media.in_frame - in_frame} {frames}")
            return key, lambda: waves.of_take(media, take, in_frame, frames=frames, cut=rate)
        document = self._finder.shot_document(shot)
        named = _named(document)
        if version is None:
            return _key("voice", named), lambda: waves.voice(document, cut=rate)
        return _key("own", named), lambda: waves.own(document, cut=rate)

    def _video(self, key: str) -> Path:
        return self._place("proxies", key, ".mp4")

    def _place(self, kind: str, key: str, ending: str) -> Path:
        return self.folder / kind / f"{key}{ending}"

    def _done(self, key: str) -> None:
        whose = self._whose.pop(key, None)
        if whose is not None:
            self._told(whose)


def _named(document: Shot) -> str:
    """What decides how a shot sounds, wherever it stands in the cut's tree."""
    return document.model_dump_json(exclude={"jobs", "id", "clip", "address", "index"})


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join((_VERSION, *parts)).encode()).hexdigest()[:40]
