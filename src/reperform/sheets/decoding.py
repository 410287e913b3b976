"""Texts whose encoding nobody says: by their mark, else UTF-8 where it is that, else UTF-16 where it must be, else Windows-1252."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from reperform.errors import InputError

__all__ = ["Text", "decoded", "read_text"]

LARGEST = 1 << 26
"""Bytes that are read of a sheet or of subtitles."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HALF = 0.3
"""Of every second byte zero: then it is UTF-16, for texts have no zeros."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """What a file says."""

    text: str
    encoding: str
    guessed: bool = False
    """Nothing in the file says the encoding, and it might be another."""


def read_text(path: Path, encoding: str | None = None) -> Text:
    """The text of a file. `encoding` None: found out.

    Raises:
        InputError: it is not there, is too large, or is no text.

    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(
                f"“{path.name}” has more than {LARGEST >> 20} MB.", fix="Give the sheet or the subtitles themselves."
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"“{path}” cannot be read: {error.strerror or error}.", fix="Check its path.") from error
    return decoded(data, path.name, encoding)


def decoded(data: bytes, name: str, encoding: str | None = None) -> Text:
    """The text of a file's bytes; `name` is for messages.

    Raises:
        InputError: it is no text, or not in this encoding.

    """
    if encoding is not None:
        return Text(text=_strictly(data, encoding, name), encoding=encoding)
    for mark, found in _MARKS:
        if data.startswith(mark):
            return Text(text=_strictly(data, found, name), encoding=found.removesuffix("-sig"))
    if wide := _without_mark(data):
        return Text(text=_strictly(data, wide, name), encoding=wide, guessed=True)
    try:
        return Text(text=data.decode("utf-8"), encoding="utf-8")
    except UnicodeDecodeError:
        # Five bytes mean nothing in Windows-1252; as Latin-1 every text can be read, and no letter differs.
        try:
            return Text(text=_strictly(data, "cp1252", name), encoding="Windows-1252", guessed=True)
        except InputError:
            return Text(text=_strictly(data, "latin-1", name), encoding="ISO 8859-1", guessed=True)


def _without_mark(data: bytes) -> str | None:
    sample = data[: 1 << 12]
    if len(sample) < 2 or b"\0" not in sample:
        return None
    even, odd = sample[::2].count(0) / len(sample[::2]), sample[1::2].count(0) / len(sample[1::2])
    if odd > _HALF > even:
        return "utf-16-le"
    return "utf-16-be" if even > _HALF > odd else None


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except LookupError as error:
        raise InputError(
            f"“{encoding}” is no encoding.", fix="Write it as utf-8, utf-16, cp1252 or iso-8859-1."
        ) from error
    except (UnicodeError, ValueError) as error:
        raise InputError(
            f"“{name}” is not {encoding}.", fix="Say its encoding with --encoding, or save it as UTF-8."
        ) from error
    if "\0" in text:
        raise InputError(f"“{name}” is no text.", fix="Give a CSV, an .srt or a .vtt.")
    return text
