"""What editors do to a cut, and what must come of it: every frame of every take is read off its picture."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import opentimelineio as otio
import pytest

import burned
from real.real_kit import QUICK, failed, film, play_by_files, said, take_of, without_our_words
from reperform.media.probing import probe
from whole import cut_kit as cut
from whole.command_kit import call, ledger_rows, run
from whole.cut_kit import RATES, Rushes
from whole.test_whole_frames import labelled

R24, R25, R50 = Fraction(24), Fraction(25), Fraction(50)
ANGRY = [("RP: angry", 30, 8)]


def by_name(cases: Mapping[str, tuple[Any, ...]], *, slow: Sequence[str] = ()) -> list[Any]:
    """The cases as parameters, called as they are; those in `slow` run on demand."""
    return [
        pytest.param(*values, id=name, marks=[pytest.mark.slow] if name in slow else [])
        for name, values in cases.items()
    ]


def cut_of(folder: Path, *items: Any, name: str = "cut", rate: Fraction = R25, start: int = 0) -> Path:
    return cut.save(cut.timeline(cut.track(*items), rate=rate, start=start), folder / f"{name}.otio")


def perform(path: Path, *options: str | Path, status: int = 0) -> dict[str, Any]:
    """Runs the cut; every take has passed its checks and shows the frames that it says."""
    document = run(path, path.with_name(f"{path.stem}_out.otio"), *QUICK, *options, status=status)
    assert failed(document) == []
    for number, _ in enumerate(document["takes"]):
        file, first, frames = take_of(document, number)
        shown = cut.numbers(file)
        assert None not in shown
        assert [one - shown[0] for one in shown if one is not None and shown[0] is not None] == list(range(frames))
        assert (shown[0] or 0) % 1000 == first
    return document


NAMES = {
    "spaces and percent, bare": ("my take 1 %20 50%.mov", "bare"),
    "spaces and percent, as a URL": ("my take 1 %20 50%.mov", "URL"),
    "umlauts, relative": ("Größe Übung.mov", "relative"),
    "Chinese, as a URL": ("测试 片段.mov", "URL"),
    "what URLs are made of, relative": ("it's & #1?;=+.mov", "relative"),
    "very long, bare": ("n" * 200 + ".mov", "bare"),
}


@pytest.mark.parametrize(("name", "form"), by_name(NAMES, slow=("spaces and percent, as a URL", "very long, bare")))
def test_media_of_any_name_is_found_and_its_take_again(tmp_path: Path, name: str, form: str) -> None:
    one = film(tmp_path, name, frames=24)
    address = {"bare": str(one.path), "relative": name, "URL": one.path.as_uri()}[form]
    path = cut_of(tmp_path, cut.clip(one, 6, 12, marks=[("RP: angry", 9, 4)], url=address, name=name[:-4]))
    perform(path)
    played = cut.play(tmp_path / "cut_out.otio", rate=R25, frames=12)
    assert [shown and shown.number for shown in played] == list(range(6, 18))


@pytest.mark.parametrize(("form", "moved"), [("NFC", False), ("NFD", True)], ids=["in its place", "under a media root"])
def test_letters_that_two_systems_compose_differently_are_the_same_name(tmp_path: Path, form: str, moved: bool) -> None:
    """A Mac may write ü in two characters, and the disk that it was copied to in one, or the other way round."""
    other = "NFD" if form == "NFC" else "NFC"
    one = film(tmp_path, unicodedata.normalize(form, "Größe.mov"), frames=24)  # type: ignore[arg-type]  # two of its forms
    name = unicodedata.normalize(other, "größe.MOV" if moved else "Größe.mov")  # type: ignore[arg-type]  # as above
    path = cut_of(tmp_path, cut.clip(one, 6, 12, marks=[("RP: angry", 9, 4)], url=f"/other/{name}" if moved else name))
    perform(path, *(("--media-root", tmp_path) if moved else ()))


def test_one_clip_used_twice_is_paid_once_and_each_use_shows_what_its_own_mark_asks_for(tmp_path: Path) -> None:
    """The newest take of the media is not the one to show where it was made for another use of it."""
    one = film(tmp_path)
    uses = [ANGRY, ANGRY, [("RP: sad", 30, 8)]]
    path = cut_of(tmp_path, *(cut.clip(one, 20, 30, marks=marks) for marks in uses))
    document = perform(path)
    emotions = {take["id"]: take["cues"][0]["direction"]["emotion"] for take in document["takes"]}
    assert [emotions[document["chosen"][shot]] for shot in sorted(document["chosen"])] == ["angry", "angry", "sad"]
    assert ledger_rows(next(tmp_path.glob("*.reperform"))) == {"cues": 2, "attempts": 2, "results": 2, "takes": 2}
    again = perform(path)
    assert (again["made"], again["changed"], again["chosen"]) == ([], False, document["chosen"])
    first = min(document["chosen"])
    assert call("select", tmp_path / "cut_out.otio", first, "original").status == 0
    chosen = perform(path)["chosen"]
    assert chosen == {**document["chosen"], first: "original"}


def test_two_cameras_with_files_of_one_name_keep_their_takes_apart(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    films = [film(folder, "C0001.mov", first=1000 * number, frames=40) for number, folder in enumerate(folders)]
    clips = [
        cut.clip(one, 10, 20, marks=[("RP: angry", 14, 4)], url=f"{one.path.parent.name}/C0001.mov") for one in films
    ]
    document = perform(cut_of(tmp_path, *clips))
    assert sorted(cut.numbers(Path(take["path"]))[0] or 0 for take in document["takes"]) == [0, 1000]


def marked_everywhere(one: Rushes, voice: Path) -> otio.schema.Timeline:
    """Marks on sound, on a gap, on the timeline across a cut; a title over a shot, and a track that is off."""
    title = otio.schema.Clip("Title", otio.schema.GeneratorReference(generator_kind="Text+"), cut.span(0, 30, R25))
    title.markers.append(cut.mark("RP: happy", 20, 4, R25))
    upper = cut.track(cut.gap(30, R25), cut.clip(one, 0, 30, marks=[("RP: sad", 5, 5)]), name="V2", enabled=False)
    sound = cut.guide(voice, Fraction(0), Fraction(1), R25)
    sound.markers.append(cut.mark("RP: angry", 4, 4, R25))
    empty = cut.gap(10, R25)
    empty.markers.append(cut.mark("RP: neutral", 2, 3, R25))
    made = cut.timeline(
        cut.track(cut.clip(one, 20, 30), cut.clip(one, 10, 30), empty),
        upper,
        cut.track(title, name="V3"),
        cut.track(sound, name="A1", audio=True),
        rate=R25,
        start=90000,
    )
    made.tracks.markers.append(cut.mark("RP: surprised", 90000 + 27, 6, R25))
    return made


def test_a_mark_on_anything_else_is_for_the_picture_under_it(tmp_path: Path) -> None:
    one, voice = film(tmp_path), burned.make_wave(tmp_path / "boom.wav", samples=96000)
    path = cut.save(marked_everywhere(one, voice), tmp_path / "cut.otio")
    plan = call("plan", path, "--json").json
    cues = {shot["id"]: [(cue["in_frame"], cue["frames"]) for cue in shot["cues"]] for shot in plan["shots"]}
    assert cues == {"V1@01:00:00:00": [(24, 4), (40, 4), (47, 3)], "V1@01:00:01:05": [(10, 3)]}
    assert [marker["why"] for marker in plan["ignored_markers"]] == ["its track is disabled"]
    document = perform(path, status=1)
    assert said(document) == ["no moving picture is under the mark “RP: neutral”"]
    assert "lies across a cut: it becomes 2 cues" in said(document, "warning")[0]
    assert [message for message in said(document, "note") if "Title (V3) lies above it" in message]


def test_a_compound_that_trims_its_clip_shows_the_take_where_the_clip_was(tmp_path: Path) -> None:
    """Of a compound clip only what is seen is performed, and the take stands inside the compound."""
    inner = otio.schema.Stack("Compound", [cut.track(cut.gap(10, R25), cut.clip(film(tmp_path), 20, 40, marks=ANGRY))])
    inner.source_range = cut.span(15, 30, R25)
    document = perform(cut_of(tmp_path, cut.gap(5, R25), inner), "--handles", "0", "--for", "resolve")
    assert take_of(document)[1:] == (25, 30)
    written = otio.adapters.read_from_file(str(tmp_path / "cut_out.otio"))
    assert [track.name for track in written.tracks.find_children(otio.schema.Track)] == ["V1", "V1", "Takes 1"]


CLOCKS = {
    "24 in a cut of 25": (Fraction(25), R24, (19, 29), (26, 8)),
    "23.976 in a cut of 24": (R24, RATES["24000/1001"], (19, 31), (27, 8)),
    "50 in a cut of 25": (R25, R50, (40, 60), (56, 14)),
    "15 in a cut of 30": (Fraction(30), Fraction(15), (10, 15), (14, 4)),
}


@pytest.mark.parametrize(("rate", "own", "visible", "cue"), CLOCKS.values(), ids=CLOCKS)
def test_a_range_in_the_rate_of_the_cut_is_found_in_media_of_another(
    tmp_path: Path, rate: Fraction, own: Fraction, visible: tuple[int, int], cue: tuple[int, int]
) -> None:
    """In is the frame on screen at the first moment, out the first frame after the last."""
    clip = cut.clip(film(tmp_path, rate=own, frames=100))
    clip.source_range = cut.span(20, 30, rate)
    clip.markers.append(cut.mark("RP: angry", 28, 7, rate))
    path = cut_of(tmp_path, clip, rate=rate)
    shot = call("plan", path, "--json").json["shots"][0]
    assert (shot["media"]["in_frame"], shot["media"]["frames"]) == visible
    assert [(one["in_frame"], one["frames"]) for one in shot["cues"]] == [cue]


@pytest.mark.parametrize("spelled", [29.97, 29.97002997, 30000 / 1001])
def test_drop_frame_counts_over_the_minute(tmp_path: Path, spelled: float) -> None:
    rate = RATES["30000/1001 DF"]
    one = film(tmp_path, rate=rate, timecode="00:59:59;20", start=107882)
    made = cut.timeline(cut.track(cut.clip(one, 20, 30, marks=ANGRY)), rate=rate, start=107892)
    path = tmp_path / "cut.otio"
    path.write_text(made.to_json_string().replace(str(float(rate)), str(spelled)))
    document = perform(path)
    assert document["takes"][0]["start_frame"] == 107890
    assert list(document["chosen"]) == ["V1@01:00:00;00"]


SOUNDS: dict[str, tuple[dict[str, Any], list[tuple[int, int]]]] = {
    "mono at 44.1 kHz": ({"channels": 1, "sample_rate": 44100}, [(44100, 1)]),
    "stereo AAC": ({"channels": 2, "sound_codec": "aac"}, [(48000, 2)]),
    "5.1": ({"channels": 6}, [(48000, 6)]),
    "two streams": ({"channels": 2, "extra": ["-f", "lavfi", "-i", "sine"]}, [(48000, 2), (44100, 1)]),
}


@pytest.mark.parametrize(("facts", "streams"), by_name(SOUNDS, slow=("5.1",)))
def test_the_sound_of_a_take_has_the_shape_of_the_original_s(
    tmp_path: Path, facts: dict[str, Any], streams: list[tuple[int, int]]
) -> None:
    if "extra" in facts:
        one = with_second_sound(film(tmp_path, channels=2))
    else:
        one = film(tmp_path, **facts)
    document = perform(cut_of(tmp_path, cut.clip(one, 20, 30, marks=ANGRY)))
    take = probe(take_of(document)[0])
    assert [(stream.rate, stream.channels, stream.codec) for stream in take.audio] == [
        (rate, channels, "pcm_s24le") for rate, channels in streams
    ]
    assert {stream.samples for stream in take.audio} == {54 * rate // 25 for rate, _ in streams}


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)], check=True)


def with_second_sound(one: Rushes) -> Rushes:
    path = one.path.with_name("two.mov")
    tone = ("-f", "lavfi", "-i", "sine=440:d=3")
    ffmpeg("-i", one.path, *tone, "-map", "0", "-map", "1", "-c:v", "copy", "-c:a", "pcm_s16le", path)
    return Rushes(path, one.rate, one.frames)


def test_a_shot_without_any_sound_says_what_it_lacks(tmp_path: Path) -> None:
    path = cut_of(tmp_path, cut.clip(film(tmp_path, channels=0), 20, 30, marks=ANGRY))
    ran = call("run", path, "-o", tmp_path / "out.otio", "--json")
    assert (ran.status, len(said(ran.json))) == (2, 1)
    assert "nothing to perform to" in said(ran.json)[0]


@pytest.mark.parametrize("missing", [1, 40], ids=["by rounding only", "by far"])
def test_media_shorter_than_the_range(tmp_path: Path, missing: int) -> None:
    """A frame may be rounding; more is said, with how much."""
    one = film(tmp_path, frames=50)
    path = cut_of(tmp_path, cut.clip(Rushes(one.path, R25, 100), 20, 30 + missing, marks=ANGRY))
    if missing == 1:
        assert take_of(perform(path))[1:] == (8, 42)
        return
    ran = call("run", path, "-o", tmp_path / "out.otio", "--json")
    assert (ran.status, [f"{missing} frames of it are missing" in message for message in said(ran.json)]) == (2, [True])


def anamorphic(folder: Path) -> Rushes:
    return film(folder, size=(144, 112), extra=["-aspect", "16:9"])


def turned(folder: Path) -> Rushes:
    one = film(folder)
    ffmpeg("-display_rotation", "90", "-i", one.path, "-c", "copy", folder / "turned.mov")
    return Rushes(folder / "turned.mov", R25, 75)


def of_odd_size(folder: Path) -> Rushes:
    return film(folder, size=(243, 137), codec="mjpeg")


@pytest.mark.parametrize("make", [anamorphic, turned, of_odd_size], ids=["anamorphic", "turned by a flag", "odd"])
def test_raster_pixels_and_turn_are_the_original_s(tmp_path: Path, make: Any) -> None:
    one = make(tmp_path)
    document = perform(cut_of(tmp_path, cut.clip(one, 20, 30, marks=ANGRY)))
    own, take = probe(one.path), probe(take_of(document)[0])
    facts = [(each.width, each.height, each.pixel_aspect, each.rotation) for each in (own, take)]
    assert facts[0] == facts[1]


def test_an_avid_original_keeps_its_codec_reel_and_timecode(tmp_path: Path) -> None:
    """DNxHD in MXF: what is not in the cue or its seams is copied."""
    one = film(tmp_path, size=(1920, 1080), frames=12)
    path = tmp_path / "A001C003.mxf"
    coding = ("-c:v", "dnxhd", "-b:v", "120M", "-pix_fmt", "yuv422p", "-c:a", "pcm_s16le")
    ffmpeg("-i", one.path, *coding, "-timecode", "10:00:00:00", "-metadata", "reel_name=A001", path)
    clip = cut.clip(Rushes(path, R25, 12, 900000), 2, 8, marks=[("RP: angry", 5, 2)])
    document = perform(cut_of(tmp_path, clip), "--handles", "2", "--seam", "1", "--composite", "whole")
    take = probe(take_of(document)[0])
    assert (take.codec, take.profile, take.reel, take.start_frame) == ("dnxhd", "DNXHD", "A001_RP001", 900000)
    checks = {check["name"]: check["detail"] for check in document["takes"][0]["checks"]}
    assert checks["untouched packets"].startswith("8 of 8 packets")


EDGES: dict[str, tuple[tuple[int, int] | None, list[tuple[str, int, int]], list[str]]] = {
    "at the first frame": (None, [("RP: angry", 0, 4)], []),
    "at the last frame": (None, [("RP: angry", 71, 4)], []),
    "of two frames": ((20, 30), [("RP: angry", 30, 2)], []),
    "without seam": ((20, 30), ANGRY, ["--seam", "0"]),
    "without context": ((20, 30), ANGRY, ["--context", "0"]),
    "with a seam longer than the context": ((20, 30), ANGRY, ["--seam", "60"]),
    "with more handles than media": ((20, 30), ANGRY, ["--handles", "10000"]),
    "beside another": ((20, 30), [("RP: angry", 30, 4), ("RP: sad", 34, 5)], []),
    "near another": ((20, 30), [("RP: angry", 30, 4), ("RP: sad", 36, 5)], []),
}


@pytest.mark.parametrize(
    ("visible", "marks", "options"),
    by_name(EDGES, slow=("at the last frame", "near another", "with a seam longer than the context")),
)
def test_a_cue(
    tmp_path: Path, visible: tuple[int, int] | None, marks: list[tuple[str, int, int]], options: Sequence[str]
) -> None:
    """What was marked is performed, all of it and nothing else, wherever it lies."""
    one = film(tmp_path, timecode="01:00:00:00", start=90000)
    path = cut_of(tmp_path, cut.clip(one, *(visible or ()), marks=marks))
    document = run(path, tmp_path / "out.otio", *QUICK[:2], *options)
    take, first, frames = take_of(document)
    assert (failed(document), cut.numbers(take)) == ([], tuple(range(first, first + frames)))
    assert labelled(take, one.path, first) == [
        frame for _, start, long in marks for frame in range(start, start + long)
    ]


def test_four_takes_of_one_mark(tmp_path: Path) -> None:
    """Four files, four references, the last one shown."""
    path = cut_of(tmp_path, cut.clip(film(tmp_path), 20, 30, marks=[("RP: angry; takes: 4", 30, 8)]))
    document = perform(path)
    (clip,) = otio.adapters.read_from_file(str(tmp_path / "cut_out.otio")).find_clips()
    assert list(clip.media_references()) == ["DEFAULT_MEDIA", *(f"preview_00{number}" for number in range(1, 5))]
    assert (clip.active_media_reference_key, len(document["takes"])) == ("preview_004", 4)


@pytest.mark.parametrize("timecode", [None, "10:00:00:00"], ids=["without timecode", "with timecode"])
@pytest.mark.parametrize("editor", ["otio", "resolve"])
def test_an_editor_that_goes_by_the_timecode_of_files_shows_the_right_frames(
    tmp_path: Path, timecode: str | None, editor: str
) -> None:
    """A file without timecode counts from zero there; its take starts at the timecode of its place in it."""
    one = film(tmp_path, timecode=timecode, start=900000 if timecode else None)
    path = cut_of(tmp_path, cut.clip(one, 25, 30, marks=ANGRY), start=90000)
    document = perform(path, "--for", editor)
    assert document["takes"][0]["start_frame"] == (one.start or 0) + 13
    played = play_by_files(tmp_path / "cut_out.otio", rate=R25, frames=30)
    assert [shown and shown.number for shown in played] == list(range(25, 55))
    assert {shown and shown.file for shown in played} == {take_of(document)[0].name}


@pytest.mark.parametrize("timecode", [None, "10:00:00:00"], ids=["without timecode", "with timecode"])
@pytest.mark.parametrize("editor", ["otio", "resolve"])
def test_a_cut_that_comes_back_without_our_metadata_keeps_its_originals_and_takes(
    tmp_path: Path, timecode: str | None, editor: str
) -> None:
    """Editors keep file names and drop the rest: takes are known by them, and nothing is performed or lost."""
    start = 900000 if timecode else None
    films = [
        film(tmp_path, name, first=first, frames=60, timecode=timecode, start=start)
        for name, first in (("A.mov", 0), ("B.mov", 1000))
    ]
    made = cut.timeline(cut.track(cut.clip(films[0], 20, 25, marks=ANGRY), cut.clip(films[1], 20, 25)), rate=R25)
    made.tracks.markers.append(cut.mark("RP: sad", 30, 5, R25))
    path = cut.save(made, tmp_path / "cut.otio")
    first = perform(path, "--for", editor)
    back = without_our_words(tmp_path / "cut_out.otio", tmp_path / "back.otio")
    second = perform(back, "--for", editor)
    assert (second["made"], second["chosen"]) == ([], first["chosen"])
    assert {take["path"] for take in second["takes"]} == {take["path"] for take in first["takes"]}
    written = otio.adapters.read_from_file(str(tmp_path / "back_out.otio"))
    assert [track.name for track in written.tracks] == ["V1", *(["Takes 1"] if editor == "resolve" else [])]
    for clip, one in zip(written.tracks[0], films, strict=True):
        references = clip.media_references()
        assert list(references) == ["DEFAULT_MEDIA", "preview_001"]
        assert Path(references["DEFAULT_MEDIA"].target_url).name == one.path.name
        assert references["DEFAULT_MEDIA"].available_range == cut.span(one.zero, 60, R25)
    played = play_by_files(tmp_path / "back_out.otio", rate=R25, frames=50)
    assert [shown and shown.number for shown in played] == [*range(20, 45), *range(1020, 1045)]


def test_a_shot_whose_mark_is_gone_keeps_showing_its_take_in_a_cut_that_lost_our_metadata(tmp_path: Path) -> None:
    films = [film(tmp_path, "A.mov", frames=60), film(tmp_path, "B.mov", frames=60, first=1000)]
    clips = [cut.clip(one, 20, 25, marks=ANGRY) for one in films]
    perform(cut_of(tmp_path, *clips))
    back = without_our_words(tmp_path / "cut_out.otio", tmp_path / "back.otio")
    made = otio.adapters.read_from_file(str(back))
    made.tracks[0][0].markers.clear()
    cut.save(made, back)
    perform(back)
    clip = otio.adapters.read_from_file(str(tmp_path / "back_out.otio")).tracks[0][0]
    names = {key: Path(reference.target_url).name for key, reference in clip.media_references().items()}
    assert names == {"DEFAULT_MEDIA": "A.mov", "preview_001": "A_00000008_RP001_PREVIEW.mov"}
    assert clip.active_media_reference_key == "preview_001"


def test_a_note_of_another_trade_under_a_mark_is_one_error(tmp_path: Path) -> None:
    """A pipeline's JSON in the note of a mark of ours is not spelled out piece by piece."""
    clip = cut.clip(film(tmp_path), 20, 30, marks=ANGRY)
    clip.markers[
        0
    ].comment = '{"id": "pyblish", "active": true, "variant": "Main", "task": "Generic", "folder": "shots"}'
    ran = call("plan", cut_of(tmp_path, clip), "--json")
    (problem,) = ran.json["problems"]
    assert "and 2 more are not known" in problem["message"]
    assert "note:" in problem["fix"]
