"""OpenEXR through a user's own LUT: as log is, in numbers without an end."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import conforms
from image_sequences import linear_light, rendered
from reperform.media import extracting, frames, sequences
from reperform.media.conforming import conform
from reperform.media.picture_files import exr
from reperform.media.probing import probe
from reperform.media.viewing.cube import Cube, cube_of, described
from reperform.model import PlanSettings
from reperform.timing import FrameRange

SENT, CUE = FrameRange(4, 16), FrameRange(8, 8)


def _lut(path: Path) -> Path:
    """Light up to 16 for a display, four stops above white rolled off."""
    light = np.linspace(0, 16, 4096)
    rows = "\n".join(f"{each:.6f} {each:.6f} {each:.6f}" for each in (light / (light + 0.5)) ** 0.5)
    path.write_text(f"LUT_1D_SIZE 4096\nLUT_1D_INPUT_RANGE 0 16\n{rows}\n")
    return path


def _off(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.sqrt(((one - other) ** 2).mean()))


def _shown(path: Path, view: Cube) -> np.ndarray:
    return view.shown(exr.pixels(path))


def test_openexr_goes_through_a_lut_that_is_given(tmp_path: Path) -> None:
    """What is sent, what comes back, and the take's numbers; frames outside the cue are the original's files."""
    settings = PlanSettings(seam_frames=0, composite="whole", input_lut=described(_lut(tmp_path / "x.cube")))
    view = cube_of(described(tmp_path / "x.cube"))
    source = linear_light.render(tmp_path / "plate")
    shot = conforms.shot_of(source, FrameRange(6, 12), head=4, tail=4)
    job = conforms.job_of(SENT, [CUE], shot.media.rate)
    sent = extracting.extract(shot, job, folder=tmp_path, name="sent", sound=None, settings=settings).video
    returned = conforms.return_for(tmp_path, SENT, rendered.RATE)
    splices = [conforms.splice_of(CUE, SENT, returned)]
    take = conform(shot, splices, out=tmp_path / "x_RP001", settings=settings)
    for frame in range(take.in_frame, take.in_frame + take.frames):
        original, made = sequences.frame_path(source, frame), take.path / f"x_RP001.{1001 + frame}.exr"
        assert (original.read_bytes() == made.read_bytes()) == (frame not in CUE), frame
    for frame in (8, 12):
        file = sequences.frame_path(source, frame)
        seen = frames.rgb(probe(sent), frame - SENT.start) / 255
        assert _off(seen, _shown(file, view)) < 0.02, frame
        came = frames.rgb(probe(returned), frame - SENT.start) / 255
        assert _off(came, _shown(take.path / f"x_RP001.{1001 + frame}.exr", view)) < 0.02, frame
