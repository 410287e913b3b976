"""The sample cut, made and shown."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import InputError, MediaError
from reperform.model import Shot, Take
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from reperform.workflow import Outcome

__all__ = ["before_and_after", "make_sample", "standing_take"]

_PICTURES = 4
"""A row, spread over what is seen of the shot."""


def make_sample(folder: Path) -> Path:
    """The sample cut with its media in `folder`; what is there already is left alone. Gives the timeline's path.

    Raises:
        InputError: the folder cannot be made or written to.
        MediaError: the media could not be made.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(
            f"the sample cut cannot be made in “{folder}”: {error.strerror}", fix="Name another folder."
        ) from error
    # A process of its own, because it draws in several: on some systems those begin by importing the main script.
    made = subprocess.run([sys.executable, _script(), folder], stdout=subprocess.PIPE, check=False)
    if made.returncode:
        raise MediaError(
            "the sample could not be made", cause=f"its script ended with status {made.returncode}; its output is above"
        )
    return Path(made.stdout.decode().strip())


def before_and_after(outcome: Outcome, out: Path) -> Path:
    """A contact sheet of every shot's original over its take, as a PNG."""
    from reperform.media.contact import Row, contact_sheet
    from reperform.media.probing import probe

    rows = []
    for shot in outcome.planned.plan.shots:
        take = standing_take(outcome, shot)
        if take is not None:
            frames = _spread(shot.media.visible, shot)
            rows.append(
                Row(
                    label=shot.clip,
                    original=shot.source,
                    original_frames=frames,
                    take=probe(take.path),
                    take_frames=[frame - take.in_frame for frame in frames],
                    marked=[any(frame in cue.range for cue in shot.cues) for frame in frames],
                )
            )
    if rows:
        contact_sheet(rows, out, title="reperform: before and after")
    return out


def standing_take(outcome: Outcome, shot: Shot) -> Take | None:
    """The take of the shot that stands in the cut; None for the original."""
    takes = outcome.performed.takes.get(shot.id, ()) if outcome.performed else ()
    return next((take for take in takes if take.id == outcome.chosen.get(shot.id)), None)


def _spread(visible: FrameRange, shot: Shot) -> Sequence[int]:
    """Frames over the visible range, one of them inside the first cue."""
    step = visible.frames / _PICTURES
    frames = {visible.start + int(step * (number + 0.5)) for number in range(_PICTURES - 1)}
    cue = shot.cues[0].range
    return sorted({*frames, cue.start + cue.frames // 2})


def _script() -> Path:
    """`sample_timelines/make.py`: inside the installed package, or beside its source."""
    here = Path(__file__).resolve()
    for place in (here.parent / "sample_timelines", here.parents[2] / "sample_timelines"):
        if (place / "make.py").exists():
            return place / "make.py"
    raise InputError(
        "the sample's script is not here", fix="Install reperform again, or run it from a copy of its repository."
    )
