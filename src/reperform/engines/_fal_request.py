"""What fal is asked for: its model, the queue's options, and the body of the submit."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, Direction
from reperform.engines._hosted import REACT_1_SECONDS, Hosted, wire_sync
from reperform.engines._options import Fields, Option
from reperform.engines.base import Capabilities, JobOrder, Price

__all__ = ["FalRequests"]

_REACT_1 = Capabilities(
    engine="fal",
    model="fal-ai/sync-lipsync/react-1",
    longest_input_seconds=REACT_1_SECONDS,
    emotions=EMOTIONS,
    emotion_required=True,
    regions=REGIONS,
    sync_modes=SYNC_MODES,
    temperature=True,
    price=Price(
        amount=Fraction(10, 60),
        unit="second of output",
        as_of="2026-11",
        source="fal's page of the model (fal.ai/models/fal-ai/sync-lipsync/react-1): 10 USD a minute",
    ),
    environment=("FAL_KEY", "FAL_KEY_ID", "FAL_KEY_SECRET"),
    hosts=("queue.fal.run", "rest.fal.ai", "v3.fal.media", "v3b.fal.media", "api.fal.ai"),
    upload_note="fal keeps uploads and results on its CDN for at least seven days, unless your account says otherwise.",
)


class FalRequests(Hosted):
    """The tables and the request. An emotion is required: `neutral` where none is asked for."""

    name = "fal"
    aliases: ClassVar[Mapping[str, str]] = {"react-1": "fal-ai/sync-lipsync/react-1"}
    table: ClassVar[tuple[Capabilities, ...]] = (_REACT_1,)
    fields: ClassVar[Fields] = Fields(
        engine="fal",
        options=(
            Option(
                name="fal_webhook", kind="address", place="query", secret=True, about="Called when the job is done."
            ),
            Option(name="fal_max_queue_length", kind="whole", least=1, place="query"),
            Option(name="priority", kind="choice", choices=("normal", "low"), place="query"),
            Option(name="X-Fal-Request-Timeout", kind="number", least=0, place="header"),
            Option(name="X-Fal-Queue-Priority", kind="choice", choices=("normal", "low"), place="header"),
            Option(name="X-Fal-Runner-Hint", place="header"),
            Option(name="X-Fal-No-Retry", kind="choice", choices=("1",), place="header"),
            Option(name="X-Fal-Retry-Config", place="header"),
            Option(name="X-Fal-Store-IO", kind="choice", choices=("0",), place="header"),
            Option(name="X-Fal-Object-Lifecycle-Preference", place="header"),
            Option(name="x-app-fal-disable-fallback", kind="choice", choices=("1", "true"), place="header"),
        ),
        words={
            "emotion": "emotion",
            "model_mode": "region",
            "lipsync_mode": "sync",
            "temperature": "temperature",
        },
    )

    def parameters(self, direction: Direction, model: str) -> dict[str, Any]:
        """A cue's fields with the model's defaults filled in; `neutral` where no emotion is asked for."""
        return {
            "emotion": direction.emotion or "neutral",
            "model_mode": direction.region or "face",
            "lipsync_mode": wire_sync(direction, self.capabilities(model)),
            "temperature": 0.5 if direction.temperature is None else direction.temperature,
        }

    def request(self, order: JobOrder, *, video: str, audio: str | None, identity: str) -> dict[str, Any]:  # noqa: ARG002
        """The JSON body. It has no place for `identity`; options of fal's queue go into the query and the headers."""
        fields = self.fields.body(order.options, model=order.model)
        return {"video_url": video, "audio_url": audio} | self.parameters(order.direction, order.model) | fields

    def beside(self, order: JobOrder) -> tuple[dict[str, str], dict[str, str]]:
        """What goes into the submit's query, and into its headers, by their names there."""
        values = self.fields.values(order.options)
        places = {option.name: option.place for option in self.fields.options}
        query = {name: str(value) for name, value in values.items() if places[name] == "query"}
        headers = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in values.items()}
        return query, {name: text for name, text in headers.items() if places[name] == "header"}
