"""Takes into the clips of a timeline: added as takes, the chosen one selected, all of it read back."""

from reperform_menu import bins, marks, sound
from reperform_menu.calls import same_file, whole
from reperform_menu.clips import Clip, clips_of, locked, media_path, why_not_in_place
from reperform_menu.refusals import Refusal
from reperform_menu.selector import Selector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.desk import Desk
    from reperform_menu.protocols import Timeline

IMPORT = "Choose “Reperform - Import Takes Timeline”: it brings them as a timeline of their own."
AGAIN = "Then choose “Reperform - Perform Marked” again: nothing is paid twice."


class Placed:
    """What became of one shot."""

    def __init__(self, shot: "dict[str, Any]") -> None:
        self.shot = shot
        self.clip = "{} at {}".format(shot["clip"], shot["record"]["in"])
        self.added: "list[str]" = []
        self.selected = ""
        self.notes: "list[str]" = []
        self.failed = False

    @property
    def line(self) -> str:
        """For people."""
        added = (
            "{} new take{}".format(len(self.added), "" if len(self.added) == 1 else "s")
            if self.added
            else "no new take"
        )
        seen = ", now plays {}".format(self.selected) if self.selected else ""
        return "{}: {}{}{}".format(self.clip, added, seen, "".join("\n    " + note for note in self.notes))


class Run:
    """The document that `reperform run --json` printed, as it is used here. `earlier`: what is known of takes, by path."""

    def __init__(self, document: "dict[str, Any]", earlier: "dict[str, Any]") -> None:
        self.document = document
        self.by_id = {take["id"]: take for take in document.get("takes", ())}
        self.known = dict(earlier, **self.described())

    def described(self) -> "dict[str, Any]":
        """Its takes by path, with what an editor wants to know of each."""
        found = {}
        for shot in self.document.get("shots", ()):
            for seen in shot["takes"]:
                take = self.by_id[seen["id"]]
                about = {
                    key: take[key]
                    for key in ("id", "number", "preview", "engine", "model", "cost", "checks", "made_at")
                }
                about["directions"] = [cue["marker"] for cue in take["cues"]]
                about.update({"shot": shot["id"], "sound": shot["sound"], "in": seen["in"], "out": seen["out"]})
                found[take["path"]] = about
        return found

    def fit(self, shot: "dict[str, Any]") -> "list[dict[str, Any]]":
        """The takes of the shot that may be put into the cut, each with the frames that are seen."""
        found = [(self.by_id[seen["id"]], seen) for seen in shot["takes"] if seen["in"] is not None]
        return [
            {"id": take["id"], "path": take["path"], "in": seen["in"], "out": seen["out"]}
            for take, seen in found
            if all(check["passed"] for check in take["checks"])
        ]

    def by_path(self, path: str) -> str:
        """The take's id; empty for a file that is none."""
        return next((about["id"] for each, about in self.known.items() if same_file(path, each)), "")

    def is_ours(self, path: str) -> bool:
        """Whether the file is a take."""
        return any(same_file(path, each) for each in self.known)

    def is_performed(self, path: str) -> bool:
        """Whether it is a take of a real engine."""
        return any(same_file(path, each) and not about["preview"] for each, about in self.known.items())


def place_all(desk: "Desk", timeline: "Timeline", run: Run, before: "dict[str, Any]") -> "list[Placed]":
    """Every shot of the run that has takes. `before` is by shot the clip as it was when the cut was read."""
    placed = []
    for shot in run.document.get("shots", ()):
        if not shot["takes"]:
            continue
        one = Placed(shot)
        try:
            _place(desk, timeline, run, one, before.get(shot["id"]))
        except Refusal as refusal:
            one.failed = True
            one.notes.append(refusal.text.replace("\n\n", " "))
        placed.append(one)
    return placed


def found_clip(timeline: "Timeline", shot: "dict[str, Any]", known: "dict[str, Any] | None") -> Clip:
    """The clip of the shot: by its id, else by its place.

    Raises:
        Refusal: it is elsewhere, another, gone, or one whose takes cannot be added in place.

    """
    if shot["clock"] != "media":
        raise Refusal("the clip is retimed, and a take selector cannot hold its take.", IMPORT)
    if len(shot["address"]) != 2:
        raise Refusal("the clip is inside a compound, multicam or nested clip.", IMPORT)
    track = int(shot["track"][1:]) if shot["track"][1:].isdigit() else 0
    start = whole(timeline.GetStartFrame()) + shot["record"]["in_frame"]
    here = clips_of(timeline)
    clip = next((each for each in here if known and known.get("uid") and each.uid == known["uid"]), None)
    if clip is None:
        clip = next((each for each in here if (each.track, each.start) == (track, start)), None)
    if clip is None:
        raise Refusal(
            "the clip is no longer there: it was moved or taken out since.", "Mark it where it is now. " + AGAIN
        )
    if clip.frames != shot["record"]["frames"]:
        raise Refusal(
            "the clip was trimmed since: {} frames instead of {}.".format(clip.frames, shot["record"]["frames"]), AGAIN
        )
    why = why_not_in_place(clip, timeline)
    if why is not None:
        raise Refusal(why[0], IMPORT)
    if locked(timeline, clip):
        raise Refusal("track {} is locked.".format(shot["track"]), "Unlock it. " + AGAIN)
    return clip


def _place(desk: "Desk", timeline: "Timeline", run: Run, placed: Placed, known: "dict[str, Any] | None") -> None:
    takes = run.fit(placed.shot)
    if len(takes) < len(placed.shot["takes"]):
        placed.notes.append("takes that failed a check, or do not cover the clip as it is now, are not put in")
    if not takes:
        return
    clip = found_clip(timeline, placed.shot, known)
    _same_media(clip, run, placed, known)
    if (clip.track, clip.start) != _place_in_cut(timeline, placed.shot):
        placed.notes.append("it was moved meanwhile; its takes went with it")
    selector = Selector(clip)
    shown, status = selector.selected, _status(clip)
    for take in takes:
        if selector.of(take["path"]) is None:
            _add(desk, clip, selector, take, placed)
    _select(desk, timeline, run, placed, clip, shown, status)
    _note_status(clip, run, placed, takes)


def _place_in_cut(timeline: "Timeline", shot: "dict[str, Any]") -> "tuple[int, int]":
    return int(shot["track"][1:]), whole(timeline.GetStartFrame()) + shot["record"]["in_frame"]


def _same_media(clip: Clip, run: Run, placed: Placed, known: "dict[str, Any] | None") -> None:
    """The clip still plays what the take was made of, or a take of ours."""
    paths = [placed.shot["media"]["path"], (known or {}).get("path")]
    if not run.is_ours(clip.path) and not any(same_file(clip.path, path) for path in paths):
        raise Refusal("another clip stands there now, {}.".format(clip.name), "Mark it anew, if it is to be performed.")


def _add(desk: "Desk", clip: Clip, selector: Selector, take: "dict[str, Any]", placed: Placed) -> None:
    count, shown = selector.count, selector.selected
    original = clip.item.GetMediaPoolItem()
    media = bins.brought(desk.pool, take["path"])
    missed = bins.copy_colours(original, media)
    if missed:
        placed.notes.append("set by hand on the take in the bin: {}".format(", ".join(missed)))
    if selector.add(media, take["in"], take["out"]):
        placed.added.append(take["path"])
        return
    _undo(selector, count, shown)
    left = (
        " It has a take selector with only its original in it now, which changes nothing."
        if selector.count > count
        else ""
    )
    raise Refusal(
        "Resolve did not add the take {}.{}".format(take["id"], left),
        "It is in the bin “{}”. {}".format(bins.NAME, IMPORT),
    )


def _undo(selector: Selector, count: int, shown: int) -> None:
    """What a refused call has added all the same goes again; the first of a selector is the original, and stays."""
    selector.item.SelectTakeByIndex(shown or 1)
    for entry in reversed(selector.entries()[max(1, count) :]):
        selector.remove(entry.index)


def _select(
    desk: "Desk", timeline: "Timeline", run: Run, placed: Placed, clip: Clip, shown: int, status: "dict[str, Any]"
) -> None:
    """What is to be seen: as a person chose it, else as the run chose; a preview never takes a performed take's place."""
    selector = Selector(clip)
    entries = selector.entries()
    wanted = _wanted(run, placed, entries, shown, status)
    if wanted is None:
        selector.item.SelectTakeByIndex(shown or 1)
    elif not selector.select(wanted.index):
        _back(selector, shown)
        placed.failed = True
        placed.notes.append(
            "the take is there, and Resolve did not switch to it without changing the clip: it plays what it did"
        )
    now = next((entry for entry in selector.entries() if entry.index == selector.selected), None)
    if now is None:
        return
    ours = run.is_ours(now.path)
    placed.selected = run.by_path(now.path) if ours else "its original"
    if placed.shot["sound"] == "take":
        frames = (now.media, now.start, now.end) if ours else None
        paths = {entry.path: None for entry in entries if run.is_ours(entry.path)}
        wrong = sound.follow(timeline, desk.pool, clip, takes=paths, shown=frames)
        placed.notes += [wrong] if wrong else []


def _wanted(run: Run, placed: Placed, entries: "list[Any]", shown: int, status: "dict[str, Any]") -> "Any":
    """The entry to select; None for what was seen before."""
    chosen = run.document.get("chosen", {}).get(placed.shot["id"])
    seen = next((entry for entry in entries if entry.index == shown), None)
    if seen is not None and status.get("selected") and not same_file(seen.path, status["selected"]):
        placed.notes.append("somebody has chosen another take here since, and it stays")
        return None
    if chosen is None or chosen == "original":
        return next((entry for entry in entries if not run.is_ours(entry.path)), None)
    path = run.by_id[chosen]["path"]
    if seen is not None and run.is_performed(seen.path) and not run.is_performed(path):
        placed.notes.append("a preview does not take the place of a performed take")
        return None
    return next((entry for entry in entries if same_file(entry.path, path)), None)


def _back(selector: Selector, shown: int) -> None:
    selector.item.SelectTakeByIndex(shown or 1)
    clip = selector.clip
    if (whole(clip.item.GetStart()), whole(clip.item.GetEnd())) != (clip.start, clip.end):
        raise Refusal(
            "Resolve has changed the length of the clip.", "Undo it in Resolve (Ctrl-Z), and tell us what the clip is."
        )


def _status(clip: Clip) -> "dict[str, Any]":
    found = marks.ours(clip.item, marks.STATUS)
    return found[0].data if found else {}


def _note_status(clip: Clip, run: Run, placed: Placed, takes: "list[dict[str, Any]]") -> None:
    """A marker that says what there is, and remembers what we have selected. A clip without room for one does without."""
    for old in marks.ours(clip.item, marks.STATUS):
        marks.remove(clip.item, old)
    selected = media_path(clip.item.GetMediaPoolItem())
    custom = marks.data_text(
        marks.STATUS, shot=placed.shot["id"], selected=selected, takes=[take["id"] for take in takes]
    )
    performed = run.is_performed(selected)
    try:
        left = clip.left
        marks.add(
            clip.item,
            marks.free_frame(clip.item, left, left + clip.frames - 1),
            colour="Green" if performed else "Mint",
            name=marks.status_name(len(takes)),
            note="It plays {}. “Reperform - Takes” has them all.".format(placed.selected or "its original"),
            duration=1,
            custom=custom,
        )
    except Refusal as refusal:
        placed.notes.append("no status marker: {}".format(refusal.message))
