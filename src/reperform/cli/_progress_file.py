"""What each shot is doing, as lines of JSON in a file: for programs that watch a run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from reperform.cli._progress import reached, words
from reperform.errors import Interrupted, ReperformError, exit_code
from reperform.performing.listening import Listener, Stage

if TYPE_CHECKING:
    from reperform.model import Shot

__all__ = ["Told", "progress_file"]


class Told:
    """Writes each step as it happens. Without a file it does nothing."""

    def __init__(self, file: IO[str] | None, shots: Sequence[Shot]) -> None:
        self.file = file
        self.meant = frozenset(shot.id for shot in shots)
        self.reached = dict.fromkeys((shot.id for shot in shots), 0.0)
        self.stages: dict[str, Stage] = {}
        self.over = False
        self._write({"kind": "begin", "shots": [_begun(shot) for shot in shots]})

    def beside(self, listener: Listener) -> Listener:
        """A listener that tells both."""
        if self.file is None:
            return listener

        def tell(shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
            listener(shot_id, stage, detail, fraction)
            self(shot_id, stage, detail, fraction)

        return tell

    def __call__(self, shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
        if self.meant and shot_id not in self.meant:
            return
        self.stages[shot_id] = stage
        # A shot of several jobs is in several stages at once, and never goes back.
        self.reached[shot_id] = max(self.reached.get(shot_id, 0.0), reached(stage, fraction))
        step = {
            "kind": "shot",
            "shot": shot_id,
            "state": stage.value,
            "words": words(stage),
            "detail": detail,
            "reached": round(self.reached[shot_id], 4),
        }
        self._write({**step, **self._counts()})

    def end(self, status: int, *, cost: dict[str, Any] | None = None, message: str = "", state: str = "") -> None:
        """The last line; only the first call counts."""
        if not self.over:
            self.over = True
            said = {"kind": "end", "state": state or ("failed" if status else "done"), "status": status}
            self._write({**said, "message": message, "cost": cost, **self._counts()})

    def _counts(self) -> dict[str, Any]:
        ended = list(self.stages.values())
        done, failed = ended.count(Stage.DONE), ended.count(Stage.FAILED)
        through = sum(1.0 if self.stages.get(one) is Stage.FAILED else far for one, far in self.reached.items())
        fraction = round(through / max(1, len(self.reached)), 4)
        return {"fraction": fraction, "done": done, "failed": failed, "shots": len(self.reached)}

    def _write(self, event: dict[str, Any]) -> None:
        if self.file is not None:
            self.file.write(json.dumps(event, ensure_ascii=False) + "\n")
            self.file.flush()


@contextmanager
def progress_file(path: Path | None, *, shots: Sequence[Shot] = ()) -> Iterator[Told]:
    """What is told of `shots` (none: of all) goes to `path`, made anew. The last line says how it ended, also where it failed."""
    if path is None:
        yield Told(None, shots)
        return
    with path.open("w", encoding="utf-8", newline="\n") as file:
        told = Told(file, shots)
        try:
            yield told
        except (KeyboardInterrupt, Interrupted):
            told.end(130, state="stopped", message="stopped")
            raise
        except ReperformError as error:
            told.end(exit_code(error), message=error.message)
            raise
        except Exception as error:
            told.end(2, message=f"{type(error).__name__}: {error}")
            raise


def _begun(shot: Shot) -> dict[str, Any]:
    amounts = [job.cost.amount for job in shot.jobs]
    known = [amount for amount in amounts if amount is not None]
    return {
        "id": shot.id,
        "clip": shot.clip,
        "track": shot.track,
        "record_in": shot.record.in_,
        "cues": len(shot.cues),
        "jobs": len(shot.jobs),
        "estimate": sum(known) if len(known) == len(amounts) else None,
    }
