"""What every engine keeps to, as tests: run over our own, and offered to those who add one.

    from reperform.engines.contract import EngineContract

    class TestMyEngine(EngineContract):
        def engine(self) -> Engine:
            return MyEngine()

A test runner collects the methods of the subclass. `connection` is overridden where the engine needs a key or an address.
"""

from __future__ import annotations

import json
import uuid
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from reperform.direction import Direction
from reperform.engines.base import Capabilities, Connection, Engine, JobOrder, Prepared, SegmentOrder
from reperform.errors import SettingsError

__all__ = ["EngineContract"]

_RATE, _FRAMES = Fraction(24), 24
_VIDEO, _AUDIO = "https://example.com/video.mp4", "https://example.com/audio.wav"


class EngineContract:
    """One engine against the contract. Override `engine`, and what else it needs."""

    def engine(self) -> Engine:
        """A new engine, not yet connected."""
        raise AssertionError("override `engine`")

    def connection(self) -> Connection:
        """How it is reached in these tests."""
        return Connection()

    def models(self) -> tuple[str, ...]:
        """The models that are tried."""
        return tuple(self.engine().models())

    def test_every_model_says_what_it_takes(self) -> None:
        """Models have names of their own; limits are positive, prices dated, and a model it does not have is refused."""
        engine = self.engine()
        assert len(set(engine.models())) == len(engine.models()) > 0
        for model in engine.models():
            found = engine.capabilities(model)
            assert (found.engine, found.model) == (engine.name, model)
            assert found.longest_input_seconds is None or found.longest_input_seconds > 0
            assert found.results_per_job >= 1
            assert found.emotions or not found.emotion_required
            assert found.price.source
            assert date.fromisoformat(f"{found.price.as_of}-01"[:10]) > date(2020, 1, 1)
        if not getattr(engine, "any_model", False):
            _refused(engine, "no-such-model")

    def test_parameters_are_what_the_performance_depends_on(self) -> None:
        """The same direction gives the same JSON, another emotion another; notes, names and consent are not in it."""
        for model in self.models():
            engine, found = self.engine(), self.engine().capabilities(model)
            asked = _direction(found)
            parameters = engine.parameters(asked, model)
            assert json.loads(json.dumps(parameters)) == parameters == self.engine().parameters(asked, model)
            noted = asked.model_copy(update={"note": "slower", "character": "MARA", "consent": "A-1", "takes": 2})
            assert engine.parameters(noted, model) == parameters
            if len(found.emotions) > 1:
                other = asked.model_copy(update={"emotion": found.emotions[1]})
                assert engine.parameters(other, model) != parameters

    def test_the_request_is_pure(self) -> None:
        """The body is JSON, names the media, and is the same every time: a plan prints it long before it is sent."""
        for model in self.models():
            engine = self.engine()
            order, identity = _order(engine.capabilities(model)), str(uuid.uuid4())
            bodies = [engine.request(order, video=_VIDEO, audio=_AUDIO, identity=identity) for _ in range(2)]
            assert bodies[0] == bodies[1]
            assert _VIDEO in json.dumps(bodies[0])

    def test_one_attempt_from_end_to_end(self, tmp_path: Path) -> None:
        """Every step in order, waiting twice as after a restart: media comes back, and progress lies between 0 and 1."""
        import anyio

        for number, model in enumerate(self.models()):
            folder = tmp_path / str(number)
            folder.mkdir()
            anyio.run(self._attempt, model, folder)

    async def _attempt(self, model: str, folder: Path) -> None:
        from reperform.media.probing import probe

        engine = self.engine()
        prepared, order = _prepared(folder), _order(engine.capabilities(model))
        said: list[float | None] = []
        await engine.open(self.connection())
        try:
            prices = [await engine.estimate(order)]
            addresses = await engine.upload(prepared, order, lambda _, part: said.append(part))
            prices.append(await engine.estimate(order, addresses=addresses))
            assert all(usd is None or usd >= 0 for usd in prices)
            submitted = await engine.submit(prepared, order, addresses)
            await engine.wait(submitted, lambda _, part: said.append(part))
            finished = await engine.wait(submitted, lambda _, part: said.append(part))
            assert finished.outputs
            for output in finished.outputs:
                into = folder / f"result{output.number}.mp4"
                await engine.fetch(output, into)
                assert probe(into).kind == "movie"
        finally:
            await engine.aclose()
        assert all(part is None or 0 <= part <= 1 for part in said)


def _refused(engine: Engine, model: str) -> None:
    try:
        engine.capabilities(model)
    except SettingsError as error:
        assert error.fix, "a refusal says what to do"
    else:
        raise AssertionError(f"{engine.name} has no model {model}, and says what it takes")


def _direction(found: Capabilities) -> Direction:
    return Direction(
        emotion=found.emotions[0] if found.emotions else None,
        region=found.regions[0] if found.regions else None,
        temperature=0.5 if found.temperature else None,
    )


def _order(found: Capabilities) -> JobOrder:
    """One second of small picture with one cue."""
    segment = SegmentOrder(
        start_seconds=Fraction(1, 4), end_seconds=Fraction(3, 4), direction=_direction(found), first_frame=6
    )
    return JobOrder(
        model=found.model,
        rate=_RATE,
        frames=_FRAMES,
        seconds=_FRAMES / _RATE,
        width=320,
        height=180,
        segments=(segment,),
    )


def _prepared(folder: Path) -> Prepared:
    """Moving picture and a tone, as engines are sent them."""
    from reperform.media import coding, ffmpeg

    name = str(uuid.uuid4())
    video, audio = folder / f"{name}.mp4", folder / f"{name}.wav"
    picture: list[Any] = ["-f", "lavfi", "-i", f"testsrc2=s=320x180:r={_RATE}:d=1", "-pix_fmt", "yuv420p"]
    ffmpeg.run([*picture, *coding.h264_arguments(_RATE, crf=20, preset="veryfast"), "-f", "mp4", str(video)])
    ffmpeg.run(["-f", "lavfi", "-i", "sine=300:r=48000:d=1", "-c:a", "pcm_s16le", "-f", "wav", str(audio)])
    return Prepared(attempt_id=name, folder=folder, video=video, audio=audio)
