"""A browser of this machine that prints a page as PDF, without a window and without a network."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from reperform.errors import InputError, MediaError

__all__ = ["find", "installed", "print_pdf"]

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "brave-browser",
)
_MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Brave Browser.app/Contents/MacOS/Brave Browser",
)
_WINDOWS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
_PATIENCE = 600
_QUIET = (
    "--headless=new",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pdf-header-footer",
    # The page fetches nothing; neither shall the browser.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_log = logging.getLogger(__name__)


def find(named: Path | None = None) -> Path:
    """The browser: the one that is named, else the first of Chromium, Chrome and Edge that is found.

    Raises:
        InputError: there is none.

    """
    if named is not None:
        found = shutil.which(named)
        if found is None:
            raise InputError(f"“{named}” is no program here.", fix="Name the browser's executable file.")
        return Path(found)
    found_here = next(installed(), None)
    if found_here is None:
        raise InputError(
            "a PDF is printed by Chromium, Chrome or Edge, and none of them was found here.",
            fix="Write the report as .html and print it from any browser (A4 or Letter, with background graphics), or "
            "name a browser with --browser.",
        )
    return found_here


def print_pdf(page: Path, out: Path, *, browser: Path) -> None:
    """Prints an HTML file to `out`, by the page's own print style.

    Raises:
        MediaError: the browser does not start, takes too long, or made no PDF.

    """
    with TemporaryDirectory(prefix="reperform.", ignore_cleanup_errors=True) as profile:
        command = [
            str(browser),
            *_QUIET,
            *_root(),
            f"--user-data-dir={profile}",
            f"--print-to-pdf={out}",
            page.as_uri(),
        ]
        _log.info("printing with %s", browser)
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise MediaError(f"{browser} did not print the report", cause=str(error), fix=_INSTEAD) from error
    if done.returncode or not out.is_file() or out.read_bytes()[:5] != b"%PDF-":
        said = done.stderr.decode(errors="replace").strip().splitlines()[-3:]
        raise MediaError(
            f"{browser} made no PDF (status {done.returncode})", cause="\n".join(said) or None, fix=_INSTEAD
        )


_INSTEAD = "Write the report as .html and print it from any browser, or name another browser with --browser."


def installed() -> Iterator[Path]:
    """The browsers that are found here, the preferred one first."""
    yield from (Path(found) for name in _NAMES if (found := shutil.which(name)))
    if sys.platform == "darwin":
        places = [Path("/Applications") / name for name in _MAC]
        places += [Path.home() / "Applications" / name for name in _MAC]
    else:
        roots = [os.environ.get(name, "") for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        places = [Path(root) / name for root in roots if root for name in _WINDOWS]
    yield from (place for place in places if place.is_file())


def _root() -> list[str]:
    """Chromium refuses its sandbox to the superuser, as which containers run."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
