"""The engines that may perform, as the panel offers them."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FREE = "preview"


def choices(document: "dict[str, Any]") -> "list[tuple[str, str, str]]":
    """Value, label, and why it cannot be chosen, of what `reperform engines --json` prints; the preview first."""
    found = [_choice(engine, model) for engine in document.get("engines", ()) for model in engine["models"]]
    found += [(each["name"], each["name"], each["why"]) for each in document.get("engines", ()) if each["why"]]
    return sorted(found, key=lambda each: (not each[0].startswith(FREE), bool(each[2])))


def words_of(choice: str) -> "list[str]":
    """The options of the command that mean this choice."""
    engine, _, model = choice.partition("/")
    return ["--engine", engine] + (["--model", model] if model and model != engine else [])


def _choice(engine: "dict[str, Any]", model: "dict[str, Any]") -> "tuple[str, str, str]":
    name = engine["name"] if model["name"] == engine["name"] else "{} {}".format(engine["name"], model["name"])
    why = ""
    if engine["key"] is False:
        why = "no key here: `reperform engines login {}` keeps one".format(engine["name"])
    return "{}/{}".format(engine["name"], model["name"]), "{}: {}".format(name, model["price"]), why
