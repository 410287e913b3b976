"""Timelines spoiled: a value here or there that no editor writes, parts that stand in the wrong place, bytes that are gone."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

__all__ = ["spoil_bytes", "spoil_tree", "written"]

NASTY: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2**31,
        2**63,
        -(2**63) - 1,
        10**30,
        0.0,
        -0.0,
        1e-300,
        5e-324,
        1e15,
        1e300,
        -1e300,
        0.1,
    ),
    *(float("nan"), float("inf"), float("-inf"), 0.5, 23.976, 24.0000001, 1e-9, 999.9999, 1000.5, 48000.0, 1001 / 1000),
    *(
        "",
        " ",
        "\0",
        "\u202e",
        "é",
        "🎬" * 3,
        "\ud800",
        "a" * 5000,
        "RP",
        "RP:",
        "RP: angry",
        "RP: nonsense",
        "NaN",
        "-1",
        "1",
    ),
    *(
        "RP: angry; audio: ../../../etc/passwd",
        "RP: angry; audio: /dev/zero",
        "RP: takes: 4; angry",
        "line: hello; voice: x",
    ),
    *(
        "RP: temperature: 1e400",
        "RP: angry, " * 50,
        "audio: A1",
        "RP: angry; audio: A1",
        "RP: angry; audio: voice.wav @ 5-2",
    ),
    *(
        "RP: angry; audio: voice.wav @ 00:00:00:01-99:99:99:99",
        "RP: boxes: /dev/stdin; sad",
        "x: " * 200,
        "%s%n{0}",
        "\r\n\t",
    ),
    *(
        "file:///etc/passwd",
        "http://example.com/a.mov",
        "\\\\host\\share\\a.mov",
        "C:\\a.mov",
        "file://localhost/C%3A/a.mov",
    ),
    *(
        "concat:a|b",
        "data:video/mp4;base64,AAAA",
        "%zz",
        "file:///%00",
        "a" * 300 + ".mov",
        ".",
        "..",
        "/",
        "R24.mov",
        "R24.m3u8",
    ),
    *(
        "Video",
        "Audio",
        "audio stereo",
        "Subtitle",
        "DEFAULT_MEDIA",
        [],
        {},
        [[]],
        {"": {}},
        [None],
        {"OTIO_SCHEMA": "Clip.2"},
    ),
)
SCHEMAS = (
    *(
        "Timeline.1",
        "Stack.1",
        "Track.1",
        "Clip.1",
        "Clip.2",
        "Clip.99",
        "Gap.1",
        "Transition.1",
        "Marker.1",
        "Marker.2",
    ),
    *("Effect.1", "TimeEffect.1", "LinearTimeWarp.1", "FreezeFrame.1", "ExternalReference.1", "MissingReference.1"),
    *("GeneratorReference.1", "ImageSequenceReference.1", "SerializableCollection.1", "RationalTime.1", "TimeRange.1"),
    *("TimeTransform.1", "UnknownSchema.1", "Wonder.7", "Composition.1", "Item.1", "Composable.1", "MediaReference.1"),
    *(
        "SerializableObjectRef.1",
        "Box2d.1",
        "V2d.1",
        "Sequence.1",
        "SchemaDef.1",
        "HookScript.1",
        "",
        "Clip",
        ".1",
        "Clip.x",
    ),
)
METADATA: tuple[Any, ...] = (
    {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0", "Note": "angry", "Keywords": ["RP"], "Link Group ID": 1}},
    {"Resolve_OTIO": {"Link Group ID": [], "Channels": [{"Source Channel ID": -1, "Source Track ID": "x"}], "Keywords": 7}},
    {"Resolve_OTIO": {"Media Url": 7, "Note": ["x"], "Channels": "none", "Sequence Type": "Multicam Clip"}},
    {"Resolve_OTIO": {"Effect Name": "Timewarp", "Keyframes": {"0": {"Value": "x"}}}},
    {"kdenlive": {"type": 3}}, {"fcp_xml": {"comment": [1]}}, {"PremierePro_OTIO": {"LinkID": {}}},
    {"PremierePro_OTIO": {"ChannelType": 3, "SecondaryAssignments": [{"SecondaryChannelIndex": "x"}], "LinkID": "1"}},
    {"lookup": [0.0, float("nan"), "x"], "length": -1}, {"lookup": "x"}, {"lookup": [], "length": 10**18},
    {"reperform": {"version": 1, "take": "x", "shot": 1, "original": []}}, {"reperform": "x"}, {"reperform": {"top_down": 1}},
    {"hiero": {"isFlame": 1}}, {"flame": {}}, {"openpype_metadata": 1}, {"cdl": {"x": [1] * 300}},
)  # fmt: skip


def spoil_tree(cut: Any, random: Random) -> Any:
    """The same tree, a few of its values others."""
    made = copy.deepcopy(cut)
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        random.choice(_WAYS)(made, random)
    return made


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a tree: what holds it, and its key there."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        found += [(holder, key) for key in keys]
        waiting += [holder[key] for key in keys]
    return found


def _place(made: Any, random: Random) -> tuple[Any, Any]:
    places = _places(made)
    return random.choice(places) if places else ([None], 0)


def _replace(made: Any, random: Random) -> None:
    holder, key = _place(made, random)
    holder[key] = copy.deepcopy(random.choice(NASTY))


def _numbers(made: Any, random: Random) -> None:
    """A time or a rate that is none."""
    places = [each for each in _places(made) if isinstance(each[0][each[1]], int | float)]
    if places:
        holder, key = random.choice(places)
        numbers = [each for each in NASTY if isinstance(each, int | float) and not isinstance(each, bool)]
        holder[key] = random.choice((*numbers, float(holder[key]) * random.choice((1e6, -1, 1e-6, 1.0000001))))


def _texts(made: Any, random: Random) -> None:
    places = [each for each in _places(made) if isinstance(each[0][each[1]], str) and each[1] != "OTIO_SCHEMA"]
    if places:
        holder, key = random.choice(places)
        holder[key] = random.choice([each for each in NASTY if isinstance(each, str)])


def _drop(made: Any, random: Random) -> None:
    holder, key = _place(made, random)
    del holder[key]


def _schema(made: Any, random: Random) -> None:
    places = [each for each in _places(made) if each[1] == "OTIO_SCHEMA"]
    if places:
        holder, key = random.choice(places)
        holder[key] = random.choice(SCHEMAS)


def _move(made: Any, random: Random) -> None:
    """A part stands where another stood."""
    source, target = _place(made, random), _place(made, random)
    try:
        target[0][target[1]] = copy.deepcopy(source[0][source[1]])
    except (KeyError, IndexError):
        return


def _repeat(made: Any, random: Random) -> None:
    lists = [each for each in _places(made) if isinstance(each[0][each[1]], list) and each[0][each[1]]]
    if lists:
        holder, key = random.choice(lists)
        holder[key] = [copy.deepcopy(each) for each in holder[key]] * random.choice((2, 3, 20))


def _describe(made: Any, random: Random) -> None:
    """Metadata of some editor, well-formed or not."""
    items = [each[0] for each in _places(made) if each[1] == "OTIO_SCHEMA"]
    if items:
        random.choice(items)["metadata"] = copy.deepcopy(random.choice(METADATA))


def _refer(made: Any, random: Random) -> None:
    """An object that is another one, or itself, or none."""
    items = [each for each in _places(made) if isinstance(each[0][each[1]], dict)]
    if items:
        named = random.choice(items)
        named[0][named[1]]["OTIO_REF_ID"] = "x"
        holder, key = random.choice(items)
        if holder[key] is not made:
            holder[key] = {"OTIO_SCHEMA": "SerializableObjectRef.1", "id": random.choice(("x", "x", "y", 1))}


def _wrap(made: Any, random: Random) -> None:
    """Deeper than before."""
    items = [each for each in _places(made) if isinstance(each[0][each[1]], dict)]
    if items:
        holder, key = random.choice(items)
        for _ in range(random.choice((1, 5, 40))):
            holder[key] = {"OTIO_SCHEMA": random.choice(("Stack.1", "Track.1")), "name": "", "children": [holder[key]]}


def _effect(made: Any, random: Random) -> None:
    """A retime of some kind on something."""
    items = [each[0] for each in _places(made) if each[1] == "OTIO_SCHEMA"]
    if items:
        kind = random.choice(("LinearTimeWarp.1", "FreezeFrame.1", "TimeEffect.1", "Effect.1"))
        scalar = random.choice((0, 1e-320, 1e308, float("nan"), float("inf"), -1e-9, 1 / 3, 0.699999988, "x", None))
        effect = {"OTIO_SCHEMA": kind, "name": "", "effect_name": "", "time_scalar": scalar}
        effect["metadata"] = copy.deepcopy(random.choice(METADATA))
        random.choice(items)["effects"] = [effect] * random.choice((1, 1, 3))


_WAYS = (
    _replace,
    _numbers,
    _numbers,
    _texts,
    _texts,
    _drop,
    _schema,
    _move,
    _repeat,
    _describe,
    _refer,
    _wrap,
    _effect,
)


def written(tree: Any) -> bytes:
    """As JSON; what UTF-8 cannot hold stays an escape."""
    return json.dumps(tree).encode()


def spoil_bytes(content: bytes, random: Random) -> bytes:
    """Bytes changed, cut out, put in twice, or gone from the end."""
    made = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        at = random.randrange(len(made) + 1)
        long = random.choice((1, 1, 2, 8, 100))
        way = random.randrange(7)
        if way == 0 and at < len(made):
            made[at] ^= 1 << random.randrange(8)
        elif way == 1:
            made[at : at + long] = random.randbytes(long)
        elif way == 2:
            del made[at : at + long]
        elif way == 3:
            made[at:at] = made[max(0, at - long) : at] * random.choice((1, 2, 50))
        elif way == 4:
            made[at : at + long] = random.choice(_PIECES)
        elif way == 5:
            del made[at + random.choice((0, 1, 1000)) :]
        else:
            other = random.randrange(len(made) + 1)
            made[at : at + long] = made[other : other + random.choice((1, 20, 500))]
    return bytes(made)


_PIECES = (
    *(
        b"0",
        b"-1",
        b"99999999999999999999",
        b"1e999",
        b"NaN",
        b"",
        b"/0s",
        b"1/0s",
        b"-1001/24000s",
        b'"',
        b"<",
        b"&x;",
        b"]]>",
    ),
    *(
        b"\xff",
        b"\0",
        b"\xed\xa0\x80",
        b"</spine>",
        b"null",
        b"{}",
        b"[]",
        b"true",
        b"00:00:00:00",
        b"99:99:99:99",
        b"\r\n",
        b"\t",
    ),
    *(
        b"TITLE: x\n",
        b"M2 X 000.0 00:00:00:00\n",
        b"FCM: DROP FRAME\n",
        b"24",
        b"0.0000001",
        b"1/48000s",
        b"offset=",
        b"ref=",
    ),
)
