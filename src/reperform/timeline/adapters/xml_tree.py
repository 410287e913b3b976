"""XML that is not to be trusted: read without entities, without anything outside the file, and not too deep."""

from __future__ import annotations

from typing import Any, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from reperform.errors import TimelineError

__all__ = ["DEEPEST", "Element", "parse", "text_of"]

DEEPEST = 200
"""Elements in one another; real files have a few dozen."""

_BLOCK = 1 << 20


def parse(content: bytes, name: str) -> Element:
    """The root of an XML document.

    Raises:
        TimelineError: it is not well-formed, declares entities, or nests deeper than DEEPEST.

    """
    try:
        return _Reading(name).of(content)
    except expat.ExpatError as error:
        raise TimelineError(
            f"“{name}” is not complete XML: line {error.lineno}: {expat.ErrorString(error.code)}",
            fix="Export the timeline again; the file may have been cut off on its way.",
        ) from error
    except LookupError as error:
        message = f"“{name}” is in an encoding that is not known"
        raise TimelineError(message, cause=str(error), fix="Export it again, as UTF-8.") from error


def text_of(element: Element | None, path: str) -> str | None:
    """The text of a child, without space around it; None where there is none."""
    found = element.find(path) if element is not None else None
    text = (found.text or "").strip() if found is not None else ""
    return text or None


class _Reading:
    """One document. Each start of an element is one level deeper."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 0
        self._builder = TreeBuilder()

    def of(self, content: bytes) -> Element:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._builder.data
        parser.EntityDeclHandler = self._refuse_entity
        parser.ExternalEntityRefHandler = self._refuse_entity
        for start in range(0, len(content), _BLOCK):
            parser.Parse(content[start : start + _BLOCK], False)
        parser.Parse(b"", True)
        return self._builder.close()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise TimelineError(
                f"“{self._name}” nests more than {DEEPEST} levels deep, which no editor writes",
                fix="Export the timeline again; if compound clips really nest that deep, break them apart first.",
            )
        self._builder.start(tag, attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._builder.end(tag)

    def _refuse_entity(self, *_: Any) -> NoReturn:
        raise TimelineError(
            f"“{self._name}” declares XML entities, which no editor writes and which can be used to harm",
            fix="Export the timeline again from its editor.",
        )
