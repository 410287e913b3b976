"""The command as a child: a clean environment, an end that loses nothing, a job that is found again."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from reperform_menu import child, jobs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")

CLEAN = "import time, sys\ntry:\n    print('up', flush=True); time.sleep(30)\nexcept KeyboardInterrupt:\n    sys.exit(130)\n"
DEAF = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('up', flush=True); time.sleep(30)\n"


def started(folder: Path, text: str) -> child.Child:
    """A Python child that has begun."""
    out = folder / "out"
    process = child.start([sys.executable, "-c", text], out=str(out), err=str(folder / "err"), folder=str(folder))
    until = time.monotonic() + 10
    while "up" not in out.read_text() and time.monotonic() < until:
        time.sleep(0.02)
    return process


def test_what_resolve_sets_for_itself_stays_out() -> None:
    """Python's, the loader's and launchers' variables go; a person's own stay, as do keys of engines."""
    given = {
        "PYTHONHOME": "/r", "PYTHONPATH": "/r", "PYTHON3HOME": "/r", "__PYVENV_LAUNCHER__": "/r", "LD_LIBRARY_PATH": "/r",
        "DYLD_INSERT_LIBRARIES": "/r", "PATH": "/usr/bin", "HOME": "/home/me", "SYNC_API_KEY": "k", "REPERFORM_MAX_COST": "2",
    }  # fmt: skip
    kept = {name: given[name] for name in ("PATH", "HOME", "SYNC_API_KEY", "REPERFORM_MAX_COST")}
    assert kept | {"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"} == child.clean_environment(given)


@pytest.mark.parametrize(("text", "status"), [(CLEAN, 130), (DEAF, -9)], ids=["asked", "killed"])
def test_a_child_is_asked_to_stop_before_it_is_killed(text: str, status: int, tmp_path: Path) -> None:
    """As Ctrl-C first, so that it can note where it is; killed only where that is not heard."""
    process = started(tmp_path, text)
    process.end(grace=0.5 if status < 0 else 10)
    assert process.process is not None
    assert status == process.process.wait(5)


def test_a_child_has_a_group_of_its_own(tmp_path: Path) -> None:
    """What ends the script does not end it."""
    process = started(tmp_path, CLEAN)
    groups = (os.getpgid(process.pid), os.getpgid(os.getpid()))
    process.end()
    assert process.pid == groups[0] != groups[1]


def test_a_job_is_found_again_by_a_later_start(tmp_path: Path) -> None:
    """The folder tells what runs; the number of a process that has ended, taken by another, is not it."""
    job = jobs.new(str(tmp_path), timeline="t")
    job.start([sys.executable, "-c", CLEAN])
    again = jobs.unfinished(str(tmp_path))
    assert again is not None
    alive = again.runs
    again.attached().end()
    assert job.child is not None and job.child.process is not None
    job.child.process.wait(5)
    other = child.Child(os.getpid(), str(again.data["identity"]))
    assert (True, False, False) == (alive, again.runs, other.runs)


def test_half_a_line_of_progress_is_not_read(tmp_path: Path) -> None:
    """The run may be writing it just now."""
    job = jobs.new(str(tmp_path))
    Path(job.path("progress.jsonl")).write_text('{"kind": "begin"}\n{"kind": "sh', encoding="utf-8")
    assert [{"kind": "begin"}] == job.events()
