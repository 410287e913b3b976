"""The report as a file: HTML, or PDF by way of a browser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reperform.errors import InputError

if TYPE_CHECKING:
    from reperform.ledger.storage import Storage
    from reperform.reporting.gathering import Gathered

__all__ = ["Given", "give", "refuse"]

_ENDINGS = (".html", ".htm", ".pdf")


@dataclass(frozen=True, kw_only=True)
class Given:
    """A report that was written."""

    path: Path
    kept: Path | None
    """Where an earlier file went that was not as we last wrote it."""
    left_out: str
    """Which pictures are not in it, in words; empty where all are."""


def refuse(to: Path, out: Path) -> None:
    """Before anything is made.

    Raises:
        InputError: `to` is the timeline `out`, a folder, or ends in what is no report.

    """
    from reperform.timeline.saving import refuse_input

    if to.suffix.lower() not in _ENDINGS:
        raise InputError(f"“{to.name}” does not say in which form.", fix="Write to a .html or a .pdf.")
    refuse_input(to, out)
    if to.is_dir():
        raise InputError(f"“{to}” is a folder.", fix="Give the report a name, such as report.html.")
    if not to.absolute().parent.is_dir():
        raise InputError(f"there is no folder “{to.absolute().parent}”.", fix="Make it, or name another.")


def give(
    gathered: Gathered,
    to: Path,
    *,
    timeline: Path,
    pictures: bool = True,
    browser: Path | None = None,
    storage: Storage | None = None,
) -> Given:
    """Writes the report to `to`, complete or not at all.

    Raises:
        InputError: `to` cannot be written, or is a PDF and there is no browser.
        MediaError: the browser failed.

    """
    from reperform.reporting import browsers
    from reperform.reporting.allowing import allowed
    from reperform.reporting.looking import Looking
    from reperform.reporting.page import page
    from reperform.sheets.storing import store

    refuse(to, timeline)
    printer = browsers.find(browser) if to.suffix.lower() == ".pdf" else None
    looking = Looking(gathered, allowed(gathered.report.shots) if pictures else allowed(gathered.report.shots, most=0))
    # Its pictures are limited, so this is a few dozen megabytes at most.
    data = "".join(page(gathered.report, looking)).encode("utf-8", "replace")
    if printer is not None:
        data = _printed(data, to, printer)
    kept = store(data, to, timeline=timeline, project=gathered.project, storage=storage)
    return Given(path=to, kept=kept, left_out=looking.allowance.said)


def _printed(page: bytes, to: Path, printer: Path) -> bytes:
    """Beside the report: browsers that came as a snap or a flatpak see no other folder."""
    from reperform.reporting.browsers import print_pdf

    try:
        with TemporaryDirectory(prefix=f"{to.stem[:40]}.", dir=to.absolute().parent) as folder:
            html, pdf = Path(folder) / "report.html", Path(folder) / "report.pdf"
            html.write_bytes(page)
            print_pdf(html, pdf, browser=printer)
            return pdf.read_bytes()
    except OSError as error:
        raise InputError(
            f"“{to}” cannot be written: {error.strerror or error}.",
            fix="Check the folder, its rights and the free space.",
        ) from error
