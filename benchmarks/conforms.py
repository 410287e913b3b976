"""The media, shots and processes that `benchmarks.conform` measures."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

from reperform.media import ffmpeg
from reperform.timing import FrameRange

RATE = 24
CUE_SECONDS = 4
CONTEXT = 6
CUE = FrameRange(10 * RATE, CUE_SECONDS * RATE)
SENT = CUE.grown(CONTEXT, CONTEXT)

CODECS = {
    "ProRes HQ": ["-c:v", "prores_ks", "-profile:v", "3", "-pix_fmt", "yuv422p10le", "-vendor", "apl0"],
    "DNxHR HQX": ["-c:v", "dnxhd", "-profile:v", "dnxhr_hqx", "-pix_fmt", "yuv422p10le"],
}
_PICTURE = "testsrc2=size={size}:rate=24:duration={seconds},noise=alls=6:allf=t,format=yuv422p10le"
_LONG_GOP = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "250", "-bf", "3", "-pix_fmt", "yuv420p"]
_SENT_AS = ["-c:v", "libx264", "-profile:v", "high", "-preset", "fast", "-crf", "12", "-bf", "0", "-g", "24"]


def one_second(path: Path, name: str) -> Path:
    """A second of moving 4K with grain, as a recorder would hold it, with a tone."""
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1", "-c:a", "pcm_s24le"]
    picture = _PICTURE.format(size="3840x2160", seconds=1)
    ffmpeg.run(["-f", "lavfi", "-i", picture, *tone, *CODECS[name], "-timecode", "01:00:00:00", str(path)])
    return path


def looped(second: Path, path: Path, *, seconds: int) -> Path:
    """The same second again and again, by stream copy."""
    ffmpeg.run(["-stream_loop", str(seconds - 1), "-f", "mov", "-i", str(second), "-c", "copy", str(path)])
    return path


def returned(second: Path, path: Path, *, size: str = "1920x1080") -> Path:
    """What an engine returns for SENT: at most 1080 lines, a face's worth of the picture changed."""
    inputs = ["-stream_loop", "-1", "-f", "mov", "-i", str(second)]
    face = "split[a][b];[b]crop=300:300:800:400,boxblur=8[c];[a][c]overlay=800:400"
    skipped = f"trim=start_frame={SENT.start % RATE},setpts=PTS-STARTPTS"
    graph = f"{skipped},scale={size.replace('x', ':')},format=yuv420p,{face},setparams=range=tv"
    ffmpeg.run([*inputs, "-vf", graph, "-frames:v", str(SENT.frames), "-an", *_SENT_AS, str(path)])
    return path


def reencoded(second: Path, path: Path, name: str) -> None:
    """The obvious command: the file decoded, and encoded again in its codec."""
    ffmpeg.run(["-f", "mov", "-i", str(second), *CODECS[name], "-c:a", "copy", str(path)])


def hour(here: Path) -> Path:
    """Ten seconds of long-GOP 1080p, 360 times: 1.8 GB."""
    piece = here / "piece.mp4"
    picture = _PICTURE.format(size="1920x1080", seconds=10)
    ffmpeg.run(["-f", "lavfi", "-i", picture, *_LONG_GOP, "-maxrate", "4M", "-bufsize", "4M", str(piece)])
    path = here / "hour.mp4"
    ffmpeg.run(["-stream_loop", "359", "-f", "mov", "-i", str(piece), "-c", "copy", str(path)])
    return path


def short_h264(path: Path) -> Path:
    """Fifteen seconds of 1080p, of which every frame of a take is encoded."""
    ffmpeg.run(["-f", "lavfi", "-i", _PICTURE.format(size="1920x1080", seconds=15), *_LONG_GOP, str(path)])
    return path


EXTRACTED = FrameRange(47 * 60 * RATE + 7, 3 * RATE)


def extracted_by_hand(media: Path, path: Path) -> None:
    """The best command for it: sought before it is opened."""
    start = float(Fraction(EXTRACTED.start, RATE))
    command = ["-ss", f"{start:.6f}", "-f", "mov", "-i", str(media), "-frames:v", str(EXTRACTED.frames)]
    ffmpeg.run([*command, "-an", "-pix_fmt", "yuv420p", *_SENT_AS, "-movflags", "+faststart", str(path)])


def extracted(media: Path, folder: Path) -> None:
    """The same through reperform."""
    from reperform.media.extracting import extract
    from reperform.media.probing import probe
    from reperform.model import PlanSettings

    shot = shot_over(probe(media))
    extract(shot, _job(EXTRACTED), folder=folder, name="ours", sound=None, settings=PlanSettings())


def cores(here: Path, media: Path, back: Path, *, shots: int) -> tuple[float, float]:
    """Seconds, and processor seconds a second, while as many takes are made at once."""
    before, began = processor(), time.monotonic()
    with ThreadPoolExecutor(shots) as pool:
        for work in [pool.submit(conformed, media, back, here / f"take_{n}.mov") for n in range(shots)]:
            work.result()
    wall = time.monotonic() - began
    return wall, (processor() - before) / wall


def in_child(work: Path, media: Path, back: Path, *, composite: str) -> dict[str, Any]:
    """`child` in a process of its own, so that the peaks are of nothing else."""
    command = [sys.executable, "-m", "benchmarks.conform", "--child", str(work), str(media), str(back), composite]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr or done.stdout)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def child(work: str, media: str, back: str, composite: str) -> int:
    """Conforms, then checks, then makes and encodes the cue's pictures alone."""
    out = Path(work) / "take.mov"
    before, written, began = processor(), _bytes_written(), time.monotonic()
    made, shot, splices, tracks = conformed(Path(media), Path(back), out, composite=composite)
    wall, used = time.monotonic() - began, processor() - before
    written = (_bytes_written() or out.stat().st_size) - (written or 0)
    began = time.monotonic()
    failed = _checked(made, shot, splices, tracks)
    checks, peak = time.monotonic() - began, _peak()
    out.unlink()
    began = time.monotonic()
    _made_alone(made, shot, splices, composite=composite)
    alone = time.monotonic() - began
    print(json.dumps({
        "wall": wall, "processor": used, "written": written, "encoded": len(made.changed),
        "checks": checks, "alone": alone, "failed": failed, "peak": peak,
    }))  # fmt: skip
    return 0


def conformed(media: Path, back: Path, out: Path, *, composite: str = "whole") -> tuple[Any, Any, Any, Any]:
    """The take of a shot that shows all of the media, as a run makes it: file, shot, splices, sound."""
    from reperform.media.conforming import conform
    from reperform.media.probing import probe
    from reperform.media.splicing import Splice
    from reperform.media.take_sound import TakeSound
    from reperform.model import PlanSettings

    shot = shot_over(probe(media))
    splices = (Splice(cue=CUE, returned=back, returned_range=SENT, name="cue"),)
    tracks = TakeSound(shot, shot.media.with_handles, []).tracks
    settings = PlanSettings.model_validate({"composite": composite})
    made = conform(shot, splices, out=out, settings=settings, reel="A001_RP001", sound=tracks)
    return made, shot, splices, tracks


def shot_over(source: Any) -> Any:
    """A shot that shows a whole file."""
    from reperform.model import RecordRange, Shot, ShotMedia

    record = RecordRange(in_="01:00:00:00", out="01:01:00:00", in_frame=0, frames=source.frames)
    media = ShotMedia(path=source.path, rate=source.rate, start=None, in_frame=0, frames=source.frames, head=0, tail=0)
    place: dict[str, Any] = {"id": "V1@01:00:00:00", "clip": "A001", "track": "V1", "index": 0, "address": (0, 0)}
    return Shot(**place, record=record, media=media, source=source, cues=())


def _job(wanted: FrameRange) -> Any:
    from reperform.model import Cost, Job

    return Job(
        id="job", engine="preview", model="preview", cues=(), in_frame=wanted.start, frames=wanted.frames,
        seconds=wanted.frames / RATE, request={}, cost=Cost(amount=0), parts=(),
    )  # fmt: skip


def _checked(made: Any, shot: Any, splices: Any, tracks: Any) -> str:
    from reperform.media.checking import check_take

    checks = check_take(made, shot, splices, sound=tracks)
    return "; ".join(f"{each.name}: {each.detail}" for each in checks if not each.passed)


def _made_alone(made: Any, shot: Any, splices: Any, *, composite: str) -> None:
    """The cue's pictures: what of them changed is looked for, then they are made and encoded."""
    from reperform.media.conformed import composed
    from reperform.media.encoding import encoded
    from reperform.media.returning import PictureMaker
    from reperform.model import PlanSettings

    source, settings = shot.source, PlanSettings.model_validate({"composite": composite})
    found = composed(shot, splices, covered=shot.media.with_handles, settings=settings)
    looks: dict[str, Any] = {"recipe": made.recipe, "color": made.color, "compositions": found}
    maker = PictureMaker(shot, splices, made.weights, made.changed, **looks)
    raster = {"width": source.width, "height": source.height}
    with encoded(made.recipe, maker.raw(), **raster, rate=source.rate, color=made.color) as (_, packets):
        assert sum(1 for _ in packets) == len(made.changed)


def processor() -> float:
    """Seconds of it that this process and all it started have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _peak() -> int:
    """KiB: of this process and the largest that it started, as if both were at their peaks at once."""
    unit = 1024 if sys.platform == "darwin" else 1
    return sum(resource.getrusage(who).ru_maxrss // unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _bytes_written() -> int | None:
    """By this process so far; None where the system does not say."""
    try:
        lines = Path("/proc/self/io").read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))
