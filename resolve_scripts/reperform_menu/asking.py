"""What would be performed and what it costs, shown; nothing is paid that was not seen and agreed to here."""

from reperform_menu import calling, engines, marks
from reperform_menu.refusals import Refusal
from reperform_menu.timecodes import Clock, rate_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.places import Place
    from reperform_menu.session import Session

SHOWN = 12
"""Problems that are shown; the rest are counted."""


class Agreed:
    """What a person has agreed to: the plan, the engine, and the command's options for it."""

    def __init__(self, plan: "dict[str, Any]", choice: str, words: "list[str]") -> None:
        self.plan = plan
        self.choice = choice
        self.words = words


def agreed(here: "Session", place: "Place", path: str) -> "Agreed | None":
    """Ask, with the plan in sight, until it is agreed to or not (None). Another engine makes another plan."""
    offered = engines.choices(calling.called(here, "engines", "--json", about="Looking for the engines …"))
    choice = _usual(offered, place.settings().get("engine"))
    while True:
        plan = _plan(here, place, path, choice)
        pressed, values = here.ask(_summary(plan), _fields(plan, offered, choice), _buttons(plan))
        if pressed not in ("perform", "again"):
            return None
        if pressed == "perform" and values["engine"] == choice:
            place.remember(engine=choice)
            return Agreed(plan, choice, [*engines.words_of(choice), *_paying(plan, values)])
        choice = values["engine"]


def by_shot(plan: "dict[str, Any]", seen: "list[dict[str, Any]]") -> "dict[str, Any]":
    """The clips as they were when the cut was read, by shot of the plan."""
    clock = Clock(rate_of_plan(plan), plan["timeline"]["drop_frame"])
    start = clock.frame(plan["timeline"]["start"]) or 0
    found = {}
    for shot in plan["shots"]:
        at = (shot["track"], start + shot["record"]["in_frame"])
        here = next((each for each in seen if ("V{}".format(each["track"]), each["start"]) == at), None)
        if here is not None:
            found[shot["id"]] = here
    return found


def rate_of_plan(plan: "dict[str, Any]") -> "Any":
    """A Fraction, of text as 24000/1001."""
    first, _, second = plan["timeline"]["rate"].partition("/")
    return rate_of(first) / int(second or 1)


def _plan(here: "Session", place: "Place", path: str, choice: str) -> "dict[str, Any]":
    about = "Reading the timeline, and planning it for {} …".format(choice.split("/")[0])
    plan = calling.called(
        here, "plan", path, "--json", "--project", place.ledger, *engines.words_of(choice), about=about
    )
    if not plan["shots"] and not _problems(plan, "error"):
        raise Refusal(
            "No clip of this timeline is marked.{}".format(_ignored(plan)),
            "Mark dialogue with “Reperform - Mark Dialogue”, or set a marker named RP with a direction as its note.",
        )
    return plan


def _usual(offered: "list[tuple[str, str, str]]", last: "Any") -> str:
    free = [value for value, _, why in offered if not why]
    return str(last) if last in free else free[0] if free else engines.FREE


def _fields(plan: "dict[str, Any]", offered: "list[tuple[str, str, str]]", choice: str) -> "list[dict[str, Any]]":
    rows = [_row(shot) for shot in plan["shots"]]
    columns = ["Where", "Clip", "Direction", "Voice", "Cost"]
    fields: "list[dict[str, Any]]" = [
        {"key": "shots", "label": "Shots", "kind": "rows", "columns": columns, "rows": rows, "chosen": None},
        {"key": "engine", "label": "Engine", "kind": "choice", "value": choice, "choices": offered},
    ]
    said = [_said(problem) for problem in (*_problems(plan, "error"), *_problems(plan, "warning"))]
    if len(said) > SHOWN:
        said[SHOWN:] = ["and {} more".format(len(said) - SHOWN)]
    if said:
        fields.append({"key": "problems", "label": "\n".join(said), "kind": "note"})
    amount = plan["totals"]["cost"]["amount"]
    if amount:
        ceiling = round(amount * 1.05 + 0.01, 2)
        fields.append(
            {
                "key": "ceiling",
                "label": "Stop at (US dollars)",
                "kind": "number",
                "value": ceiling,
                "minimum": 0.01,
                "step": 0.01,
            }
        )
    return fields


def _buttons(plan: "dict[str, Any]") -> "list[dict[str, Any]]":
    can = any(shot["jobs"] or any(cue["paid"] for cue in shot["cues"]) for shot in plan["shots"])
    amount = plan["totals"]["cost"]["amount"]
    label = "Perform" if amount == 0 else "Perform and pay {}".format(_money(amount))
    why = "" if can else "every shot has a problem that stops it"
    pays = {"pays": True} if amount != 0 else {}
    return [
        dict({"key": "perform", "label": label, "why_disabled": why}, **pays),
        {"key": "again", "label": "Plan again for the chosen engine"},
        {"key": "cancel", "label": "Cancel"},
    ]


def _paying(plan: "dict[str, Any]", values: "dict[str, Any]") -> "list[str]":
    """What was seen is agreed to, and not a cent more; where no price is published, that was said."""
    amount = plan["totals"]["cost"]["amount"]
    if amount is None:
        return ["--yes", "--allow-unknown-cost"]
    return ["--yes", "--max-cost", "{:.2f}".format(float(values.get("ceiling") or 0) if amount else 0)]


def _summary(plan: "dict[str, Any]") -> str:
    totals = plan["totals"]
    shots, cues = totals["shots"], totals["cues"]
    text = "{} shot{}, {} cue{}, {:.1f} seconds marked, {:.1f} seconds to send. Cost: {}.".format(
        shots, "" if shots == 1 else "s", cues, "" if cues == 1 else "s",
        totals["seconds_marked"], totals["seconds_sent"], _money(totals["cost"]["amount"]),
    )  # fmt: skip
    return text + _ignored(plan)


def _ignored(plan: "dict[str, Any]") -> str:
    """Markers of the person's own that are no marks; what we set ourselves is no news."""
    found = [each for each in plan["ignored_markers"] if marks.status_name(0)[:-1] not in each["text"]]
    return " {} other marker{} left alone.".format(len(found), " is" if len(found) == 1 else "s are") if found else ""


def _row(shot: "dict[str, Any]") -> "list[str]":
    asked = [cue["marker"].replace("\n", ", ") for cue in shot["cues"]]
    voices = [voice["line"] or voice["label"] or voice["kind"] for cue in shot["cues"] for voice in cue["voices"]]
    amounts = [job["cost"]["amount"] for job in shot["jobs"]]
    cost = _money(None if None in amounts else sum(amounts)) if amounts else "paid already" if shot["cues"] else ""
    return [
        "{} {}".format(shot["track"], shot["record"]["in"]),
        shot["clip"],
        "; ".join(asked),
        "; ".join(voices),
        cost,
    ]


def _problems(plan: "dict[str, Any]", severity: str) -> "list[dict[str, Any]]":
    return [problem for problem in plan["problems"] if problem["severity"] == severity]


def _said(problem: "dict[str, Any]") -> str:
    where = " ".join(filter(None, (problem["where"].get(key) for key in ("track", "clip", "timecode"))))
    return "{}: {}{} {}".format(
        problem["severity"], "{}: ".format(where) if where else "", problem["message"], problem["fix"] or ""
    ).strip()


def _money(amount: "Any") -> str:
    if amount is None:
        return "an unknown price"
    return "{:.2f} USD".format(amount) if amount else "nothing"
