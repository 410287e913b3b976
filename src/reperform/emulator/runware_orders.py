"""From a Runware task to what is to be made."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from reperform.emulator import data_urls, media
from reperform.emulator.runware_words import error, trouble_said
from reperform.emulator.sounding import Part, Voice
from reperform.emulator.works import Trouble, trouble_with
from reperform.emulator.world import World, inaccessible

__all__ = ["order", "priced"]

Task = dict[str, Any]


def order(world: World, task: Task) -> media.Order | Trouble:
    """What the service would fetch and make, or what it has against it."""
    video = _path(world, task["inputs"]["video"])
    if video is None:
        return inaccessible("video")
    try:
        made = _sync_3(world, task, video) if task["model"] == "sync:3@0" else _react_1(world, task, video)
    except LookupError:
        return inaccessible("audio")
    return trouble_with(made, world.conduct.longest("runware", task["model"])) or made


def _react_1(world: World, task: Task, video: Path) -> media.Order:
    inputs, settings = task["inputs"], task.get("providerSettings", {}).get("sync", {})
    if "speech" in inputs:
        voice = Voice(line=inputs["speech"][0]["text"])
    else:
        given = inputs.get("audio", inputs.get("audios"))
        voice = _voice(world, given if isinstance(given, str) else given[0]["source"])
    label = " · ".join(filter(None, [settings.get("emotionPrompt"), settings.get("editRegion", "face")]))
    mode = settings.get("syncMode", "bounce")
    return world.order(video, "react-1", label=label, voice=voice, mode=mode, ending=_ending(task))


def _sync_3(world: World, task: Task, video: Path) -> media.Order:
    settings = task.get("settings", {})
    parts = tuple(_part(world, segment) for segment in settings.get("segments", ()))
    voice = None
    if "speech" in task:
        voice = Voice(line=task["speech"]["text"])
    elif not parts:
        voice = _voice(world, task["inputs"]["audio"])
    label = " · ".join(filter(None, [settings.get("emotion"), settings.get("mode")]))
    mode = settings.get("syncMode", "cut_off")
    return world.order(video, "sync-3", label=label, voice=voice, parts=parts, mode=mode, ending=_ending(task))


def _part(world: World, segment: Task) -> Part:
    path = _voice(world, segment["audio"]).path
    end = segment.get("audioEndTime")
    voice = Voice(path=path, start=_exact(segment.get("audioStartTime", 0)), end=None if end is None else _exact(end))
    return Part(start=_exact(segment["startTime"]), end=_exact(segment["endTime"]), voice=voice)


def _voice(world: World, given: str) -> Voice:
    path = _path(world, given)
    if path is None:
        raise LookupError(given)
    return Voice(path=path)


def _path(world: World, given: str) -> Path | None:
    """An address, the number of stored media, a data URI, or bare base64."""
    stored = world.store.by_asset(given)
    if stored is not None:
        return None if stored.gone else stored.path
    path = world.fetched(given)
    if path is not None or given.startswith("http"):
        return path
    read = data_urls.decoded(given, bare=True)
    return data_urls.keep(world, "runware", *read).path if read else None


def _ending(task: Task) -> str:
    return str(task.get("outputFormat", "MP4")).lower()


def priced(world: World, task: Task) -> tuple[list[Task], list[Task], int]:
    """A dry run: checked and priced, not run. Its shape is not documented."""
    found = order(world, task)
    if isinstance(found, Trouble):
        code, message = trouble_said(found)
        return [], [error(code, message, "inputs", task)], 400
    sound = media.sound_seconds(found)
    seconds = sound if task["model"] == "sync:react-1@1" else max(sound, media.facts(found.video).seconds)
    price = Fraction(str(world.conduct.price("runware", task["model"])))
    cost = round(float(price * seconds * task.get("numberResults", 1)), 6)
    said = {"taskType": task["taskType"], "taskUUID": task["taskUUID"], "dryRun": True, "cost": cost}
    return [said], [], 200


def _exact(seconds: float) -> Fraction:
    return Fraction(str(seconds))
