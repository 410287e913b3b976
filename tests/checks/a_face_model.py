"""A model that opens the mouth of whoever speaks, and on request spoils one thing: called as the engine `command` calls models."""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
"""[height, width, 3]: RGB in levels of 8 bits."""
Spoil = Callable[[int, list[Picture]], Picture]
"""The picture that is returned for a frame of the cue, of all those that were performed."""


def opened(picture: Picture, frame: int, middle: tuple[float, float], size: float) -> Picture:
    """The jaw drops and the mouth is dark, inside `size` pixels of `middle`."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    u, v = (x - middle[0]) / size, (y - middle[1]) / size
    reach = np.clip((1 - np.hypot(u, v)) / 0.4, 0, 1).astype(np.float32)
    wide = 0.5 + 0.5 * math.sin(frame / 2.0)
    down = (y - reach * np.clip(v * 3, 0, 1) * 0.25 * size * wide).astype(np.float32)
    moved = cv2.remap(picture, x, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = np.clip((1 - np.hypot(u / 0.32, (v - 0.06) / (0.05 + 0.18 * wide))) / 0.3, 0, 1)[..., np.newaxis]
    return np.asarray(moved * (1 - 0.75 * inside) + np.float32(0), np.float32)


def _black(at: int, made: list[Picture]) -> Picture:
    return np.zeros_like(made[at]) if at == 8 else made[at]


def _held(pictures: int) -> Spoil:
    return lambda at, made: made[4] if 4 <= at < 4 + pictures else made[at]


def _stuttering(at: int, made: list[Picture]) -> Picture:
    return made[at - 1] if at in (4, 8, 14, 20, 24, 27) else made[at]


def _brighter(levels: tuple[float, float, float]) -> Spoil:
    return lambda at, made: np.asarray(made[at] + np.array(levels, np.float32), np.float32)


def _noisy(at: int, made: list[Picture]) -> Picture:
    noise = np.random.default_rng(at).standard_normal(made[at].shape).astype(np.float32)
    return np.asarray(made[at] + 16 * noise, np.float32)


SPOILS: dict[str, Spoil] = {
    "black": _black,
    "frozen": _held(16),
    "stands a little": _held(7),
    "stutter": _stuttering,
    "reddish": _brighter((8, -2, -2)),
    "bright": _brighter((16, 16, 16)),
    "noise": _noisy,
}


def main() -> None:
    """One job."""
    parser = argparse.ArgumentParser()
    for name in ("video", "audio", "segments", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--mouth", type=float, nargs=3, required=True, help="of a picture of width and height 1")
    parser.add_argument("--spoil", default="nothing")
    parser.add_argument("--late", type=float, default=0.0, help="milliseconds")
    given = parser.parse_args()
    said = json.loads(given.segments.read_text())
    first, end = (round(said["segments"][0][key] * eval_rate(said["rate"])) for key in ("startTime", "endTime"))
    with av.open(str(given.video)) as container:
        stream = container.streams.video[0]
        sent = [frame.to_ndarray(format="rgb24").astype(np.float32) for frame in container.decode(stream)]
    height, width = sent[0].shape[:2]
    middle, size = (given.mouth[0] * width, given.mouth[1] * height), given.mouth[2] * width
    made = [opened(picture, number, middle, size) for number, picture in enumerate(sent)]
    spoil = SPOILS.get(given.spoil)
    if spoil is not None:
        cue = made[first:end]
        made[first:end] = [spoil(at, cue) for at in range(len(cue))]
    if given.spoil == "frames":
        del made[first + 3 : first + 9]
    sound = late(given.audio, given.late)
    written(given.out, made, said["rate"], sound)


def eval_rate(text: str) -> float:
    """`30000/1001` as a number."""
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


def late(path: Path, milliseconds: float) -> Path:
    """The sound, later by so much, beside it."""
    with wave.open(str(path)) as file:
        facts, data = file.getparams(), file.readframes(file.getnframes())
    frame = facts.nchannels * facts.sampwidth
    by = round(facts.framerate * milliseconds / 1000) * frame
    out = path.with_name("late.wav")
    with wave.open(str(out), "wb") as file:
        file.setparams(facts)
        file.writeframes((bytes(by) + data)[: len(data)] if by >= 0 else data[-by:] + bytes(-by))
    return out


def written(out: Path, pictures: list[Picture], rate: str, sound: Path) -> None:
    """As engines return it: 8-bit H.264 with AAC."""
    height, width = pictures[0].shape[:2]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{width}x{height}", "-r", rate, "-i", "pipe:0", "-i", str(sound)]
    command += ["-vf", "scale=out_color_matrix=bt709", "-colorspace", "bt709", "-color_primaries", "bt709"]
    command += ["-color_trc", "bt709", "-c:v", "libx264", "-preset", "veryfast", "-crf", "17", "-pix_fmt", "yuv420p"]
    data = b"".join(np.clip(np.rint(each), 0, 255).astype(np.uint8).tobytes() for each in pictures)
    subprocess.run([*command, "-c:a", "aac", "-b:a", "192k", str(out)], input=data, check=True)


if __name__ == "__main__":
    main()
