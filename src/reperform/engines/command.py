"""A studio's own model: a command that is run on this machine. It is paid for by no one, and takes what it is given."""

from __future__ import annotations

import json
import re
import secrets
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, Direction
from reperform.engines._hosted import Hosted, seconds, wire_sync
from reperform.engines._options import Fields
from reperform.engines.base import (
    Capabilities,
    Connection,
    Finished,
    JobOrder,
    Output,
    Prepared,
    Price,
    Progress,
    SegmentOrder,
    Submitted,
)
from reperform.errors import JobFailed, ReperformError
from reperform.files import atomic_output, link_or_copy, write_atomically

__all__ = ["SECONDS", "CommandEngine"]

SECONDS = 3600.0
"""How long a job may take where nothing else is said."""


def _capabilities(model: str) -> Capabilities:
    return Capabilities(
        engine="command",
        model=model,
        longest_input_seconds=None,
        emotions=EMOTIONS,
        regions=REGIONS,
        sync_modes=SYNC_MODES,
        temperature=True,
        speaker=True,
        speaker_points=True,
        occlusion=True,
        price=Price(amount=Fraction(0), unit="nothing", as_of="2026-11", source="it runs on this machine"),
    )


class CommandEngine(Hosted):
    """A command with `{video} {audio} {segments} {direction} {output}` in it. Any model name is one of its models.

    Args:
        command: what is run; None can only be planned for. It comes from the user's own settings, never from a timeline's.
        seconds: how long one job may take.

    """

    name = "command"
    any_model: ClassVar[bool] = True
    """A model is only a label here: it tells two commands' takes apart."""
    table: ClassVar[tuple[Capabilities, ...]] = (_capabilities("command"),)
    fields: ClassVar[Fields] = Fields(engine="command")

    def __init__(self, *, command: str | None = None, seconds: float = SECONDS) -> None:
        self.command = command
        self.seconds = seconds

    def capabilities(self, model: str) -> Capabilities:
        """What any command takes: one cue a job, with all of its direction."""
        return _capabilities(model)

    def parameters(self, direction: Direction, model: str) -> dict[str, Any]:
        """The direction as the command gets it, and the sync mode by which the voice was laid."""
        asked = direction.model_dump(mode="json", include=set(_DIRECTED), exclude_none=True)
        return asked | {"sync": wire_sync(direction, self.capabilities(model))}

    def request(self, order: JobOrder, *, video: str, audio: str | None, identity: str) -> dict[str, Any]:
        """What stands in the files that the command is given. `identity` names what it makes."""
        self.fields.values(order.options)
        return {
            "video": video,
            "audio": audio,
            "rate": f"{order.rate.numerator}/{order.rate.denominator}",
            "frames": order.frames,
            "segments": [_segment(segment) for segment in order.segments],
            "direction": self.parameters(order.direction, order.model),
            "output": f"{identity}.mp4",
        }

    async def open(self, connection: Connection) -> None:
        """Looks at the command before anything is made for it.

        Raises:
            SettingsError: there is none, or it cannot be run.

        """
        from reperform.engines._command_child import split

        self.connection = connection
        split(self.command)

    async def upload(self, prepared: Prepared, order: JobOrder, progress: Progress) -> dict[str, str]:  # noqa: ARG002
        """Nothing to upload: the media stand on this machine."""
        addresses = {"video": str(prepared.video)}
        return addresses if prepared.audio is None else addresses | {"audio": str(prepared.audio)}

    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        """Keeps the order beside the media, so that a restart finds it. Nothing runs yet."""
        kept = prepared.folder / f"{prepared.attempt_id}.order.json"
        body = self.request(order, video=addresses["video"], audio=addresses.get("audio"), identity=prepared.attempt_id)
        placed = {"rate": body["rate"], "frames": body["frames"], "segments": body["segments"]}
        for name, part in (("order", body), ("segments", placed), ("direction", body["direction"])):
            write_atomically(_beside(kept, name), json.dumps(part, indent=1, ensure_ascii=False).encode())
        return Submitted(remote_id=str(kept))

    async def wait(self, submitted: Submitted, progress: Progress) -> Finished:
        """Runs the command. What an earlier call had finished is not made again.

        Raises:
            JobFailed: it failed, took too long, or wrote no output.
            SettingsError: there is no command.

        """
        import anyio.to_thread

        from reperform.engines._command_child import filled, run, split

        kept = Path(submitted.remote_id)
        made = kept.with_name(kept.name.replace(".order.json", ".result.mp4"))
        if not made.exists():
            output = _new_output(made)
            places = _places(kept, output)
            arguments = filled(split(self.command), places)
            try:
                await run(arguments, seconds=self.seconds, say=_Heard(progress))
                _accept(output)
                await anyio.to_thread.run_sync(_sounding, output, places["audio"])
                output.replace(made)
            finally:
                with suppress(OSError):
                    output.unlink(missing_ok=True)
        return Finished(outputs=(Output(number=0, address=str(made)),), cost_usd=0.0)

    async def fetch(self, output: Output, into: Path) -> None:
        """Moves nothing away: the result is linked to `into`, or copied."""
        import anyio.to_thread

        await anyio.to_thread.run_sync(_copy, Path(output.address), into)


class _Heard:
    """Lines of the command's output become progress: `reperform_progress: 50` says how far it is, others what it does."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._part: float | None = None
        self._last = "performing"

    def __call__(self, line: str) -> None:
        found = _PERCENT.fullmatch(line)
        if found:
            self._part = min(1.0, float(found[1]) / 100)
        else:
            self._last = line
        self._progress(self._last, self._part)


_PERCENT = re.compile(r"reperform_progress:\s*(\d{1,3}(?:\.\d+)?)\s*%?")


def _segment(segment: SegmentOrder) -> dict[str, Any]:
    """Where a cue lies, and where its speaker is, in pixels of what is sent."""
    wire: dict[str, Any] = {"startTime": seconds(segment.start_seconds), "endTime": seconds(segment.end_seconds)}
    if isinstance(segment.direction.speaker, tuple):
        wire["speaker"] = {"frame": segment.first_frame, "point": list(segment.direction.speaker)}
    if any(segment.boxes):
        wire["boxes"] = [list(box) if box else None for box in segment.boxes]
    return wire


def _beside(kept: Path, name: str) -> Path:
    return kept.with_name(kept.name.replace(".order.json", f".{name}.json"))


def _places(kept: Path, output: Path) -> dict[str, Path | None]:
    try:
        order = json.loads(kept.read_bytes())
    except (OSError, ValueError) as error:
        raise JobFailed(_GONE, fix="Run it again.", billed=False) from error
    video, audio = Path(order["video"]), Path(order["audio"]) if order["audio"] else None
    if not video.exists():
        raise JobFailed(_GONE, fix="Run it again.", billed=False)
    paths = {"video": video, "audio": audio, "output": output}
    paths |= {name: _beside(kept, name) for name in ("segments", "direction")}
    return {name: path and path.absolute() for name, path in paths.items()}


def _new_output(made: Path) -> Path:
    """A name that nothing has: a command that outlived an earlier run may still be writing to its own."""
    stem = made.name.removesuffix(".result.mp4")
    for old in made.parent.glob(f"{stem}.making-*.mp4"):
        with suppress(OSError):
            old.unlink()
    return made.with_name(f"{stem}.making-{secrets.token_hex(4)}.mp4")


def _accept(output: Path) -> None:
    if not output.is_file() or output.is_symlink() or output.stat().st_size == 0:
        raise JobFailed(
            "The command ended well, and wrote nothing where it was told to.",
            fix="It has to write its result to the path that stands for {output}.",
            billed=False,
        )


def _sounding(output: Path, audio: Path | None) -> None:
    """Lays the sound that was sent under a silent result: many models return the picture only. Others stay as they are."""
    from reperform.media import ffmpeg
    from reperform.media.probing import probe

    with suppress(ReperformError):
        if audio is None or probe(output).audio:
            return
        pieces = ["-f", "mov", "-i", str(output), "-f", "wav", "-i", str(audio), "-map", "0:v:0", "-map", "1:a:0"]
        with atomic_output(output) as temporary:
            ffmpeg.run([*pieces, "-c:v", "copy", "-c:a", "aac", "-f", "mp4", str(temporary)])


def _copy(result: Path, into: Path) -> None:
    if not result.exists():
        raise JobFailed(_GONE, fix="Run it again.", billed=False)
    with atomic_output(into) as temporary:
        link_or_copy(result, temporary)


_GONE = "What was given to the command is gone: its work files were removed."
_DIRECTED = ("emotion", "region", "temperature", "line", "voice", "speaker", "boxes", "occlusion")
