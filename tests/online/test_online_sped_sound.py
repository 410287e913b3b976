"""The sound of a sped shot after a conform: that of the online media at the same timecode, at the shot's pace."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
from numpy.typing import NDArray

import burned
from online.online_kit import HANDLE, QUICK, Camera, Offline, conform, run_again
from whole import cut_kit as cut
from whole.command_kit import run, slow

CAMERA = Camera("A001C001", "A001", "01:00:00:00", frames=60)
PULSES = ("-af", "asetnsamples=n=240:p=0,volume='if(lt(mod(t,0.25),0.1),1,0.01)':eval=frame")
"""A tenth of a second of noise in each quarter. A handle is half a second: proxy and original pulse at the same timecode."""
WINDOW = 240
LIGHT: dict[str, Any] = {"codec": "mjpeg", "size": (264, 144), "channels": 1}


def pulses(samples: NDArray[np.float64]) -> NDArray[np.bool_]:
    """For each window of 5 ms whether it sounds."""
    windows = samples[: len(samples) // WINDOW * WINDOW, 0].reshape(-1, WINDOW)
    loud = np.sqrt((windows**2).mean(axis=1))
    return np.asarray(loud > loud.max() / 4)


@pytest.mark.parametrize("speed", [Fraction(2), *([slow(Fraction(1, 2)), slow(Fraction(3, 2))])], ids=str)
def test_pulses_come_when_the_pictures_do(tmp_path: Path, speed: Fraction) -> None:
    """At every 5 ms of the take: loud where the online file is at the moment that is seen, rendered without our stretching."""
    folder, frames = tmp_path / "cut", 20
    rushes = CAMERA.proxy(folder / "proxies", extra=PULSES)
    clip = cut.clip(rushes, 10, frames, marks=[("RP: angry", 14, 8)], url=f"proxies/{rushes.path.name}")
    clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(speed)))
    cut.save(cut.timeline(cut.track(clip), start=CAMERA.hour, rate=CAMERA.rate), folder / "cut.otio")
    run(folder / "cut.otio", folder / "cut_RP.otio", *QUICK)
    original = CAMERA.original(tmp_path / "online", **LIGHT, extra=PULSES)
    [take] = conform(offline := Offline(folder), tmp_path / "online")["takes"]
    path = Path(take["path"])
    first = burned.numbers(path)[0]
    assert first is not None
    found, whole = pulses(burned.sound(path)), pulses(burned.sound(original.path))
    began = Fraction(first - (CAMERA.first - HANDLE), 1) / CAMERA.rate
    seen = [began + speed * Fraction(at * WINDOW + WINDOW // 2, 48000) for at in range(len(found))]
    expected = np.array([whole[min(int(time * 48000) // WINDOW, len(whole) - 1)] for time in seen])
    assert 0.2 < expected.mean() < 0.6
    assert (found == expected).mean() > 0.9
    run_again(offline)
