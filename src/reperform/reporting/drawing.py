"""SVG made of elements, with everything that is written into it escaped. Colours are classes of the page's style."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

__all__ = ["circle", "element", "harmless", "line", "nice_steps", "rect", "span_text", "svg", "text"]


def harmless(words: str) -> str:
    """Somebody else's words, without control characters and without those that turn the words around them."""
    return _HARMFUL.sub("", words)


def element(name: str, content: str = "", **attributes: str | float) -> Markup:
    """One element; `content` is escaped unless it is markup. `class_` is the attribute `class`, `stroke_width` stroke-width."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"' for key, value in attributes.items()
    )
    return Markup(f"<{name}{said}>{escape(content if isinstance(content, Markup) else harmless(content))}</{name}>")  # noqa: S704 - all parts are escaped


def svg(parts: Iterable[Markup], *, width: int, height: float, title: str, name: str) -> Markup:
    """The picture, with a title that is read aloud. `name` is unique on the page."""
    label = element("title", title, id=f"{name}-title")
    inside = Markup("").join([label, *parts])
    return element(
        "svg",
        inside,
        viewBox=f"0 0 {width} {math.ceil(height)}",
        role="img",
        aria_labelledby=f"{name}-title",
        class_="plot",
    )


def text(x: float, y: float, words: str, kind: str = "", *, anchor: str = "start") -> Markup:
    """Words at a baseline."""
    return element("text", words, x=x, y=y, text_anchor=anchor, class_=f"t {kind}".strip())


def rect(x: float, y: float, width: float, height: float, kind: str, *, title: str = "") -> Markup:
    """A bar, never narrower than can be seen; `title` is what a pointer over it says."""
    inside = element("title", title) if title else ""
    return element("rect", inside, x=x, y=y, width=max(width, 1.5), height=height, rx=min(2, height / 4), class_=kind)


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def circle(x: float, y: float, radius: float, kind: str, *, title: str = "") -> Markup:
    """A dot."""
    return element("circle", element("title", title) if title else "", cx=x, cy=y, r=radius, class_=kind)


def nice_steps(most: float, *, around: int = 5, of_time: bool = False) -> Iterator[float]:
    """Round numbers from 0 up to the first one that is not below `most`, about so many. `of_time`: seconds."""
    most = most if most > 0 else 1.0
    wanted = most / around
    if of_time and wanted > 1:
        step = next((each for each in _TIMES if each >= wanted), 86400.0 * math.ceil(wanted / 86400))
    else:
        power = 10.0 ** math.floor(math.log10(wanted))
        step = next(power * each for each in (1, 2, 2.5, 5, 10) if power * each >= wanted * 0.999)
    yield from (round(step * number, 10) for number in range(math.ceil(most / step - 1e-9) + 1))


def span_text(seconds: float) -> str:
    """How long, as people say it: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s" if seconds % 1 else f"{seconds:.0f} s"
    whole = round(seconds)
    for length, unit, below, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= length:
            rest = whole % length // below
            return f"{whole // length} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"


_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TIMES = (
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    900.0,
    1800.0,
    3600.0,
    7200.0,
    21600.0,
    43200.0,
    86400.0,
)


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
