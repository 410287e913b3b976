"""Names that mean a run of numbered pictures: `shot.%04d.png`, `shot.####.dpx`, `shot.[1001-1099].tif`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote

__all__ = ["PICTURES", "Numbered", "is_run", "numbered", "numbers_in"]

PICTURES = frozenset({".png", ".tif", ".tiff", ".dpx", ".jpg", ".jpeg", ".exr", ".sxr"})
"""Endings of pictures whose sequences are read."""

_ENDINGS = r"\.(?:png|tiff?|dpx|jpe?g|exr|sxr|cin|tga|bmp|jp2|j2k|j2c|webp|psd|pic|rgb|sgi|iff|hdr|pfm|dng|ari|arx|gif|avif|heic)"
_LONGEST = 1024
"""No file has a longer name; the search for numbers in one takes the square of its length."""
_RUN = re.compile(
    rf"(?P<prefix>.*?)(?:(?P<printf>%(?:0\d{{1,2}})?d)|(?P<marks>\#{{2,}}|@{{2,}})|\[(?P<first>\d+)-(?P<last>\d+)\]|(?P<any>\*))"
    rf"(?P<suffix>[^*%\#@\[\]]*{_ENDINGS})",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """A run of numbered pictures, as a timeline names it."""

    prefix: str
    """Of the file names, before the number."""
    suffix: str
    padding: int | None = None
    """Digits at least; None where the name does not say."""
    first: int | None = None
    """None where the name does not say which is the first."""
    step: int = 1
    count: int | None = None
    """Pictures; None where the timeline does not say."""
    other_first: int | None = None
    """What else the first may be: editors contradict themselves."""

    @property
    def name(self) -> str:
        """All its names in one."""
        return f"{self.prefix}%{f'0{self.padding}' if self.padding else ''}d{self.suffix}"

    def file_name(self, number: int) -> str:
        """The name of one picture."""
        sign = "-" if number < 0 else ""
        return f"{self.prefix}{sign}{abs(number):0{self.padding or 0}d}{self.suffix}"

    def decoded(self) -> Numbered:
        """The same with what a URL encodes as `%20` read as such."""
        return replace(self, prefix=unquote(self.prefix), suffix=unquote(self.suffix))


def is_run(name: str) -> bool:
    """Whether a name means a run of pictures, rather than one file."""
    return numbered(name) is not None


def numbered(spelled: str) -> Numbered | None:
    """What the last part of a path or URL names, if it is a run of pictures.

    A URL's spaces stay as they are written in it; `decoded` reads them.
    """
    tail = re.split(r"[\\/]", spelled.rstrip("\\/"))[-1]
    if len(tail) > _LONGEST:
        return None
    match = _RUN.fullmatch(tail) or _RUN.fullmatch(
        re.sub(r"%25|%23|%5B|%5D|%40", lambda m: unquote(m[0]), tail, flags=re.I)
    )
    if match is None:
        return None
    prefix, suffix = match["prefix"], match["suffix"]
    if match["printf"]:
        digits = match["printf"][1:-1]
        return Numbered(prefix=prefix, suffix=suffix, padding=int(digits or 0))
    if match["marks"]:
        return Numbered(prefix=prefix, suffix=suffix, padding=len(match["marks"]))
    if match["any"]:
        return Numbered(prefix=prefix, suffix=suffix)
    first, last = int(match["first"]), int(match["last"])
    padding = len(match["first"]) if match["first"].startswith("0") or len(match["first"]) == len(match["last"]) else 0
    count = last - first + 1 if last >= first else None
    return Numbered(prefix=prefix, suffix=suffix, padding=padding, first=first, count=count)


def numbers_in(names: Iterable[str], wanted: Numbered) -> tuple[str, str, dict[int, str]]:
    """Of the names in a folder those of the run: its prefix and suffix as they are on the disk, and the names by number.

    Letters may be composed in any way. Numbers longer than the padding are of the run; shorter ones are not.
    """
    prefix, suffix = (unicodedata.normalize("NFC", part) for part in (wanted.prefix, wanted.suffix))
    found: dict[int, str] = {}
    real = wanted.prefix, wanted.suffix
    for name in names:
        plain = unicodedata.normalize("NFC", name)
        if not (plain.startswith(prefix) and plain.endswith(suffix)):
            continue
        digits = plain[len(prefix) : len(plain) - len(suffix)]
        if not _is_number(digits, wanted.padding):
            continue
        found[int(digits)] = name
        at = name.rindex(digits, 0, _end_before(name, suffix))
        real = name[:at], name[at + len(digits) :]
    return (*real, found)


def _is_number(digits: str, padding: int | None) -> bool:
    bare = digits if padding is None else digits.removeprefix("-")
    if not bare.isascii() or not bare.isdigit():
        return False
    if padding is None:
        return True
    return len(bare) == padding or (len(bare) > padding and not bare.startswith("0")) or (padding == 0 and bare == "0")


def _end_before(name: str, suffix: str) -> int:
    """Where the suffix begins in a name whose letters may be composed otherwise: it holds the number's end before it."""
    for length in range(len(suffix), len(name) + 1):
        if unicodedata.normalize("NFC", name[len(name) - length :]) == suffix:
            return len(name) - length
    return len(name)
