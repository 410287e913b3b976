"""What the page reads, kept up to date: the scene, what the ledger says of it, and what was decided, as JSON."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import InputError, ReperformError
from reperform.review import cutting
from reperform.review.scene import Scene, SceneShot, load
from reperform.review.standing import Standing
from reperform.review.versions import Shelf, Version
from reperform.timeline.addresses import path_of

if TYPE_CHECKING:
    from reperform.ledger.decisions import Verdicts
    from reperform.ledger.ledger import Ledger
    from reperform.settings import Settings

__all__ = ["Board"]

Ready = Callable[[SceneShot, Version], bool]


class Board:
    """One timeline under review. May be used from any thread."""

    def __init__(self, out: Path, *, project: Path, settings: Settings, ledger: Ledger) -> None:
        self.out = out
        self.project = project
        self.settings = settings
        self.ledger = ledger
        self.revision = 0
        self.ready: Ready = lambda _shot, _version: False
        self.more_problems: list[dict[str, Any]] = []
        """What the server itself has to say, such as that the file was changed by someone else."""
        self._lock = threading.RLock()
        self._shelf = Shelf(ledger)
        self._standing = Standing(ledger, out)
        self._shots: dict[str, bytes] = {}
        self._versions: dict[str, tuple[Version, ...]] = {}
        self._clips: list[bytes] = []
        self._cut: tuple[int, bytes] | None = None
        self.scene: Scene = load(out, project=project, settings=settings, ledger=ledger)
        self._took_in()

    def read_again(self) -> None:
        """Reads the timeline anew. Raises InputError where it cannot be read; then all stays as it was."""
        scene = load(self.out, project=self.project, settings=self.settings, ledger=self.ledger)
        with self._lock:
            self.scene = scene
            self._took_in()

    def refresh(self) -> tuple[str, ...]:
        """Reads what the ledger has since; gives the ids of the shots that look otherwise now."""
        with self._lock:
            self._shelf.refresh()
            self._standing.refresh()
            return self._renew(self.scene.shots)

    def renew(self, shots: Iterable[str]) -> tuple[str, ...]:
        """Makes the JSON of some shots anew; gives those that look otherwise now."""
        with self._lock:
            return self._renew(shots)

    def shot(self, shot_id: str) -> SceneShot:
        """A shot. Raises InputError where there is none of that id."""
        with self._lock:
            found = self.scene.shots.get(shot_id)
        if found is None:
            raise InputError(f"there is no shot “{shot_id}”", fix="Read the page anew: the cut has changed.")
        return found

    def version(self, shot_id: str, version_id: str) -> Version:
        """A version of a shot. Raises InputError where there is none of that id."""
        self.shot(shot_id)
        with self._lock:
            found = next((each for each in self._versions[shot_id] if each.id == version_id), None)
        if found is None:
            raise InputError(f"there is no version “{version_id}” of {shot_id}", fix="Read the page anew.")
        return found

    def versions(self, shot_id: str) -> tuple[Version, ...]:
        """All versions of a shot, the original first."""
        with self._lock:
            return self._versions.get(shot_id, ())

    def verdicts(self) -> Verdicts:
        """What was decided, all in all."""
        return self.ledger.decisions.verdicts(self.out)

    @property
    def is_running(self) -> bool:
        """Whether a run of this timeline goes on."""
        return self._standing.is_running

    @property
    def is_saved(self) -> bool:
        """Whether the timeline holds all that was decided."""
        from reperform.review.saving import is_saved

        return is_saved(self.scene, self.verdicts())

    def shot_bytes(self, shot_id: str) -> bytes:
        """A shot as JSON. Raises InputError where there is none of that id."""
        self.shot(shot_id)
        with self._lock:
            return self._shots[shot_id]

    def cut_bytes(self) -> bytes:
        """All of it as JSON."""
        with self._lock:
            if self._cut is None or self._cut[0] != self.revision:
                self._cut = self.revision, self._cut_made()
            return self._cut[1]

    def progress(self) -> dict[str, Any]:
        """How far all of it is, in few words."""
        with self._lock:
            return {"running": self.is_running, "saved": self.is_saved, "cost": self._cost(), "revision": self.revision}

    def touch(self) -> None:
        """Something that belongs to no shot has changed."""
        with self._lock:
            self.revision += 1

    def _took_in(self) -> None:
        self._shelf.refresh()
        self._standing.refresh()
        self._shots = {}
        self._versions = {}
        scene, away = self.scene, self._away()
        self._clips = [
            cutting.encoded(cutting.clip_json(piece, scene, offline=away(piece.placed))) for piece in scene.pieces
        ]
        self.revision += 1
        self._renew(scene.shots)

    def _renew(self, shots: Iterable[str]) -> tuple[str, ...]:
        verdicts, away = self.verdicts(), self._away()
        changed = []
        for shot_id in tuple(shots):
            shot = self.scene.shots.get(shot_id)
            if shot is None:
                continue
            made = self._shot_made(shot, verdicts, away)
            if made != self._shots.get(shot_id):
                self._shots[shot_id] = made
                changed.append(shot_id)
        if changed:
            self.revision += 1
        return tuple(changed)

    def _shot_made(self, shot: SceneShot, verdicts: Verdicts, away: Callable[[Any], str | None]) -> bytes:
        versions = self._shelf.versions(shot)
        self._versions[shot.id] = versions
        return cutting.encoded(
            cutting.shot_json(
                shot,
                self.scene,
                versions=versions,
                progress=self._standing.progress(shot.id, versions),
                verdicts=verdicts,
                offline=away(shot.placed),
                ready=lambda version: self.ready(shot, version),
            )
        )

    def _cut_made(self) -> bytes:
        scene = self.scene
        problems = [*self.more_problems, *map(cutting.problem_json, scene.problems)]
        head = {
            "revision": self.revision,
            **cutting.head_json(scene),
            "saved": self.is_saved,
            "running": self.is_running,
            "cost": self._cost(),
            "problems": problems,
        }
        shots = b",".join(self._shots[shot] for shot in scene.shots)
        clips = b",".join(self._clips)
        return cutting.encoded(head)[:-1] + b',"clips":[' + clips + b'],"shots":[' + shots + b"]}"

    def _cost(self) -> dict[str, Any]:
        plan = self.scene.plan
        planned = plan.totals.cost.amount if plan else None
        estimate = None if planned is None else round(max(planned, self._standing.estimated), 6)
        return {"spent": round(self._standing.spent, 6), "estimate": estimate, "currency": "USD"}

    def _away(self) -> Callable[[Any], str | None]:
        """Says, in words, why the original of a clip is not here; None where it is, or may be."""
        folder = self.scene.cut.media_folder
        by_roots = bool(self.settings.media_root)

        @cache
        def why(address: str) -> str | None:
            try:
                path = path_of(address, folder=folder)
                there = path is not None and path.is_file()
            except (OSError, ValueError):
                path, there = None, False
            if there or by_roots or self.scene.cut.written_as != "otio":
                return None
            return f"its media is not here: {path.name if path else address[:200]}"

        def away(placed: Any) -> str | None:
            from reperform.timeline.recognising import original_of

            try:
                found = original_of(placed.clip)
            except ReperformError:
                return None
            if found is None or found[1] is None:
                return "it has no media"
            address = getattr(found[1], "target_url", None)
            return why(address) if isinstance(address, str) and address else None

        return away
