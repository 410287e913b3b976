"""From a body that Sync took to what is to be made; and what it refuses at once, beyond the tables."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from reperform.emulator import fields, media, sync_bodies
from reperform.emulator.sounding import Part, Voice
from reperform.emulator.sync_words import bad, refuse, trouble_said
from reperform.emulator.works import Trouble, trouble_with
from reperform.emulator.world import World

__all__ = ["frames", "order", "refused"]

_LONGEST_SOUND = 300
_RASTER = (480, 2160)
_VISUAL, _VOICED = ("video", "image"), ("audio", "text")


def refused(world: World, body: Any) -> Response | None:
    """What the service answers to a body that it does not take. None where it does."""
    findings = fields.check(body, sync_bodies.GENERATE)
    problems = sync_bodies.messages(findings) or _unruly(body)
    if problems:
        return bad(problems)
    if body.get("projectId", "").startswith("foreign"):
        return refuse(422, "project_not_found", "Project not found")
    missing = _unknown_asset(world, body)
    if missing is not None:
        return missing
    if world.conduct.refuse_long == "submit":
        found = order(world, body)
        if isinstance(found, Trouble) and found.kind.endswith("_too_long"):
            code, message = trouble_said(found)
            return refuse(400, code, message)
    return None


def _unruly(body: dict[str, Any]) -> list[str]:
    inputs, segments = body["input"], body.get("segments") or []
    problems = [text for item in inputs for text in _item_problems(item, body["model"])]
    visual = [item for item in inputs if item["type"] in _VISUAL]
    voices = [item for item in inputs if item["type"] in _VOICED]
    if len(visual) != 1:
        problems.append("input must contain exactly one video or image")
    if not segments and "dubParams" not in body and len(voices) != 1:
        problems.append("input must contain exactly one audio or text")
    problems += _segment_problems(body["model"], segments, voices)
    hook = urlsplit(body.get("webhookUrl", "https://"))
    if hook.scheme != "https" and hook.hostname not in ("127.0.0.1", "localhost"):
        problems.append("webhookUrl must be an HTTPS URL")
    detection = body.get("options", {}).get("active_speaker_detection", {})
    if detection.get("auto_detect") and visual and visual[0]["type"] == "image":
        problems.append("options.active_speaker_detection.auto_detect is not supported with an image")
    return problems


def _item_problems(item: dict[str, Any], model: str) -> list[str]:
    kind = item["type"]
    if kind == "text":
        return [] if "provider" in item else ["input.provider should not be empty"]
    problems = []
    if ("url" in item) == ("assetId" in item):
        problems.append(f"input of type {kind} must have either url or assetId")
    if "url" in item and urlsplit(item["url"]).scheme not in ("http", "https"):
        problems.append("input.url must be a URL address")
    if kind == "image" and model != "sync-3":
        problems.append(f"input of type image is not supported by {model}")
    return problems


def _segment_problems(model: str, segments: list[dict[str, Any]], voices: list[dict[str, Any]]) -> list[str]:
    if not segments:
        return []
    if model == "react-1":
        return ["segments are not supported by react-1"]
    names = [voice.get("refId") for voice in voices]
    problems = []
    if None in names or len(set(names)) != len(names):
        problems.append("with segments every audio or text input needs a unique refId")
    for number, segment in enumerate(segments):
        if segment["endTime"] < segment["startTime"]:
            problems.append(f"segments.{number}.endTime must not be less than startTime")
        if segment["audioInput"]["refId"] not in names:
            problems.append(f"segments.{number}.audioInput.refId names no input")
        if ("startTime" in segment["audioInput"]) != ("endTime" in segment["audioInput"]):
            problems.append(f"segments.{number}.audioInput needs startTime and endTime together")
    spans = sorted((segment["startTime"], segment["endTime"]) for segment in segments)
    if any(after[0] < before[1] for before, after in pairwise(spans)):
        problems.append("segments must not overlap")
    return problems


def _unknown_asset(world: World, body: dict[str, Any]) -> Response | None:
    for item in body["input"]:
        if "assetId" in item and world.store.by_asset(item["assetId"]) is None:
            return refuse(404, "asset_not_found", f"Asset {item['assetId']} not found")
    return None


def order(world: World, body: dict[str, Any]) -> media.Order | Trouble:
    """What the service would fetch and make, or what it has against it."""
    visual = next((item for item in body["input"] if item["type"] in _VISUAL), None)
    if visual is None:
        return Trouble("video_invalid")
    picture = _path(world, visual)
    if picture is None:
        return Trouble(f"{visual['type']}_inaccessible")
    voices: dict[str | None, Voice] = {}
    for item in body["input"]:
        if item["type"] in _VOICED:
            voice = _voice(world, item)
            if voice is None:
                return Trouble("audio_inaccessible")
            voices[item.get("refId")] = voice
    made = _ordered(world, body, picture, voices)
    longest = world.conduct.longest("sync", body["model"])
    raster = _RASTER if world.conduct.enforce_raster else None
    trouble = trouble_with(made, longest, raster=raster)
    if trouble is None and made.voice and made.voice.path and media.sound_seconds(made) > _LONGEST_SOUND:
        return Trouble("sound_too_long")
    return trouble or made


def _ordered(world: World, body: dict[str, Any], picture: Path, voices: dict[str | None, Voice]) -> media.Order:
    options = body.get("options") or {}
    react = body["model"] == "react-1"
    asked = [options.get("prompt") if react else None, options.get("model_mode", "face") if react else None]
    parts = tuple(_part(segment, voices) for segment in body.get("segments") or ())
    return world.order(
        picture,
        body["model"],
        label=" · ".join(filter(None, asked)),
        voice=None if parts else next(iter(voices.values()), None),
        parts=parts,
        mode=options.get("sync_mode", "bounce"),
    )


def _part(segment: dict[str, Any], voices: dict[str | None, Voice]) -> Part:
    named = segment["audioInput"]
    voice = voices[named["refId"]]
    if "startTime" in named:
        voice = Voice(path=voice.path, line=voice.line, start=_exact(named["startTime"]), end=_exact(named["endTime"]))
    return Part(start=_exact(segment["startTime"]), end=_exact(segment["endTime"]), voice=voice)


def _voice(world: World, item: dict[str, Any]) -> Voice | None:
    if item["type"] == "text":
        return Voice(line=item["provider"]["script"])
    path = _path(world, item)
    return Voice(path=path) if path else None


def _path(world: World, item: dict[str, Any]) -> Path | None:
    if "assetId" in item:
        stored = world.store.by_asset(item["assetId"])
        return stored.path if stored and stored.complete else None
    return world.fetched(item.get("url"))


def frames(order: media.Order) -> int:
    """How many the result would have."""
    picture = media.facts(order.video)
    if order.parts or order.voice is None:
        return picture.frames
    rate = picture.rate if picture.kind == "movie" else Fraction(25)
    sound = round(media.sound_seconds(order) * rate)
    if picture.kind == "still":
        return sound
    return media.length(order.mode, picture=picture.frames, sound=sound, audio_bounces=order.audio_bounces)


def _exact(seconds: float) -> Fraction:
    return Fraction(str(seconds))
