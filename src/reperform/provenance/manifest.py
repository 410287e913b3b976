"""A C2PA manifest for a take. It travels with the file, so it holds what was done and who allowed it: no cost, notes or keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reperform import __version__

if TYPE_CHECKING:
    from reperform.provenance.documents import PerformedCue, Provenance

__all__ = ["CONSENT", "ORIGINAL", "PERFORMANCE", "manifest_of"]

ORIGINAL = "original"
"""The label by which the action names its ingredient."""
CONSENT, PERFORMANCE = "org.reperform.consent", "org.reperform.performance"

_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_TRAINED, _SYNTHETIC = "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"
"""What a model made into camera pictures; what the preview drew into them, for which nothing was trained."""


def manifest_of(said: Provenance, *, with_ingredient: bool) -> dict[str, Any]:
    """The definition that c2pa's Builder takes. Without `with_ingredient` the caller adds the original, with its own credentials."""
    definition: dict[str, Any] = {
        "claim_generator_info": [{"name": "reperform", "version": __version__}],
        "title": said.take.file,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": _actions(said)}},
            {"label": CONSENT, "data": {"version": 1, "cues": [_consent(cue) for cue in said.cues]}},
            {"label": PERFORMANCE, "data": _performance(said)},
        ],
    }
    if with_ingredient:
        definition["ingredients"] = [ingredient_of(said)]
    return definition


def ingredient_of(said: Provenance) -> dict[str, Any]:
    """The original, as the take's parent."""
    return {
        "title": said.original.name,
        "relationship": "parentOf",
        "label": ORIGINAL,
        "instance_id": f"reperform:{said.original.identity}",
    }


def _actions(said: Provenance) -> list[dict[str, Any]]:
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [ORIGINAL]}}
    return [opened, *(_edited(cue, said) for cue in said.cues)]


def _edited(cue: PerformedCue, said: Provenance) -> dict[str, Any]:
    performer = cue.results[0]
    start, end = (float(frame / said.take.rate) for frame in (cue.in_frame, cue.in_frame + cue.frames))
    words = f"The performance from {cue.record_in} was changed by {performer.engine}, model {performer.model}."
    return {
        "action": "c2pa.edited",
        "when": performer.kept_at,
        "softwareAgent": {"name": performer.engine, "version": performer.model},
        "digitalSourceType": _SOURCE_TYPE + (_SYNTHETIC if said.take.preview else _TRAINED),
        "description": words,
        "changes": [
            {
                "description": cue.id,
                "region": [{"type": "temporal", "time": {"type": "npt", "start": f"{start:.3f}", "end": f"{end:.3f}"}}],
            }
        ],
    }


def _consent(cue: PerformedCue) -> dict[str, Any]:
    return {"cue": cue.id, "character": cue.character, "consent": cue.consent}


def _performance(said: Provenance) -> dict[str, Any]:
    return {
        "version": 1,
        "take": said.take.id,
        "preview": said.take.preview,
        "original": said.original.model_dump(mode="json", include={"name", "reel", "identity", "start"}),
        "cues": [
            {
                "cue": cue.id,
                "frames": [cue.in_frame, cue.in_frame + cue.frames],
                "source": [cue.source_in, cue.source_out],
                "pictures_sha256": cue.pictures_sha256,
                "models": [f"{each.engine}/{each.model}" for each in cue.results],
                "voice": [each.kind for each in cue.voices],
                "shown": [{"mode": each.mode, "share": f"{each.share:.4f}"} for each in cue.composite],
            }
            for cue in said.cues
        ],
    }
