"""Set everything up and go: `python3 start.py demo` runs the sample cut, `python3 start.py test` runs the tests.

Needs Python 3.11, 3.12 or 3.13 with pip and nothing else. Everything lands in `.venv` beside this file; any other word is
given to the `reperform` command itself.
"""

import hashlib
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
LOCK = os.path.join(HERE, "requirements.lock")
STAMP = os.path.join(VENV, "reperform-lock.sha256")


def refusal():
    """Why this machine cannot run it, and what to do, in one sentence; None where it can."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return (
            "reperform needs Python 3.11, 3.12 or 3.13 and this is %s: install one of them and run `python3.13 start.py %s`."
            % (
                platform.python_version(),
                " ".join(sys.argv[1:]) or "demo",
            )
        )
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        return "OpenTimelineIO 0.18 has no build for Intel Macs: run reperform on an Apple-silicon Mac, or in Linux on this one."
    return None


def set_up():
    """A virtual environment with the locked dependencies and the project itself; done again only when the lock changes."""
    wanted = _digest()
    if os.path.exists(STAMP):
        with open(STAMP) as stamp:
            if stamp.read() == wanted:
                return
    print("Setting up in .venv (once, about a minute) …", file=sys.stderr)
    if not _is_whole():
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", VENV])
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.check_call(pip + ["--require-hashes", "-r", LOCK])
    subprocess.check_call(pip + ["--no-deps", "--no-build-isolation", "--editable", HERE])
    with open(STAMP, "w") as stamp:
        stamp.write(wanted)


def _is_whole():
    """Whether there is an environment of this Python, with pip: one that was broken off, or of another, is made anew."""
    probe = "import sys, pip; sys.exit(sys.version_info[:2] != %r)" % (tuple(sys.version_info[:2]),)
    return os.path.exists(PYTHON) and subprocess.call([PYTHON, "-c", probe], stderr=subprocess.DEVNULL) == 0


def _digest():
    digest = hashlib.sha256(sys.version.encode())
    for name in (LOCK, os.path.join(HERE, "pyproject.toml"), os.path.abspath(__file__)):
        with open(name, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def main():
    """Set up, then do as asked; the exit status is that of what was run."""
    why = refusal()
    if why:
        print(why, file=sys.stderr)
        return 2
    try:
        set_up()
    except subprocess.CalledProcessError as error:
        print("Setting up failed in `%s`: its output is above." % " ".join(error.cmd[1:4]), file=sys.stderr)
        return 2
    except OSError as error:
        print("Setting up failed: %s. Give yourself the right to write here, or make room." % error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The same command sets up the rest.", file=sys.stderr)
        return 130
    words = sys.argv[1:] or ["demo"]
    module = ["pytest", "-n", "auto"] + words[1:] if words[0] == "test" else ["reperform"] + words
    try:
        return subprocess.call([PYTHON, "-m"] + module, cwd=HERE if words[0] == "test" else None)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
