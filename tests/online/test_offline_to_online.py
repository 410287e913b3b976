"""Offline to online: the takes of a cut of proxies, made again on the camera originals, frame for frame, and nothing is sent."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest

import burned
from online.online_kit import HANDLE, QUICK, Camera, Offline, conform, packets, run_again
from reperform.media.probing import probe
from reperform.timing import exact_seconds
from whole import cut_kit as cut
from whole.command_kit import call, files_in, run

RATE = Fraction(24)
SHOWN = [*range(106, 146), *range(310, 340), *range(130, 142)]
"""The numbers that the cut shows, frame by frame."""
KEYS = ["preview_002", "preview_001", "DEFAULT_MEDIA"]
A_CUE, B_CUE, SEAM = range(114, 126), range(318, 328), 4


@pytest.fixture(scope="module")
def done(performed: Offline, online: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Offline, Any]:
    """The conform of all takes, with lists, and the whole picture in every cue; not to be written to."""
    import shutil

    folder = tmp_path_factory.mktemp("done") / "cut"
    shutil.copytree(performed.folder, folder)
    offline = Offline(folder)
    return offline, conform(offline, online, "--lists", "edl,ale", "--composite", "whole")


def tables(offline: Offline, *names: str) -> list[list[tuple[Any, ...]]]:
    """All that the ledger has of what is sent and paid."""
    with closing(sqlite3.connect(offline.project / "ledger.sqlite")) as database:
        return [database.execute(f"SELECT * FROM {name}").fetchall() for name in names]


def played(path: Path, frames: int = 82) -> list[int | None]:
    return [shown.number if shown else None for shown in cut.play(path, rate=RATE, frames=frames)]


def takes_of(document: Any, shot: str) -> list[Any]:
    return [take for take in document["takes"] if take["shot_id"] == shot]


def test_every_record_frame_shows_the_frame_that_it_showed(done: tuple[Offline, Any]) -> None:
    """By the takes, by the originals below them, and by the clip that has no takes: the same timecode, other files."""
    offline, document = done
    assert document["problems"] == []
    assert played(offline.out) == SHOWN
    assert played(offline.new) == SHOWN
    files = dict.fromkeys(shown.file for shown in cut.play(offline.new, rate=RATE, frames=82) if shown)
    chosen = {Path(take["path"]).name for take in document["takes"] if take["id"] in document["chosen"].values()}
    assert {*chosen, "A001C003.mov"} == set(files)
    before, made = (otio.adapters.read_from_file(str(path)) for path in (offline.out, offline.new))
    for timeline in (before, made):
        assert [clip.active_media_reference_key for clip in timeline.tracks[0]] == KEYS
    for clip in made.tracks[0]:
        clip.active_media_reference_key = "DEFAULT_MEDIA"
    cut.save(made, offline.folder / "originals.otio")
    assert played(offline.folder / "originals.otio") == SHOWN


def test_source_ranges_stay_and_originals_are_the_online_media(done: tuple[Offline, Any], online: Path) -> None:
    """Timecode is what both have in common: only the available range is longer."""
    offline, _ = done
    before, after = (otio.adapters.read_from_file(str(path)) for path in (offline.out, offline.new))
    for old, new in zip(before.tracks[0], after.tracks[0], strict=True):
        assert old.source_range == new.source_range
        was, now = old.media_references()["DEFAULT_MEDIA"], new.media_references()["DEFAULT_MEDIA"]
        earlier = exact_seconds(was.available_range.start_time) - exact_seconds(now.available_range.start_time)
        assert earlier * RATE == HANDLE
        assert now.available_range.duration.value == 60 + 2 * HANDLE
        assert (offline.folder / now.target_url).resolve().is_relative_to(online.resolve()), now.target_url
        assert now.name == Path(now.target_url).name
    assert [clip.media_reference.name for clip in after.tracks[1]] == [
        "A001C003.mov", "B002C001_221120_R1AB.mov", "A001C003.mov",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shot", "name", "codec", "profile", "reel", "cue", "first"),
    [
        pytest.param("V1@01:00:00:00", "A001C003", "prores", "LT", "A001C003", A_CUE, 94, id="ProRes"),
        pytest.param("V1@01:00:01:16", "B002C001_221120_R1AB", "dnxhd", "DNXHR HQ", "B002", B_CUE, 298, id="DNxHR"),
    ],
)
def test_a_take_is_of_the_online_codec_reel_and_timecode_and_its_untouched_frames_are_the_same_bits(
    done: tuple[Offline, Any],
    online: Path,
    cameras: tuple[Camera, Camera],
    shot: str,
    name: str,
    codec: str,
    profile: str,
    reel: str,
    cue: range,
    first: int,
) -> None:
    """Longer handles than the proxy had; of the packets only those of the cue and its seams are new."""
    _, document = done
    [original] = online.rglob(f"{name}.mov")
    camera = next(each for each in cameras if each.reel == reel)
    coded, zero = packets(original), camera.first - HANDLE
    for take in takes_of(document, shot):
        made = probe(Path(take["path"]))
        start = camera.start_frame + first - camera.first
        assert (made.codec, made.profile, made.width, made.height) == (codec, profile, 528, 288)
        assert (made.start_frame, made.reel) == (start, f"{reel}_RP{take['number']:03}")
        assert made.color == probe(original).color
        numbers = burned.numbers(Path(take["path"]))
        assert numbers == list(range(first, first + made.frames))
        kept = [number for number in numbers if number and not cue.start - SEAM <= number < cue.stop + SEAM]
        own = packets(Path(take["path"]))
        assert [own[number - first] for number in kept] == [coded[number - zero] for number in kept]
        assert all(own[number - first] != coded[number - zero] for number in cue)


def test_the_sound_is_the_online_s_and_the_voice_is_the_guide_s(done: tuple[Offline, Any], online: Path) -> None:
    """Outside the cue every sample of both channels is the original's; inside, past the fades, the guide's on both."""
    _, document = done
    take = takes_of(document, "V1@01:00:00:00")[0]
    heard = np.rint(burned.sound(Path(take["path"])) * 2**23).astype(np.int64)
    theirs = np.rint(burned.sound(online / "CARD 1" / "A001C003.mov") * 2**23).astype(np.int64)
    into = (94 - 88) * 2000
    cue = slice((114 - 94) * 2000, (126 - 94) * 2000)
    assert heard.shape == (64 * 2000, 2)
    assert np.array_equal(heard[: cue.start], theirs[into:][: cue.start])
    assert np.array_equal(heard[cue.stop :], theirs[into + cue.stop :][: len(heard) - cue.stop])
    voice = burned.noise(12 * 2000, start=5_000_000 + (114 - 106) * 2000).astype(np.int64) * 256
    inside = slice(cue.start + 480, cue.stop - 480)
    assert np.array_equal(heard[inside], np.repeat(voice[480:-480], 2, axis=1))


def test_a_cue_of_its_own_sound_leaves_the_online_s_sound_as_it_is(done: tuple[Offline, Any], online: Path) -> None:
    """The proxy's own sound drove the cue; the take has the original's, on both channels, to the bit."""
    _, document = done
    [take] = takes_of(document, "V1@01:00:01:16")
    [original] = online.rglob("B002*.mov")
    heard, theirs = burned.sound(Path(take["path"])), burned.sound(original)
    into = (298 - 288) * 2000
    assert np.array_equal(heard, theirs[into : into + len(heard)])


def test_nothing_is_sent_and_earlier_takes_stay(offline: Offline, online: Path) -> None:
    """Attempts, claims and results are what they were; the proxies' takes keep their files, and OUT its content."""
    sent = tables(offline, "attempts", "cues", "attempt_cues", "results", "runs")
    before, out = files_in(offline.folder), offline.out.read_bytes()
    document = conform(offline, online)
    assert tables(offline, "attempts", "cues", "attempt_cues", "results", "runs") == sent
    assert offline.out.read_bytes() == out
    after = files_in(offline.folder)
    assert {name: after[name] for name in before} == before
    stems = [f"cut.reperform/takes/{Path(take['path']).stem}" for take in document["takes"]]
    new = {f"{stem}{ending}" for stem in stems for ending in (".mov", "_PROVENANCE.json")} | {"online.otio"}
    assert after.keys() - before.keys() == new
    assert sorted(document["made"]) == sorted(take["id"] for take in document["takes"])
    again = conform(offline, online)
    assert (again["made"], again["changed"]) == ([], False)
    assert files_in(offline.folder) == after


def test_what_was_performed_offline_is_performed(offline: Offline, online: Path) -> None:
    """Two takes of a cue with a guide, one of its own sound, on longer media: a run of the online cut has nothing to do."""
    conform(offline, online)
    run_again(offline)


def test_takes_keep_their_keys_and_the_choice(offline: Offline, online: Path) -> None:
    """Take 1, chosen by a person, is made first and stands in the new cut; a run or `select` would know it."""
    assert call("select", offline.out, "V1@01:00:00:00", "take_001").status == 2  # previews have keys of their own
    assert call("select", offline.out, "V1@01:00:00:00", "preview_001").status == 0
    document = conform(offline, online)
    made = otio.adapters.read_from_file(str(offline.new))
    clip = made.tracks[0][0]
    assert clip.active_media_reference_key == "preview_001"
    assert list(clip.media_references()) == ["DEFAULT_MEDIA", "preview_001", "preview_002"]
    record = clip.metadata["reperform"]
    assert (record["chosen"], record["chosen_by"]) == (document["chosen"]["V1@01:00:00:00"], "person")
    assert call("select", offline.new, "V1@01:00:00:00", "preview_002").status == 0
    assert played(offline.new) == SHOWN


def test_only_the_chosen(offline: Offline, online: Path) -> None:
    """One take a shot, and no other in the new cut."""
    document = conform(offline, online, "--chosen")
    assert len(document["made"]) == 2
    made = otio.adapters.read_from_file(str(offline.new))
    assert [len(clip.media_references()) for clip in made.tracks[0]] == [2, 2, 1]
    assert played(offline.new) == SHOWN


def test_lists_read_back_name_the_frames_that_the_timeline_shows(done: tuple[Offline, Any]) -> None:
    """CMX3600 and ALE, by OpenTimelineIO's adapters: reel, source timecode, record timecode."""
    offline, document = done
    by_reel = {take["reel"]: Path(take["path"]) for take in document["takes"]}
    events = otio.adapters.read_from_file(str(offline.new.with_suffix(".edl")), rate=24).tracks[0]
    shown = []
    for event in events:
        path = by_reel[event.metadata["cmx_3600"]["reel"]]
        start, frames = frames_of(event.source_range)
        first = start - (probe(path).start_frame or 0)
        shown += burned.numbers(path)[first : first + frames]
    assert shown == SHOWN[:70]
    log = otio.adapters.read_from_file(str(offline.new.with_suffix(".ale")), fps=24)
    found = {clip.metadata["ALE"]["Tape"]: frames_of(clip.source_range) for clip in log}
    assert found == {take["reel"]: (take["start_frame"], take["frames"]) for take in document["takes"]}


def frames_of(found: otio.opentime.TimeRange) -> tuple[int, int]:
    return int(found.start_time.value), int(found.duration.value)


def test_takes_go_where_they_are_asked_to(offline: Offline, online: Path, tmp_path: Path) -> None:
    """`--takes-dir`, `--handles` and `--name`."""
    document = conform(
        offline,
        online,
        "--takes-dir",
        tmp_path / "shared",
        "--handles",
        "3",
        "--name",
        "{reel}_{number:03}",
        "--chosen",
    )
    assert sorted(path.name for path in (tmp_path / "shared").glob("*.mov")) == [
        "A001C003_003_PREVIEW.mov", "B002_001_PREVIEW.mov",
    ]  # fmt: skip
    assert {take["frames"] for take in document["takes"]} == {46, 36}
    assert played(offline.new) == SHOWN


def test_takes_on_tracks_are_exchanged_where_they_stand(offline: Offline, online: Path) -> None:
    """Written for Avid: as many tracks as before, each with a new take over the same frames; the sound plays it as before."""
    out = offline.folder / "avid.otio"
    run(offline.folder / "cut.otio", out, *QUICK, "--for", "avid")
    document = conform(offline, online, out=out)
    made = otio.adapters.read_from_file(str(offline.new))
    stand = {track.name: [clip.name for clip in track if isinstance(clip, otio.schema.Clip)] for track in made.tracks}
    new = [Path(take["path"]).name for take in document["takes"]]
    assert list(stand) == ["V1", "Takes 1", "Takes 2", "A1", "ADR"]
    assert sorted(stand["Takes 1"] + stand["Takes 2"]) == sorted(new)
    assert len(document["made"]) == 3
    assert played(offline.new) == SHOWN


def test_a_clip_that_was_copied_since_gets_takes_of_its_own(offline: Offline, online: Path) -> None:
    """Copied in the cut that was written, and trimmed: both say that they are one shot, and each shows what it showed."""
    made = otio.adapters.read_from_file(str(offline.out))
    copied = made.tracks[0][1].clone()
    start = copied.source_range.start_time
    copied.source_range = otio.opentime.TimeRange(start + cut.time(4, RATE), cut.time(20, RATE))
    made.tracks[0].append(copied)
    cut.save(made, offline.folder / "longer.otio")
    document = conform(offline, online, "--handles", "0", "--chosen", out=offline.folder / "longer.otio")
    assert played(offline.new, 102) == [*SHOWN, *range(314, 334)]
    assert {shot for shot in document["chosen"] if "B" not in shot} >= {"V1@01:00:01:16", "V1@01:00:01:16~2"}


def test_a_cut_that_is_online_already_is_left_as_it_is(offline: Offline, online: Path) -> None:
    """Conformed twice over: the takes are those that there are, and that nothing else was found is said."""
    conform(offline, online)
    again = offline.folder / "again.otio"
    ran = call("conform", offline.new, "--media-root", online, "-o", again, "--json")
    assert (ran.status, ran.json["made"]) == (0, [])
    assert {problem["severity"] for problem in ran.json["problems"]} == {"warning"}
    assert "it is what the clip is linked to already" in ran.said
    assert played(again) == SHOWN
