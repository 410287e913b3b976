"""Rates and timecode as Resolve counts them."""

import struct
from fractions import Fraction


def rate_of(value: "object") -> Fraction:
    """The exact rate behind `24`, `"23.976"`, `"29.97 DF"` or `"24000/1001"`."""
    text = str(value).replace("DF", "").strip()
    if "/" in text:
        return Fraction(text)
    number = Fraction(text)
    if number.denominator == 1:
        return number
    return Fraction(round(number) * 1000, 1001) if abs(number - round(number)) < Fraction(1, 10) else number


def written(rate: Fraction) -> float:
    """A rate as Resolve writes it into OTIO: a single-precision float."""
    return float(struct.unpack("f", struct.pack("f", float(rate)))[0])


def timecode(frame: int, rate: Fraction, *, drop: bool = False) -> str:
    """A frame number as text; drop-frame after a semicolon."""
    per_second = round(rate)
    if drop:
        frame += _dropped(frame, per_second)
    seconds, frames = divmod(frame, per_second)
    sign = ";" if drop else ":"
    return "{:02d}:{:02d}:{:02d}{}{:02d}".format(seconds // 3600, seconds // 60 % 60, seconds % 60, sign, frames)


def frame_of(text: str, rate: Fraction, *, drop: bool = False) -> "int | None":
    """The frame number of a timecode; None where the text is none."""
    parts = text.replace(";", ":").split(":")
    if len(parts) != 4 or not all(part.isdigit() for part in parts):
        return None
    hours, minutes, seconds, frames = (int(part) for part in parts)
    total = ((hours * 60 + minutes) * 60 + seconds) * round(rate) + frames
    if drop:
        whole = hours * 60 + minutes
        total -= (round(rate) // 15) * (whole - whole // 10)
    return total


def _dropped(frame: int, per_second: int) -> int:
    """How many numbers were left out up to here."""
    left_out = per_second // 15
    ten_minutes, minute = per_second * 600 - left_out * 9, per_second * 60 - left_out
    tens, rest = divmod(frame, ten_minutes)
    further = (rest - left_out) // minute if rest >= left_out else 0
    return left_out * (9 * tens + further)
