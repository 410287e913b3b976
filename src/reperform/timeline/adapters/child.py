"""The process in which a timeline of another format is read: `python -m reperform.timeline.adapters.child`.

What it reads is not to be trusted, and neither is what reads it: it may print, crash, hang or eat memory, here. The answer is a
file of two lines: what is to be known, and OpenTimelineIO's JSON.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reperform.errors import TimelineError
from reperform.timing import Rate

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    """Reads one timeline: limits and file are in the one argument, as JSON."""
    order = json.loads(arguments[0])
    _limit(order["memory"], order["seconds"])
    _silence()
    try:
        answer, timeline = _read(order)
    except TimelineError as error:
        answer, timeline = {"error": error.to_dict()}, ""
    except ImportError as error:
        answer, timeline = {"missing": str(error)}, ""
    except RecursionError:
        answer, timeline = {"failed": "it nests deeper than can be read, or something in it contains itself"}, ""
    except MemoryError:
        answer, timeline = {"failed": "it needs more memory than a timeline may"}, ""
    except Exception as error:  # noqa: BLE001 - adapters raise anything
        answer, timeline = {"failed": f"{type(error).__name__}: {error}"[:2000]}, ""
    Path(order["answer"]).write_bytes(f"{json.dumps(answer)}\n{timeline}".encode())
    return 0


def _read(order: dict[str, Any]) -> tuple[dict[str, Any], str]:
    from reperform.timeline.adapters.readers import read

    rate = Rate(order["rate"]) if order["rate"] else None
    made = read(order["kind"], Path(order["path"]), rate=rate)
    facts = {"drop_frame": made.drop_frame, "remarks": [asdict(remark) for remark in made.remarks]}
    return facts, made.root.to_json_string(indent=0)


def _limit(memory: int, seconds: int) -> None:
    """Where the system has such limits; elsewhere the one who started this process ends it when its time is over."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY or most < hard:
            try:
                resource.setrlimit(kind, (most, hard))
            except (ValueError, OSError):
                continue


def _silence() -> None:
    """What adapters print is for their developers."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
