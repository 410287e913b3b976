"""Saving a timeline: complete or not at all, never onto the input, and nothing of someone else's is lost."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.files import atomic_output
from reperform.timeline import records
from reperform.timeline.bundling import BUNDLES, write_archive, write_folder
from reperform.timeline.recognising import is_take
from reperform.timeline.records import TimelineRecord

__all__ = ["Saved", "digest_of", "lost_in", "path_for", "refuse", "save"]


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What stands on the disk now."""

    paths: tuple[Path, ...]
    """One for each timeline, in their order."""
    digests: Mapping[str, str]
    """SHA-256 by file name: what `last_written` takes the next time."""
    kept: tuple[Path, ...] = ()
    """Where earlier versions went that were not as we last wrote them."""
    changed: tuple[Path, ...] = ()
    """The paths that were written. The others had this content already."""

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
) -> Saved:
    """Writes the timelines to `out`, those of single takes beside it (`cut_RP_take1.otio`), each by atomic rename.

    `last_written` is the SHA-256 of what we last wrote to `out`, or several by file name; None: not known. A file that is
    not as we last wrote it is kept under a numbered name first. A file that has its content already is not touched.
    With `by_number` False a timeline of a single take goes to `out` itself.

    Raises:
        TimelineError: `out` is the input, has an ending that we do not write, or cannot be written.

    """
    places = [path_for(timeline, out) if by_number else out for timeline in timelines]
    for place in places:
        refuse(place, input_path)
    known = {out.name: last_written} if isinstance(last_written, str) else dict(last_written or {})
    kept: list[Path] = []
    changed: list[Path] = []
    for timeline, place in zip(timelines, places, strict=True):
        try:
            written, before = _save_one(timeline, place, known.get(place.name))
        except OSError as error:
            raise TimelineError(
                f"“{place}” cannot be written", cause=str(error), fix="Check the folder, its rights and the free space."
            ) from error
        kept += [before] if before else []
        changed += [place] if written else []
    digests = {place.name: digest_of(place) for place in places}
    return Saved(paths=tuple(places), digests=digests, kept=tuple(kept), changed=tuple(changed))


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


def digest_of(path: Path) -> str:
    """SHA-256 of a timeline's file; of a folder: of its content."""
    with (path / "content.otio" if path.is_dir() else path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _inactive_takes(clip: otio.schema.Clip) -> int:
    active = clip.active_media_reference_key
    return sum(key != active and is_take(item) for key, item in clip.media_references().items())


def refuse(out: Path, input_path: Path | None) -> None:
    """Whether `out` may be written to.

    Raises:
        TimelineError: it is the input, or has an ending that we do not write.

    """
    if input_path is not None and _is_same(out, input_path):
        raise TimelineError(
            f"“{out}” is the input, which is never written to", fix="Give another name with -o, such as cut_RP.otio."
        )
    if out.suffix.lower() not in (".otio", *BUNDLES):
        raise TimelineError(
            f"“{out.name}”: a timeline is written as .otio, .otioz or .otiod", fix=f"Write to {out.stem}.otio."
        )
    is_folder = out.suffix.lower() == ".otiod"
    if out.exists() and out.is_dir() != is_folder:
        raise TimelineError(f"“{out}” is {'a folder' if out.is_dir() else 'a file'}", fix="Choose another name.")


def _is_same(out: Path, input_path: Path) -> bool:
    """Links of both kinds lead to the same file. A file inside the input's folder is of the input as well."""
    if os.path.realpath(out) == os.path.realpath(input_path):
        return True
    with suppress(OSError):
        if out.samefile(input_path):
            return True
    real = Path(os.path.realpath(input_path))
    return real.is_dir() and Path(os.path.realpath(out)).is_relative_to(real)


def _save_one(timeline: otio.schema.Timeline, place: Path, last: str | None) -> tuple[bool, Path | None]:
    """Whether it was written, and where the earlier version went; None where there was none, or ours."""
    # A link stays a link: what it leads to is replaced.
    real = Path(os.path.realpath(place))
    if place.suffix.lower() == ".otiod":
        return _save_folder(timeline, real, place, last)
    if place.suffix.lower() == ".otioz":
        with atomic_output(real) as temporary:
            write_archive(timeline, temporary, folder=place.parent)
            if real.exists() and digest_of(real) == digest_of(temporary):
                # The same again: the earlier file keeps its date.
                shutil.copystat(real, temporary)
                return False, None
            kept = _keep(real, last)
        return True, kept
    content = timeline.to_json_string(indent=4).encode()
    if real.exists() and real.read_bytes() == content:
        return False, None
    kept = _keep(real, last)
    with atomic_output(real) as temporary:
        temporary.write_bytes(content)
    return True, kept


def _keep(path: Path, last: str | None) -> Path | None:
    """Keeps a file under the next free numbered name, unless it is as we last wrote it. The file itself stays."""
    if not path.exists() or (last is not None and digest_of(path) == last):
        return None
    return _first_free(path, lambda free: _link_or_copy(path, free))


def _first_free(path: Path, claim: Callable[[Path], None]) -> Path:
    number = 1
    while True:
        free = path.with_name(f"{path.stem}.{number}{path.suffix}")
        try:
            claim(free)
        except FileExistsError:
            number += 1
        else:
            return free


def _link_or_copy(path: Path, free: Path) -> None:
    try:
        free.hardlink_to(path)
    except FileExistsError:
        raise
    except OSError:
        # Some network shares know no links.
        with path.open("rb") as source, free.open("xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)


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
            kept = _first_free(real, lambda free: _step_aside(real, free))
            temporary.rename(real)
            if ours:
                shutil.rmtree(kept, ignore_errors=True)
                kept = None
        else:
            temporary.rename(real)
        return True, kept
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _step_aside(path: Path, free: Path) -> None:
    if free.exists():
        raise FileExistsError(free)
    path.rename(free)
