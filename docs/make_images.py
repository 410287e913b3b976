"""Writes docs/images/before-after.png from a real run of the sample cut: `python docs/make_images.py`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

from reperform.demo import make_sample, standing_take
from reperform.media.contact import Row, contact_sheet
from reperform.media.probing import probe
from reperform.model import Shot
from reperform.performing.listening import silence
from reperform.settings import Settings
from reperform.tables import direction_text
from reperform.workflow import Outcome, make_plan, run

IMAGE = Path(__file__).resolve().parent / "images" / "before-after.png"
SHOWN = {"Tom denies it": (4, 22, 46, 66), "Mara turns": (2, 20, 42, 56)}
"""Clips, and which of their visible frames: outside the cue, inside, outside again."""
WIDTH = 1200


def main() -> None:
    """Make the sample, perform it, draw the sheet."""
    with tempfile.TemporaryDirectory() as folder:
        timeline = make_sample(Path(folder))
        settings = Settings(project=Path(folder) / "demo.reperform")
        outcome = run(make_plan(timeline, settings), Path(folder) / "out.otio", settings, listener=silence)
        sheet = Path(folder) / "sheet.png"
        contact_sheet(_rows(outcome), sheet, title="The Letter, performed by the built-in preview")
        _write(sheet)
    sys.stderr.write(f"{IMAGE}: {IMAGE.stat().st_size // 1000} kB\n")


def _rows(outcome: Outcome) -> list[Row]:
    shots = {shot.clip: shot for shot in outcome.planned.plan.shots}
    return [_row(outcome, shots[clip], frames) for clip, frames in SHOWN.items()]


def _row(outcome: Outcome, shot: Shot, visible: tuple[int, ...]) -> Row:
    take = standing_take(outcome, shot)
    if take is None:
        raise LookupError(f"{shot.clip} has no take")
    frames = [shot.media.in_frame + frame for frame in visible]
    return Row(
        label=f"{shot.clip}: {direction_text(shot.cues[0].direction)}",
        original=shot.source,
        original_frames=frames,
        take=probe(take.path),
        take_frames=[frame - take.in_frame for frame in frames],
        marked=[any(frame in cue.range for cue in shot.cues) for frame in frames],
    )


def _write(sheet: Path) -> None:
    """At the width that a README is read in, in few colours: a repository keeps every version of it."""
    with Image.open(sheet) as picture:
        small = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
    IMAGE.parent.mkdir(exist_ok=True)
    # Only with a palette that is given does Pillow dither.
    palette = small.quantize(256, Image.Quantize.MEDIANCUT)
    small.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(IMAGE, optimize=True)


if __name__ == "__main__":
    main()
