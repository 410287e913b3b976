"""A run that goes on: watched, cancelled, left to itself, and at its end its takes put into the timeline."""

import time

from reperform_menu import child, jobs
from reperform_menu.calls import words
from reperform_menu.placing import Placed, Run, place_all
from reperform_menu.refusals import Refusal
from reperform_menu.state import kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.desk import Desk
    from reperform_menu.places import Place
    from reperform_menu.session import Session

BUTTONS = [{"key": "cancel", "label": "Cancel the run"}, {"key": "close", "label": "Leave it running"}]
SPLIT = "Choose “Reperform - Perform Marked” again to see how far it is, and to have its takes put in."


def follow(here: "Session", place: "Place", job: jobs.Job) -> None:
    """Watch the run; at its end put the takes in. Where the person leaves it running, it is found again."""
    watched = Watched(job)
    pressed = here.panel.watch(here.title, watched.tick, BUTTONS, seconds=0.4)
    if job.runs and pressed == "close":
        return _left(here, job)
    if pressed == "cancel" and not _is_over(job):
        job.note(state=jobs.STOPPED)
        here.say("Stopped. What was finished and paid is kept; the next “Perform Marked” goes on from there.")
        return None
    return _finish(here, place, job)


def _left(here: "Session", job: jobs.Job) -> None:
    """Close the window: the run may go on, or not."""
    buttons = [{"key": "keep", "label": "Keep it running"}, {"key": "stop", "label": "Stop it"}]
    pressed, _ = here.ask("The run goes on without this window. {}".format(SPLIT), [], buttons)
    if pressed == "stop":
        job.attached().end()
        job.note(state=jobs.STOPPED)


class Watched:
    """A run in the panel. Cancelling asks it to stop by itself, and kills it only when it does not."""

    def __init__(self, job: jobs.Job) -> None:
        self.job = job
        self.until: "float | None" = None

    def tick(self, pressed: "str | None") -> "dict[str, Any]":
        """What is to be seen now; done where it ended, or where it is left to itself."""
        runs = self.job.runs
        if pressed == "cancel" and self.until is None:
            self.job.attached().stop()
            self.until = time.monotonic() + child.GRACE
        if self.until is not None and time.monotonic() > self.until:
            self.job.attached().kill()
        seen = _seen(self.job)
        if self.until is not None:
            seen["lines"] = ["Stopping; what is finished is kept …"]
        return dict(seen, done=not runs or (pressed == "close" and self.until is None))


def _seen(job: jobs.Job) -> "dict[str, Any]":
    """What the panel shows of the run."""
    events = job.events()
    shots = {shot["id"]: "{} {}".format(shot["track"], shot["clip"]) for event in events for shot in event_shots(event)}
    steps = {event["shot"]: event for event in events if event["kind"] == "shot"}
    rows = [[shots.get(one, one), _step(step)] for one, step in steps.items()]
    last = events[-1] if events else {}
    count = "{} of {} done".format(last.get("done", 0), last.get("shots", len(shots))) if steps else "starting"
    failed = ", {} failed".format(last["failed"]) if last.get("failed") else ""
    return {
        "lines": [count + failed],
        "fraction": last.get("fraction"),
        "rows": {"columns": ["Shot", "State"], "rows": rows},
    }


def event_shots(event: "dict[str, Any]") -> "list[dict[str, Any]]":
    """The shots that the first line names."""
    return list(event["shots"]) if event["kind"] == "begin" else []


def _step(step: "dict[str, Any]") -> str:
    said = "{}: {}".format(step["words"], step["detail"]) if step["state"] in ("failed", "elsewhere") else step["words"]
    return "{} {:.0f} %".format(said, step["reached"] * 100) if 0 < step["reached"] < 1 else str(said)


def _is_over(job: jobs.Job) -> bool:
    return bool(job.result().get("shots"))


def _finish(here: "Session", place: "Place", job: jobs.Job) -> None:
    """What came out, put in and said. A run that left no document has failed."""
    document = job.result()
    if not document or document.get("error"):
        job.note(state=jobs.FAILED)
        what = document.get("message") or job.complaint() or "it ended without a word"
        raise Refusal(
            "The run failed: {}".format(what), document.get("fix") or "Choose this again: it goes on from where it is."
        )
    run = Run(document, place.takes())
    place.note_takes(run.described())
    desk = here.desk()
    placed = _placed(here, desk, job, run)
    job.note(state=jobs.PLACED)
    here.say(_report(document, placed))


def _placed(here: "Session", desk: "Desk", job: jobs.Job, run: Run) -> "list[Placed]":
    if desk.project_id != job.data["project"]:
        raise Refusal(
            "The run is done, and another project is open now.",
            "Open the project of “{}”, and choose this again: its takes are put in then.".format(job.data["name"]),
        )
    timeline = desk.timeline_of(job.data["timeline"])
    if timeline is None:
        job.note(state=jobs.FAILED)
        raise Refusal(
            "The timeline “{}” is gone.".format(job.data["name"]),
            "The takes are kept; “Reperform - Import Takes Timeline” brings them.",
        )
    with kept(desk, here.log.note, moves=True):
        if not desk.show(timeline):
            raise Refusal(
                "Resolve does not open the timeline “{}”.".format(words(timeline.GetName())),
                "Open it, and choose this again.",
            )
        return place_all(desk, timeline, run, job.data.get("clips") or {})


def _report(document: "dict[str, Any]", placed: "list[Placed]") -> str:
    lines = [one.line for one in placed] or ["No shot has a take."]
    problems = [each for each in document["problems"] if each["severity"] == "error"]
    lines += ["{}: {} {}".format(_where(each), each["message"], each["fix"] or "") for each in problems]
    cost = document["cost"]
    if cost["amount"] or not cost["known"]:
        lines.append("Paid: {:.2f} USD{}.".format(cost["amount"], "" if cost["known"] else ", and what is unknown"))
    lines.append("“Reperform - Takes” lists the takes of the clip under the playhead.")
    return "\n".join(lines)


def _where(problem: "dict[str, Any]") -> str:
    return (
        " ".join(filter(None, (problem["where"].get(key) for key in ("track", "clip", "timecode"))))
        or problem["severity"]
    )
