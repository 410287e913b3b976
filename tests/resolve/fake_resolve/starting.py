"""Runs one entry as Resolve does: as text without `__file__`, in a process of its own, with its objects as globals.

`python starting.py JOB.json`, on any Python from 3.6. The job: `entry`, `world`, `after` (where the world is
written at the end, however it ends), `kit` (the fake's folder), `environ`, `compiled_as`.
"""

import importlib
import json
import os
import sys
from typing import Any


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    os.environ.clear()
    os.environ.update(job["environ"])
    for name in ("tkinter", "_tkinter", "Tkinter"):
        sys.modules[name] = None  # type: ignore[assignment]  # what makes an import fail
    sys.path.insert(0, job["kit"])
    windows: Any = importlib.import_module("fake_resolve.fusion")
    connect: Any = importlib.import_module("fake_resolve.resolve").connect

    sys.path.pop(0)

    def keep(outcome: str) -> None:
        report = {"world": job["world"], "calls": app.calls, "misused": app.misused, "outcome": outcome}
        with open(job["after"] + ".new", "w", encoding="utf-8") as file:
            json.dump(report, file)
        os.replace(job["after"] + ".new", job["after"])

    app, resolve = connect(job["world"], on_death=lambda: keep("died"))
    fusion = windows.Fusion(app)
    given = {
        "resolve": resolve,
        "fusion": fusion,
        "fu": fusion,
        "bmd": windows.Bmd(),
        "app": windows.Application(resolve),
    }
    with open(job["entry"], encoding="utf-8") as file:
        text = file.read()
    scope = dict(given, __name__="__main__", __builtins__=__builtins__)
    sys.argv = [""]
    outcome = "ended"
    try:
        exec(compile(text, job["compiled_as"], "exec"), scope)
    except SystemExit as error:
        outcome = "left with {!r}".format(error.code)
    except BaseException as error:
        outcome = "raised {!r}".format(error)
        raise
    finally:
        keep(outcome)


main()
