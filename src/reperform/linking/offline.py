"""What a clip was cut with, whether it is still here or not: by the file, else by what is remembered of it, else by the timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from reperform.errors import InputError, MediaError, MediaRefused
from reperform.linking.clocks import Available, first_frame, said_zero
from reperform.linking.linked import Prober
from reperform.linking.linker import Linker
from reperform.linking.references import Wanted, original_reference, wanted_of
from reperform.linking.refusals import RELINK
from reperform.model import Source
from reperform.timeline.cut import Cut, PlacedClip
from reperform.timeline.locations import locate, refuse_by_name
from reperform.timing import FrameRange, ceil_frame, floor_frame

__all__ = ["Offline", "Offlines"]


@dataclass(frozen=True, kw_only=True)
class Offline:
    """The media of one clip, on its own clock."""

    source: Source
    """As it was probed, now or when it was performed. Of media that nobody knows only what the timeline says: no raster then."""
    name: str
    """Of its file."""
    reels: tuple[str, ...]
    """Its own first, then what the timeline says."""
    reference_key: str
    zero: Fraction
    """Where its first frame stands in the time of the clip's source_range, in seconds."""

    def shown(self, placed: PlacedClip) -> FrameRange:
        """The frames that lie under the clip's source range, in part as well, with what a transition takes, as far as there are any."""
        rate = self.source.rate
        first = floor_frame(placed.source_start - placed.head_transition - self.zero, rate)
        end = ceil_frame(placed.source_end + placed.tail_transition - self.zero, rate)
        return self.source.range.intersection(FrameRange.between(first, max(end, first + 1)))


class Offlines:
    """Tells of each clip what it was cut with."""

    def __init__(
        self, cut: Cut, prober: Prober, known: Mapping[str, Source], *, allowed_hosts: Iterable[str] = ()
    ) -> None:
        """`known` are sources that are remembered, by the names of their files."""
        self._cut = cut
        self._linker = Linker(cut, prober, allowed_hosts=allowed_hosts)
        self._known = known

    def of(self, placed: PlacedClip, *, zero: Fraction | None = None) -> Offline:
        """The media of a clip. `zero` is where its first frame stands, where that is recorded.

        Raises:
            MediaRefused: the timeline names no movie, or too little is known of it.

        """
        key, reference = original_reference(placed.clip)
        wanted = wanted_of(self._cut, placed, reference)
        if wanted.run is not None:
            raise MediaRefused("it is an image sequence, which is conformed where it lies", fix=RELINK)
        name = locate(wanted.spelled, self._cut.media_folder).name
        source = self._here(placed) or self._known.get(name) or _as_said(wanted, self._cut)
        if zero is None:
            zero = first_frame(source, said_zero(source, wanted.available), placed).seconds
        reels = tuple(dict.fromkeys(reel for reel in (source.reel, *wanted.reels) if reel))
        return Offline(source=source, name=name, reels=reels, reference_key=key, zero=zero)

    def _here(self, placed: PlacedClip) -> Source | None:
        """The file where the timeline says it is. None where it is not, or cannot be used."""
        try:
            if placed.track.kind == "audio":
                return self._linker.link_sound(placed).source
            return self._linker.link(placed).source
        except (InputError, MediaError):
            return None


def _as_said(wanted: Wanted, cut: Cut) -> Source:
    """What the timeline itself says of media that is not here."""
    available = wanted.available
    if available is None or available.rate is None:
        raise MediaRefused(f"{wanted.text} is not here, and the timeline does not say how long it is", fix=RELINK)
    refuse_by_name(wanted.spelled)
    rate = available.rate
    return Source(
        path=Path(wanted.spelled),
        kind="movie",
        rate=rate,
        frames=max(1, ceil_frame(available.duration, rate)),
        start_frame=_counted(available),
        drop_frame=cut.drop_frame and rate == cut.rate,
        reel=next(iter(wanted.reels), None),
    )


def _counted(available: Available) -> int | None:
    """A range that begins at zero says no timecode: that of a file without one begins there as well."""
    assert available.rate is not None
    return floor_frame(available.start, available.rate) or None
