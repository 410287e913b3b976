"""What would make the end of a run impossible is said before its beginning."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import TimelineError
from reperform.workflow.employing import engine_named
from reperform.workflow.writing import editor

if TYPE_CHECKING:
    from reperform.settings import Settings
    from reperform.workflow.documents import Planned

__all__ = ["refuse_folder", "refuse_unfit"]


def refuse_unfit(planned: Planned, out: Path, settings: Settings) -> None:
    """Everything that would make the end impossible, before anything is begun.

    Raises:
        InputError: `out` is the input or cannot be written, the engine does not perform, a setting does not fit.

    """
    from reperform.performing.naming import check_template
    from reperform.timeline.saving import refuse
    from reperform.timeline.takes import check_destination

    refuse(out, planned.cut.path)
    refuse_folder(out.parent, f"“{out}” cannot be written", "-o", must_exist=True)
    kept = planned.plan.settings
    if kept.takes_dir is not None:
        refuse_folder(kept.takes_dir, f"takes cannot be written to “{kept.takes_dir}”", "--takes-dir")
    check_destination(editor(planned, settings, out), settings.takes or None, out)
    if kept.name_template:
        check_template(kept.name_template)
    engine_named(planned.plan.engine, settings, label=kept.label)
    if kept.c2pa:
        from reperform.provenance import certificates

        certificates.chosen()
    _refuse_command(planned, settings)


def _refuse_command(planned: Planned, settings: Settings) -> None:
    """A command that is missing or cannot be understood would fail once for each job."""
    from reperform.engines.command import CommandEngine

    if any(job.engine == CommandEngine.name for shot in planned.plan.shots for job in shot.jobs):
        from reperform.engines._command_child import split

        split(settings.command)


def refuse_folder(folder: Path, said: str, option: str, *, must_exist: bool = False) -> None:
    """Whether files can be made in a folder that is there, or will be made.

    Raises:
        TimelineError: they cannot.

    """
    there = next((each for each in (folder, *folder.absolute().parents) if each.exists()), folder)
    fix = f"Choose another place with {option}, or give yourself the right to write there."
    if must_exist and there != folder:
        raise TimelineError(
            f"{said}: there is no folder “{folder}”", fix=f"Make the folder, or choose another with {option}."
        )
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise TimelineError(f"{said}: {error.strerror or error}", fix=fix) from error
