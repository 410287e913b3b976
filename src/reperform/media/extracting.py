"""What an engine is sent: exactly the job's frames as H.264, and sound of exactly their length as WAV."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reperform.engines.base import Capabilities, Prepared
from reperform.errors import MediaError
from reperform.files import atomic_output
from reperform.media import coding, ffmpeg, frames
from reperform.media.pictures import Fitter, coding_of, planes, raw
from reperform.media.raster import sent_raster, upright
from reperform.media.viewing.choosing import viewing_of
from reperform.media.viewing.display import WIRE_FORMAT, Display
from reperform.model import Job, PlanSettings, Shot, Source
from reperform.timing import FrameRange, Rate, sample_at

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from reperform.media.viewing.base import Viewing

__all__ = ["SAMPLE_RATE", "SoundMaker", "extract", "job_pictures", "write_wave"]

SoundMaker = Callable[[Shot, Job], NDArray[np.float32]]
"""Gives the job's sound, [samples, channels] at 48 kHz, of the picture's length at the shot's own rate."""

SAMPLE_RATE = 48000
_FOR_DISPLAY = {"primaries": "bt709", "transfer": "bt709", "space": "bt709", "range": "tv"}
_CRF = 12
_PRESET = "fast"


def extract(
    shot: Shot,
    job: Job,
    *,
    folder: Path,
    name: str,
    sound: SoundMaker | None,
    settings: PlanSettings,
    capabilities: Capabilities | None = None,
) -> Prepared:
    """Writes `name`.mp4 and `name`.wav into `folder`, each complete or not at all; `name` is the attempt's id.

    The picture has `job.frames` frames, the first at zero, at the shot's rate or the one it is sent at, upright, with
    square pixels and inside the raster that `capabilities` allows (None allows any), and in the colours that its view
    shows, where it has one. `sound` None: the engine speaks.

    Raises:
        SettingsError: the LUT through which it is looked at is not there, or is another one.
        MediaError: a frame of the source is missing or cannot be decoded; FFmpeg failed.

    """
    rate = settings.send_rate or shot.media.rate
    video = folder / f"{name}.mp4"
    with atomic_output(video) as temporary:
        _write_picture(shot, job, temporary, rate=rate, settings=settings, capabilities=capabilities)
    audio = None
    if sound is not None:
        audio = folder / f"{name}.wav"
        samples = _fitted(sound(shot, job), job.frames, own=shot.media.rate, sent=rate)
        with atomic_output(audio) as temporary:
            write_wave(temporary, samples)
    return Prepared(attempt_id=name, folder=folder, video=video, audio=audio)


def job_pictures(shot: Shot, wanted: FrameRange) -> Iterator[VideoFrame]:
    """The pictures of a range on the shot's clock, through its map where it has one.

    Raises:
        MediaError: a frame lies outside the media or the map.

    """
    if shot.media.map is None:
        return frames.read(shot.source, wanted)
    mapped = shot.media.map
    longer = len(mapped) >= shot.media.with_handles.frames
    first = wanted.start - (shot.media.with_handles if longer else shot.media.visible).start
    if first < 0 or first + wanted.frames > len(mapped):
        raise MediaError(f"{shot.clip}: the retime of {shot.id} does not reach as far as the frames to be sent")
    return frames.in_any_order(shot.source, mapped[first : first + wanted.frames])


def write_wave(path: Path, samples: NDArray[np.float32], *, sample_rate: int = SAMPLE_RATE) -> None:
    """Sound [samples, channels], full scale 1, as 16-bit PCM; what is louder is clipped."""
    whole = np.clip(np.rint(samples * 32767.0), -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(whole.shape[1])
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(whole.tobytes())


def _write_picture(
    shot: Shot, job: Job, path: Path, *, rate: Rate, settings: PlanSettings, capabilities: Capabilities | None
) -> None:
    viewing = viewing_of(shot.source, settings.input_lut)
    if viewing is None:
        source, video = shot.source, coding.raw_video(job_pictures(shot, job.range))
    else:
        source = shot.source.model_copy(update={"pixel_format": WIRE_FORMAT, "color": dict(_FOR_DISPLAY)})
        video = _shown(shot, job, viewing, settings)
    arguments = [
        *video.input_arguments(rate),
        *("-vf", _filters(source, capabilities), "-an", "-sn", "-dn"),
        *coding.h264_arguments(rate, crf=_CRF, preset=_PRESET),
        *("-use_editlist", "0", "-f", "mp4", coding.local(path)),
    ]
    ffmpeg.run(arguments, input=video.blocks)


def _shown(shot: Shot, job: Job, viewing: Viewing, settings: PlanSettings) -> coding.RawVideo:
    """The pictures as they are shown: made of just the numbers that compositing begins with."""
    from reperform.media import conformed, recipes
    from reperform.media.returning import take_coding

    source = shot.source
    width, height = source.width, source.height
    recipe = recipes.same_as(source) or recipes.mezzanine(settings.mezzanine, width=width, height=height)
    into = take_coding(source, recipe, conformed.take_color(source, recipe))
    fitter = Fitter(coding_of(source), width=width, height=height, pixel_format=recipe.pixel_format, into=into)
    display = Display(viewing, recipe.pixel_format, into)
    pictures = job_pictures(shot, job.range)
    blocks = (raw(display.wired(planes(fitter.fit(picture)))) for picture in pictures)
    return coding.RawVideo(width=width, height=height, pixel_format=WIRE_FORMAT, blocks=blocks)


def _filters(source: Source, capabilities: Capabilities | None) -> str:
    limits = (None, None) if capabilities is None else (capabilities.largest_raster, capabilities.smallest_raster)
    width, height = sent_raster(source, largest=limits[0], smallest=limits[1])
    scaling = f"scale={width}:{height}:flags=lanczos+accurate_rnd"
    return ",".join([*upright(source), *coding.tag_filters(source, scaling), "setsar=1"])


def _fitted(samples: NDArray[np.float32], count: int, *, own: Rate, sent: Rate) -> NDArray[np.float32]:
    """The sound at the rate the frames are sent at: relabelled frames are shorter or longer, and their sound with them."""
    if samples.ndim == 1:
        samples = samples[:, np.newaxis]
    wanted = sample_at(count, sent, SAMPLE_RATE)
    if own != sent:
        samples = _relabelled(samples, Fraction(own, sent))
    if abs(len(samples) - wanted) > 1 + (own != sent):
        raise MediaError(f"the sound made for {count} frames has {len(samples)} samples, not {wanted}")
    if len(samples) < wanted:
        samples = np.concatenate([samples, np.zeros((wanted - len(samples), samples.shape[1]), np.float32)])
    return samples[:wanted]


def _relabelled(samples: NDArray[np.float32], stretch: Fraction) -> NDArray[np.float32]:
    """The same sound, lasting `stretch` times as long; its pitch goes with it, as with film run at another speed."""
    from reperform.media.resampling import resampled

    length = round(len(samples) * stretch)

    def piece(start: int, count: int) -> NDArray[np.float32]:
        padded = np.zeros((count, samples.shape[1]), np.float32)
        low, high = max(0, start), min(len(samples), start + count)
        if low < high:
            padded[low - start : high - start] = samples[low:high]
        return padded

    own_rate = stretch.denominator
    return resampled(piece, from_rate=own_rate, to_rate=stretch.numerator, start=0, samples=length)
