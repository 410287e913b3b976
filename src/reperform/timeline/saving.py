"""Saving a timeline: complete or not at all, never onto the input, and nothing of someone else's is lost."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.files import atomic_output
from reperform.model import Problem
from reperform.timeline import records
from reperform.timeline.bundling import write_archive, write_folder
from reperform.timeline.editors import EDITORS, FORMATS
from reperform.timeline.exporting import ENDINGS, export
from reperform.timeline.exporting.facts import Exported, Facts
from reperform.timeline.keeping import digest_of, first_free, keep, step_aside
from reperform.timeline.recognising import is_take
from reperform.timeline.records import TimelineRecord

__all__ = ["Saved", "digest_of", "lost_in", "path_for", "refuse", "refuse_input", "save"]


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What stands on the disk now."""

    paths: tuple[Path, ...]
    """One for each timeline, in their order; then what stands beside them."""
    digests: Mapping[str, str]
    """SHA-256 by file name: what `last_written` takes the next time."""
    kept: tuple[Path, ...] = ()
    """Where earlier versions went that were not as we last wrote them."""
    changed: tuple[Path, ...] = ()
    """The paths that were written. The others had this content already."""
    notes: tuple[Problem, ...] = ()
    """What the format does not hold of the timelines."""

    @property
    def sha256(self) -> str:
        """Of the first path."""
        return self.digests[self.paths[0].name]


def save(
    timelines: Sequence[otio.schema.Timeline],
    out: Path,
    *,
    input_path: Path | None,
    last_written: str | Mapping[str, str] | None = None,
    by_number: bool = True,
    facts: Facts | None = None,
    beside: Mapping[Path, str] | None = None,
) -> Saved:
    """Writes the timelines to `out`, those of single takes beside it (`cut_RP_take1.otio`), each by atomic rename.

    The ending of `out` says in which format; one that is not OpenTimelineIO needs `facts`. `beside` are further texts.

    `last_written` is the SHA-256 of what we last wrote to `out`, or several by file name; None: not known. A file that is
    not as we last wrote it is kept under a numbered name first. A file that has its content already is not touched.
    With `by_number` False a timeline of a single take goes to `out` itself.

    Raises:
        TimelineError: `out` is the input, has an ending that we do not write, or cannot be written.

    """
    places = [path_for(timeline, out) if by_number else out for timeline in timelines]
    for place in places:
        refuse(place, input_path)
    lists = {place: Exported(content=text.encode()) for place, text in (beside or {}).items()}
    for place in lists:
        refuse_input(place, input_path)
    made = [(place, _content(timeline, place, facts)) for timeline, place in zip(timelines, places, strict=True)]
    known = {out.name: last_written} if isinstance(last_written, str) else dict(last_written or {})
    kept: list[Path] = []
    changed: list[Path] = []
    for place, content in [*made, *lists.items()]:
        try:
            written, before = _save_one(content, place, known.get(place.name))
        except OSError as error:
            raise TimelineError(
                f"“{place}” cannot be written", cause=str(error), fix="Check the folder, its rights and the free space."
            ) from error
        kept += [before] if before else []
        changed += [place] if written else []
    paths = (*places, *lists)
    return Saved(
        paths=paths,
        digests={place.name: digest_of(place) for place in paths},
        kept=tuple(kept),
        changed=tuple(changed),
        notes=tuple(note for _, content in made if isinstance(content, Exported) for note in content.notes),
    )


def _content(timeline: otio.schema.Timeline, place: Path, facts: Facts | None) -> Exported | otio.schema.Timeline:
    """What is to be in the file; the timeline itself where its media go into it."""
    ending = place.suffix.lower()
    if ending in ENDINGS:
        if facts is None:
            raise ValueError(f"a {ending} needs facts of the cut")
        return export(timeline, place, facts)
    if ending != ".otio":
        return timeline
    record = records.read(timeline, TimelineRecord)
    schemas = dict(EDITORS[record.written_for].schemas) if record and record.written_for in EDITORS else {}
    return Exported(content=otio.core.serialize_json_to_string(timeline, schemas, 4).encode())


def path_for(timeline: otio.schema.Timeline, out: Path) -> Path:
    """Where this timeline goes: `out`, or beside it with the number of the one take that it shows."""
    record = records.read(timeline, TimelineRecord)
    number = record.take_number if record else None
    return out if number is None else out.with_stem(f"{out.stem}_take{number}")


def lost_in(timeline: otio.schema.Timeline, schema_versions: Mapping[str, int]) -> tuple[str, ...]:
    """What a downgrade to older schemas would lose, in words: `Clip.1` keeps nothing but the active media reference."""
    if schema_versions.get("Clip", 2) > 1:
        return ()
    return tuple(
        f"“{clip.name}” would lose {count} of its takes"
        for clip in timeline.tracks.find_clips()
        if (count := _inactive_takes(clip))
    )


def _inactive_takes(clip: otio.schema.Clip) -> int:
    active = clip.active_media_reference_key
    return sum(key != active and is_take(item) for key, item in clip.media_references().items())


def refuse(out: Path, input_path: Path | None) -> None:
    """Whether `out` may be written to.

    Raises:
        TimelineError: it is the input, or has an ending that we do not write.

    """
    refuse_input(out, input_path)
    if out.suffix.lower() not in FORMATS:
        *most, last = FORMATS
        raise TimelineError(
            f"“{out.name}”: a timeline is written as {', '.join(most)} or {last}", fix=f"Write to {out.stem}.otio."
        )
    is_folder = out.suffix.lower() == ".otiod"
    if out.exists() and out.is_dir() != is_folder:
        raise TimelineError(f"“{out}” is {'a folder' if out.is_dir() else 'a file'}", fix="Choose another name.")


def refuse_input(out: Path, input_path: Path | None) -> None:
    """Raises TimelineError where `out` is the input, or a file inside of it."""
    if input_path is not None and _is_same(out, input_path):
        raise TimelineError(
            f"“{out}” is the input, which is never written to",
            fix=f"Give another name with -o, such as cut_RP{out.suffix}.",
        )


def _is_same(out: Path, input_path: Path) -> bool:
    """Links of both kinds lead to the same file. A file inside the input's folder is of the input as well."""
    if os.path.realpath(out) == os.path.realpath(input_path):
        return True
    with suppress(OSError):
        if out.samefile(input_path):
            return True
    real = Path(os.path.realpath(input_path))
    return real.is_dir() and Path(os.path.realpath(out)).is_relative_to(real)


def _save_one(made: Exported | otio.schema.Timeline, place: Path, last: str | None) -> tuple[bool, Path | None]:
    """Whether it was written, and where the earlier version went; None where there was none, or ours."""
    # A link stays a link: what it leads to is replaced.
    real = Path(os.path.realpath(place))
    if isinstance(made, Exported):
        return _save_file(made, real, last)
    if place.suffix.lower() == ".otiod":
        return _save_folder(made, real, place, last)
    with atomic_output(real) as temporary:
        write_archive(made, temporary, folder=place.parent)
        if real.exists() and digest_of(real) == digest_of(temporary):
            # The same again: the earlier file keeps its date.
            shutil.copystat(real, temporary)
            return False, None
        kept = keep(real, last)
    return True, kept


def _save_file(made: Exported, real: Path, last: str | None) -> tuple[bool, Path | None]:
    if real.exists():
        there = real.read_bytes()
        if made.sign in there if made.sign else there == made.content:
            return False, None
    kept = keep(real, last)
    with atomic_output(real) as temporary:
        temporary.write_bytes(made.content)
    return True, kept


def _save_folder(timeline: otio.schema.Timeline, real: Path, place: Path, last: str | None) -> tuple[bool, Path | None]:
    temporary = real.with_name(f".{real.stem[:80]}.{secrets.token_hex(6)}.part{real.suffix}")
    try:
        write_folder(timeline, temporary, folder=place.parent)
        if real.exists() and digest_of(real) == digest_of(temporary):
            return False, None
        kept = None
        if real.exists():
            # Folders cannot replace one another: the earlier one steps aside, for good where it is not ours.
            ours = last is not None and digest_of(real) == last
            kept = first_free(real, lambda free: step_aside(real, free))
            temporary.rename(real)
            if ours:
                shutil.rmtree(kept, ignore_errors=True)
                kept = None
        else:
            temporary.rename(real)
        return True, kept
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
