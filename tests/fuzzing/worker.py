"""A child process that tries inputs by number, and says which one it is at, so that a crash can be pinned to it.

`python worker.py LIMITS`, LIMITS being JSON: folder (of the reels), seconds (a case), bytes (of memory). Each line of its input
is an order: seed, first, count. Each line that it prints is a document: `{"at": NUMBER}` before a case, `{"wrong": NUMBER, …}` after one
that failed, and `{"outcomes": …}` at the end of an order.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzzing.corpus import Case, case
from fuzzing.judging import Wrong, agrees, judge, keep_open, probe_once
from reperform.errors import InputError, TimelineError
from reperform.settings import Settings, load
from reperform.timeline import foreign
from reperform.timeline.adapters.converting import Converted
from reperform.timeline.adapters.converting import convert as convert_apart

__all__ = ["main", "try_case"]

_PRINTED = 16
"""One plan of so many is laid out for a terminal."""

outcomes: Counter[str] = Counter()


def main(limits: dict[str, Any]) -> int:
    """Tries the inputs of each order."""
    faulthandler.enable()
    _limit(limits["bytes"])
    probe_once()
    keep_open()
    read_here()
    folder = Path(limits["folder"])
    settings = settings_of(folder)
    work = folder / f"work-{os.getpid()}"
    for line in sys.stdin:
        order = json.loads(line)
        for number in range(order["first"], order["first"] + order["count"]):
            _say({"at": number})
            faulthandler.dump_traceback_later(limits["seconds"], exit=True)
            _try_number(order["seed"], number, work, settings)
            faulthandler.cancel_dump_traceback_later()
        _say({"outcomes": dict(outcomes)})
        outcomes.clear()
    return 0


def _try_number(seed: int, number: int, work: Path, settings: Settings) -> None:
    try:
        try_case(case(seed, number), work, settings)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        said = "".join(traceback.format_exception(error))[-3000:]
        _say({"wrong": number, "what": f"{type(error).__name__}: {error}"[:1000], "trace": said})


def try_case(one: Case, folder: Path, settings: Settings) -> None:
    """One input. Raises Wrong, or whatever came out of reperform that should not."""
    folder.mkdir(exist_ok=True)
    path = folder / one.name
    path.write_bytes(one.content)
    plan = judge(path, settings, printed=one.number % _PRINTED == 0)
    outcomes[f"{one.kind}: {'refused' if isinstance(plan, InputError) else 'a plan'}"] += 1
    if one.cut is None:
        return
    if isinstance(plan, InputError):
        raise Wrong(f"a valid timeline is refused: {plan.message}: {plan.cause}")
    outcomes.update(agrees(one.cut, plan))


def settings_of(folder: Path) -> Settings:
    """Media in `folder`, and little around a cue."""
    given = {"like": "runware/react-1", "context": 0, "handles": 2, "media_root": (folder,), "rate": "24"}
    return load(given, beside=folder / "cut.otio").settings


def read_here() -> Callable[[], None]:
    """Reads other formats than AAF in this process: one of their own for each takes too long for thousands of them. Returns what
    undoes it.
    """
    setattr(foreign, "convert", _convert)  # noqa: B010 - a function of the module, replaced
    return lambda: setattr(foreign, "convert", convert_apart)


def _convert(path: Path, kind: Any, *, rate: Any = None) -> Converted:
    from reperform.timeline.adapters.readers import read

    if kind.kind == "aaf":
        return convert_apart(path, kind, rate=rate)
    try:
        made = read(kind.kind, path, rate=rate)
        content = made.root.to_json_string(indent=0).encode()
    except TimelineError:
        raise
    except Exception as error:
        outcomes[f"its reader raised {type(error).__name__}: {error}"[:90]] += 1
        raise TimelineError("its reader failed", fix="as the process that reads it says") from error
    remarks = tuple(
        {name: getattr(each, name) for name in ("message", "clip", "timecode", "fix", "warning")}
        for each in made.remarks
    )
    return Converted(content=content, drop_frame=made.drop_frame, remarks=remarks)


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(document: dict[str, Any]) -> None:
    print(json.dumps(document), flush=True)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
