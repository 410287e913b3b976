"""A studio's own model: a command that is run on this machine. It is paid for by no one, and takes what it is given."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, Direction
from reperform.engines._hosted import Hosted, seconds, wire_sync
from reperform.engines._options import Fields
from reperform.engines.base import Capabilities, JobOrder, Price

__all__ = ["CommandEngine"]


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
    """A command with `{video} {audio} {segments} {direction} {output}` in it. Any model name is one of its models."""

    name = "command"
    any_model: ClassVar[bool] = True
    """A model is only a label here: it tells two commands' takes apart."""
    table: ClassVar[tuple[Capabilities, ...]] = (_capabilities("command"),)
    fields: ClassVar[Fields] = Fields(engine="command")

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
            "segments": [
                {"startTime": seconds(segment.start_seconds), "endTime": seconds(segment.end_seconds)}
                for segment in order.segments
            ],
            "direction": self.parameters(order.direction, order.model),
            "output": f"{identity}.mp4",
        }


_DIRECTED = ("emotion", "region", "temperature", "line", "voice", "speaker", "boxes", "occlusion")
