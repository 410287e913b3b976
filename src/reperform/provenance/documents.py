"""The document beside a take, STEM_PROVENANCE.json: names of files, and no folders of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from reperform.direction import Direction
from reperform.model import Check, Cost, RateText, TakeComposite, TakeCredentials, TakeMatch, TakeViewing
from reperform.model.documents import Document

__all__ = [
    "OriginalMedia",
    "PerformedCue",
    "Provenance",
    "ReturnedResult",
    "TakeFile",
    "UsedVoice",
    "WhereInCut",
    "sidecar_path",
]


class TakeFile(Document):
    """The take itself."""

    id: str
    number: int
    file: str
    identity: str | None
    """`media.identities.file_identity`, with its credentials in it; None of an image sequence."""
    preview: bool
    rate: RateText
    frames: int
    start: str | None
    """Timecode of its first frame; None where it carries none."""
    reel: str | None
    made_at: str
    """ISO 8601, UTC."""
    software: str


class OriginalMedia(Document):
    """What it is an alternate of."""

    name: str
    reel: str | None
    identity: str
    """`media.identities.source_identity`."""
    rate: RateText
    frames: int
    start: str | None
    """Timecode of its first frame; None where it has none."""


class WhereInCut(Document):
    """The shot it was made for."""

    id: str
    clip: str
    track: str
    record_in: str
    record_out: str
    """The first frame after it, as all ends here."""


class UsedVoice(Document):
    """The sound that drove a cue."""

    kind: Literal["file", "track", "own", "speech"]
    file: str | None
    start_seconds: float | None
    end_seconds: float | None
    line: str | None
    speech_voice: str | None


class ReturnedResult(Document):
    """What came back from an engine for a cue."""

    id: str
    engine: str
    model: str
    sha256: str
    """Of the file that came back."""
    kept_at: str
    cost_usd: float | None
    """As the engine stated it for this result; None where it did not."""


class PerformedCue(Document):
    """One cue: what was asked, what was changed, by whom, and who allowed it."""

    id: str
    key: str
    character: str | None
    marker: str
    direction: Direction
    consent: str | None
    record_in: str
    record_out: str | None
    in_frame: int
    """Of the take's file, from 0."""
    frames: int
    source_frames: tuple[int, int]
    """The first frame of the original that it shows, and the one after the last."""
    source_in: str | None
    source_out: str | None
    pictures_sha256: str
    """Over the digests of the original's coded pictures in it, one a line."""
    voices: tuple[UsedVoice, ...]
    results: tuple[ReturnedResult, ...]
    composite: tuple[TakeComposite, ...] = ()
    matched: tuple[TakeMatch, ...] = ()


class Provenance(Document):
    """All of it."""

    version: Literal[1] = 1
    take: TakeFile
    original: OriginalMedia
    shot: WhereInCut
    cues: tuple[PerformedCue, ...]
    consent: tuple[str, ...]
    """Of all cues, each once."""
    viewing: TakeViewing | None = None
    """How it was shown to the engine; None where it was sent as it is stored."""
    cost: Cost
    checks: tuple[Check, ...] = ()
    credentials: TakeCredentials | None = None

    def text(self) -> bytes:
        """As it is written."""
        import json

        written: dict[str, Any] = self.model_dump(mode="json")
        for cue in written["cues"]:
            cue["direction"] = {name: value for name, value in cue["direction"].items() if value is not None}
        return (json.dumps(written, indent=2, ensure_ascii=False) + "\n").encode()


def sidecar_path(take: Path) -> Path:
    """Where it stands: STEM_PROVENANCE.json beside the take's file, or beside the folder of its pictures."""
    stem = take.stem if take.suffix.lower() == ".mov" else take.name
    return take.with_name(f"{stem}_PROVENANCE.json")
