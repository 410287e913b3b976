"""Test media whose every frame says its number and whose every sample says its place, and the eyes to read them back."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

BITS = 20
WIDTH, HEIGHT = 320, 180
_DARK, _LIGHT = 50, 200
CODECS: dict[str, list[str]] = {
    "prores": ["-c:v", "prores_ks", "-profile:v", "3", "-vendor", "apl0", "-pix_fmt", "yuv422p10le"],
    "prores_lt": ["-c:v", "prores_ks", "-profile:v", "1", "-vendor", "apl0", "-pix_fmt", "yuv422p10le"],
    "dnxhr": ["-c:v", "dnxhd", "-profile:v", "dnxhr_hq", "-pix_fmt", "yuv422p"],
    "mjpeg": ["-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj422p"],
    "h264": ["-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-g", "48", "-bf", "2", "-pix_fmt", "yuv420p"],
    "hevc": [
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-crf",
        "16",
        "-x265-params",
        "log-level=error",
        "-pix_fmt",
        "yuv420p",
    ],
}


def picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """A grey picture [height, width] that carries `number`: as blocks in strips at the top and bottom, over a moving pattern."""
    rows, columns = np.mgrid[0:height, 0:width]
    image: NDArray[np.uint8] = (
        110 + 40 * np.sin((columns + 3 * number) / 17) + 30 * np.cos((rows + number) / 11)
    ).astype(np.uint8)
    strip = height // 6
    block = width // (BITS + 2)
    for bit in range(BITS):
        value = _LIGHT if number >> bit & 1 else _DARK
        left = block * (bit + 1)
        image[:strip, left : left + block] = value
        image[-strip:, left : left + block] = value
    for edge, value in ((0, _LIGHT), (BITS + 1, _DARK)):
        image[:strip, block * edge : block * (edge + 1)] = value
        image[-strip:, block * edge : block * (edge + 1)] = value
    return image


def number_in(image: NDArray[np.uint8]) -> int | None:
    """The number that a grey picture carries at its bottom; None where it carries none or the strips disagree."""
    numbers = {_read_strip(image[: image.shape[0] // 6]), _read_strip(image[-(image.shape[0] // 6) :])}
    return numbers.pop() if len(numbers) == 1 else None


def _read_strip(strip: NDArray[np.uint8]) -> int | None:
    block = strip.shape[1] // (BITS + 2)
    inset = max(1, block // 4)
    middle = strip[strip.shape[0] // 4 : -(strip.shape[0] // 4)]
    values = [middle[:, block * i + inset : block * (i + 1) - inset].mean() for i in range(BITS + 2)]
    if abs(values[0] - _LIGHT) > 45 or abs(values[-1] - _DARK) > 45:
        return None
    return sum(1 << bit for bit, value in enumerate(values[1:-1]) if value > (_DARK + _LIGHT) / 2)


def noise(samples: int, channels: int = 1, *, start: int = 0, rate: int = 48000) -> NDArray[np.int16]:
    """Sound [samples, channels] that depends only on the sample's number and channel: any piece of it can be located."""
    position = np.arange(start, start + samples, dtype=np.uint64)
    columns = []
    for channel in range(channels):
        mixed = (position + np.uint64((channel + 1) * 0x9E3779B97F4A7C15 % 2**64)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(31)
        mixed *= np.uint64(0x94D049BB133111EB)
        columns.append(((mixed >> np.uint64(51)).astype(np.int32) - 4096).astype(np.int16))
    return np.stack(columns, axis=1) if columns else np.zeros((samples, 0), np.int16)


def make_movie(
    path: Path,
    *,
    rate: Fraction,
    frames: int,
    codec: str = "h264",
    timecode: str | None = None,
    reel: str | None = None,
    channels: int = 2,
    sample_rate: int = 48000,
    sound_codec: str = "pcm_s16le",
    size: tuple[int, int] = (WIDTH, HEIGHT),
    first: int = 0,
    sound_first: int = 0,
    extra: Iterable[str] = (),
) -> Path:
    """A movie whose frame n carries the number `first` + n, and whose sound is `noise` from sample `sound_first`. No sound with
    `channels` 0."""
    width, height = size
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{width}x{height}", "-r", str(rate), "-i", "pipe:0"]
    sound = path.with_suffix(".pcm")
    if channels:
        samples = round(Fraction(frames) / rate * sample_rate)
        sound.write_bytes(noise(samples, channels, start=sound_first).tobytes())
        command += ["-f", "s16le", "-ar", str(sample_rate), "-ac", str(channels), "-i", str(sound), "-c:a", sound_codec]
    tags = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    command += ["-vf", f"scale=in_range=pc:out_range=tv,{tags}" if codec != "mjpeg" else "null", *CODECS[codec]]
    if timecode:
        command += ["-metadata:s:v:0", f"timecode={timecode}"]
    if reel:
        command += ["-metadata:s:v:0", f"reel_name={reel}"]
    command += [*extra, str(path)]
    pictures = b"".join(picture(first + n, width, height).tobytes() for n in range(frames))
    try:
        subprocess.run(command, input=pictures, check=True)
    finally:
        sound.unlink(missing_ok=True)
    return path


def make_wave(path: Path, *, samples: int, channels: int = 1, sample_rate: int = 48000, start: int = 0) -> Path:
    """A 16-bit WAV file that holds `noise` from sample `start`."""
    import wave

    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(noise(samples, channels, start=start).tobytes())
    return path


def pictures(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Every frame of a movie, decoded, as grey [height, width], in order of presentation."""
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        yield from _pictures(file)


def _pictures(path: Path) -> Iterator[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            yield frame.to_ndarray(format="gray").astype(np.uint8, copy=False)


def numbers(path: Path) -> list[int | None]:
    """The numbers that a movie's frames carry, read off the pictures."""
    return [number_in(image) for image in pictures(path)]


def sound(path: Path, stream: int = 0) -> NDArray[np.float64]:
    """A movie's sound, decoded, [samples, channels], full scale 1."""
    with av.open(str(path)) as container:
        pieces = []
        resampler: av.AudioResampler | None = None
        for frame in container.decode(container.streams.audio[stream]):
            resampler = resampler or av.AudioResampler(format="dblp", layout=frame.layout, rate=frame.sample_rate)
            pieces += [piece.to_ndarray() for piece in resampler.resample(frame)]
        return np.concatenate(pieces, axis=1).astype(np.float64).T if pieces else np.zeros((0, 0))
