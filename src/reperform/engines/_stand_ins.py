"""Media that stand in for a job's where only their length counts: black, and silence."""

from __future__ import annotations

import io
import wave
from fractions import Fraction

__all__ = ["black", "silence"]

_SIZE = (854, 480)
_SAMPLES = 8000


def silence(seconds: Fraction) -> bytes:
    """A WAV file."""
    into = io.BytesIO()
    with wave.open(into, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_SAMPLES)
        file.writeframes(bytes(2 * round(seconds * _SAMPLES)))
    return into.getvalue()


def black(*, frames: int, rate: Fraction) -> bytes:
    """An MP4 file."""
    import av

    into = io.BytesIO()
    with av.open(into, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        stream.width, stream.height = _SIZE
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame(*_SIZE, "yuv420p")
        for plane, value in zip(frame.planes, (16, 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        for number in range(frames):
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return into.getvalue()
