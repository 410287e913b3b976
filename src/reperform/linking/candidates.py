"""Files that may be a clip's media, under the folders that the user gave: the best of them, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from reperform.errors import InputError, MediaError, MediaRefused
from reperform.linking.clocks import clock, timecode_seconds
from reperform.linking.judging import By, Candidate, Rank, judge
from reperform.linking.references import Wanted
from reperform.linking.refusals import RELINK, ambiguous, not_here
from reperform.model import Source
from reperform.timeline.cut import PlacedClip
from reperform.timeline.media_roots import MediaRoots
from reperform.timing import Rate

__all__ = ["choose", "said_of", "told_apart"]

Opener = Callable[[Path, Rate | None], Source]

_MOST_REFUSED = 3


def choose(wanted: Wanted, name: str, placed: PlacedClip, roots: MediaRoots, opener: Opener, *, why: str) -> Candidate:
    """The best file under the roots for media called `name`, which is not where the timeline says because of `why`.

    Only files of that name, of that name with another ending, or with the clip's reel in theirs are opened.

    Raises:
        MediaRefused: none fits, or several fit equally.

    """
    fitting: list[Candidate] = []
    refused: list[str] = []
    for path, by in _possible(wanted, name, roots):
        try:
            source = opener(path, wanted.available.rate if wanted.available else None)
            fitting.append(judge(source, by, wanted, placed))
        except (InputError, MediaError) as error:
            refused.append(f"{path} is not it: {error.message}")
    if not fitting:
        raise _nothing(wanted, why, roots, refused)
    best = min(one.order for one in fitting)
    chosen = [one for one in fitting if one.order == best]
    if len(chosen) > 1:
        raise ambiguous(name, told_apart([one.source for one in chosen]))
    return chosen[0]


def said_of(found: Candidate, wanted: Wanted, *, why: str = "is not here") -> str:
    """What is reported of a file that is used for media that `why`."""
    what = ", ".join(found.agrees)
    if found.rank in (Rank.STEM_AND_CLOCK, Rank.REEL_AND_TIMECODE) and found.source.kind == "movie":
        facts = _facts(found.source)
        what += f" (it is {facts['raster']} {facts['codec']})"
    return f"{wanted.text} {why}; {found.path} is used: {what}" + (f"; but {found.doubt}" if found.doubt else "")


def _possible(wanted: Wanted, name: str, roots: MediaRoots) -> Iterator[tuple[Path, By]]:
    seen: set[Path] = set()
    by_reel = (path for reel in wanted.reels for path in roots.holding(reel))
    groups: tuple[tuple[By, Iterator[Path]], ...] = (
        ("name", iter(roots.named(name))),
        ("stem", iter(roots.like(name))),
        ("reel", by_reel),
    )
    for by, paths in groups:
        for path in paths:
            if path not in seen:
                seen.add(path)
                yield path, by


def _nothing(wanted: Wanted, why: str, roots: MediaRoots, refused: Sequence[str]) -> MediaRefused:
    if wanted.guessed:
        return MediaRefused("it is offline, and the timeline does not say which file it was", fix=RELINK)
    if not roots:
        return not_here(wanted.text, why)
    if not refused:
        reel = f", nor of reel {' or '.join(wanted.reels)}," if wanted.reels else ""
        return not_here(wanted.text, f"{why}, and nothing of that name{reel} is under {roots.text}")
    return not_here(
        wanted.text,
        f"{why}. {'. '.join(refused[:_MOST_REFUSED])}",
        fix="Give --media-root a folder with the right file, or relink the clip in the editor.",
    )


def _facts(source: Source) -> dict[str, str]:
    """What tells files of one name apart, in words."""
    start = timecode_seconds(source)
    facts = {"start": "no timecode" if start is None else f"from {clock(start, source)}"}
    if source.kind != "movie":
        return {"length": f"{float(source.frames / source.rate):.2f} s", **facts}
    codec = " ".join(filter(None, (source.codec, source.profile)))
    return {"raster": f"{source.width}×{source.height}", "codec": codec, "length": f"{source.frames} frames", **facts}


def told_apart(sources: Sequence[Source]) -> list[tuple[Path, str]]:
    """Each with those of its facts that not all have."""
    facts = [_facts(source) for source in sources]
    differing = [key for key in facts[0] if len({each.get(key) for each in facts}) > 1]
    told = [", ".join(each[key] for key in differing if key in each) for each in facts]
    return [(source.path, text) for source, text in zip(sources, told, strict=True)]
