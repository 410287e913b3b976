"""A small cut, performed once at the emulator."""

from __future__ import annotations

from fractions import Fraction

import pytest

import burned
from reperform.emulator import Emulator
from reperform.emulator.faults import parse
from report.report_kit import Performed
from whole.command_kit import call
from whole.cut_kit import Rushes, clip, save, timeline, track

RATE = Fraction(25)
HOUR = 3600 * 25


@pytest.fixture(scope="module")
def performed(tmp_path_factory: pytest.TempPathFactory) -> Performed:
    """Three shots: one with two takes, one whose job fails, one whose name is a script. Not to be written to."""
    folder = tmp_path_factory.mktemp("performed")
    film = burned.make_movie(
        folder / "A001C001.mov", rate=RATE, frames=90, codec="mjpeg", timecode="10:00:00:00", channels=1
    )
    rushes = Rushes(film, RATE, 90, start=10 * HOUR)
    clips = ("Mara asks", "<script>alert(1)</script>", "Tom answers")
    made = timeline(
        track(
            clip(rushes, 5, 25, marks=[("RP: angry; takes: 2; consent: signed 2026-03-02", 10, 12)], name=clips[0]),
            clip(rushes, 35, 20, marks=[("RP: sad, head", 40, 8)], name=clips[1]),
            clip(rushes, 60, 25, marks=[("RP: happy; note: <b>lighter</b>", 64, 10)], name=clips[2]),
        ),
        start=HOUR,
        rate=RATE,
        name="The <i>Letter</i>",
    )
    cut, out = save(made, folder / "cut.otio"), folder / "out.otio"
    fault = parse("sync:submit:rejected:1")
    with (
        Emulator(faults=[fault]) as emulator,
        pytest.MonkeyPatch.context() as patch,
    ):
        # What other projects of this machine have paid for would be found.
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA"):
            patch.setenv(name, str(folder / "home"))
        patch.setenv("SYNC_API_KEY", emulator.key("sync"))
        options = ("--engine", "sync", "--base-url", emulator.base_url, "--context", "2")
        refused = call("run", cut, "-o", out, *options, "--only", clips[2])
        assert refused.status != 0, refused.said
        ran = call("run", cut, "-o", out, *options)
        assert ran.status == 1, ran.said
    return Performed(folder, out, clips)
