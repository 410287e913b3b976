"""The current timeline as an OTIO file that is really there."""

import json
import os
import time

from reperform_menu.calls import asked, words
from reperform_menu.refusals import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.host import Host
    from reperform_menu.protocols import Timeline

PATIENCE = 3.0
"""Seconds for which a file that was promised is waited for."""


def export(host: "Host", timeline: "Timeline", path: str) -> str:
    """Write the timeline to `path`, where no file is yet.

    Raises:
        Refusal: nothing came, or no OTIO.

    """
    kind, plain = getattr(host.resolve, "EXPORT_OTIO", None), getattr(host.resolve, "EXPORT_NONE", None)
    if kind is None:
        raise Refusal("{} exports no OTIO.".format(host.name), "Use Resolve 18.5 or later.")
    for attempt in ("", " again"):
        tried = path.replace(".otio", "{}.otio".format(attempt))
        said = timeline.Export(tried, kind, 0 if plain is None else plain)
        if is_timeline(tried, PATIENCE if said else 0.0):
            return tried
    raise Refusal(
        "Resolve did not export the timeline “{}”.".format(words(asked(timeline, "GetName"))),
        "Check that there is room on the disk and that no dialogue is open; File > Export > Timeline shows whether it can.",
    )


def is_timeline(path: str, patience: float) -> bool:
    """Whether a whole OTIO timeline is there, within so many seconds: Resolve says that it is, and may still write."""
    until = time.monotonic() + patience
    while True:
        if os.path.isfile(path) and os.path.getsize(path) and _schema(path).startswith("Timeline."):
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(0.1)


def _schema(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            document: "Any" = json.load(file)
    except (OSError, ValueError):
        return ""
    return words(document.get("OTIO_SCHEMA")) if isinstance(document, dict) else ""
