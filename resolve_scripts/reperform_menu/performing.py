"""Reperform - Perform Marked: the marked dialogue of the timeline, performed, and back in its clips as takes."""

from reperform_menu import asking, exporting, following, jobs, marks, places, session
from reperform_menu.calls import words
from reperform_menu.clips import Clip, clips_of
from reperform_menu.desk import timeline_id
from reperform_menu.refusals import Refusal
from reperform_menu.selector import originals_shown
from reperform_menu.state import kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.desk import Desk
    from reperform_menu.session import Session

ENTRY = "Perform Marked"


def main(given: "dict[str, Any]") -> None:
    """The entry."""
    session.start(ENTRY, given, perform)


def perform(here: "Session") -> None:
    """Go on with a run whose results are not in Resolve yet, else ask for a new one."""
    desk = here.desk()
    place = places.place_of(desk.project_id, words(desk.project.GetName()))
    job = jobs.unfinished(place.folder)
    if job is None:
        place = _place(here, desk, place)
        job = _asked_for(here, desk, place)
    if job is not None:
        following.follow(here, place, job)


def _place(here: "Session", desk: "Desk", place: places.Place) -> places.Place:
    """Where takes go, asked once for each project."""
    if places.is_remembered(desk.project_id):
        return places.remember(desk.project_id, place.folder)
    text = "Takes, and what was paid for, are kept in one folder for the project “{}”. Choose one that lasts, with room for media."
    field = {"key": "folder", "label": "Folder", "kind": "text", "value": place.folder, "required": True}
    buttons = [{"key": "go", "label": "Keep them here"}, {"key": "cancel", "label": "Cancel"}]
    pressed, values = here.ask(text.format(words(desk.project.GetName())), [field], buttons)
    if pressed != "go":
        raise Refusal("Nothing was done.")
    return places.remember(desk.project_id, values["folder"])


def _asked_for(here: "Session", desk: "Desk", place: places.Place) -> "jobs.Job | None":
    """A run that a person has agreed to, started; None where they have not."""
    timeline = desk.timeline
    name = words(timeline.GetName())
    job = jobs.new(
        place.folder, timeline=timeline_id(timeline), name=name, project=desk.project_id, out=place.out(name)
    )
    with kept(desk, here.log.note):
        clips = clips_of(timeline)
        with originals_shown([clip for clip in clips if marks.ours(clip.item)], place.takes()):
            path = exporting.export(here.host, timeline, job.path("cut.otio"))
            seen = [_as_seen(clip) for clip in clips_of(timeline)]
    agreed = asking.agreed(here, place, path)
    if agreed is None:
        job.note(state=jobs.STOPPED)
        return None
    job.note(clips=asking.by_shot(agreed.plan, seen), engine=agreed.choice)
    words_of_run = [
        *here.command,
        "run",
        path,
        "-o",
        job.data["out"],
        "--json",
        "--progress",
        job.path("progress.jsonl"),
    ]
    job.start([*words_of_run, "--project", place.ledger, "--for", "resolve", *agreed.words])
    return job


def _as_seen(clip: Clip) -> "dict[str, Any]":
    return {
        "uid": clip.uid,
        "track": clip.track,
        "start": clip.start,
        "end": clip.end,
        "path": clip.path,
        "name": clip.name,
    }
