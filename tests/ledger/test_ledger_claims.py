"""Claims: won once, all or none, and never taken from the living."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.ledger_rows import FORWARD, advanced, claim, paid, piece
from reperform.errors import JobFailed, LedgerError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Address, Again, AttemptState, HeldBecause, Piece

S = AttemptState
ALLOWED = {
    S.PLANNED: {S.PREPARED, S.FAILED, S.CANCELLED},
    S.PREPARED: {S.PREPARED, S.UPLOADED, S.FAILED, S.CANCELLED},
    S.UPLOADED: {S.PREPARED, S.SUBMITTING, S.FAILED, S.CANCELLED},
    S.SUBMITTING: {S.SUBMITTED, S.UPLOADED, S.REJECTED, S.FAILED, S.UNKNOWN},
    S.SUBMITTED: {S.FINISHED, S.REJECTED, S.FAILED, S.EXPIRED, S.CANCELLED},
    S.FINISHED: {S.FETCHED, S.FAILED, S.EXPIRED},
    S.UNKNOWN: {S.SUBMITTED, S.FINISHED, S.REJECTED, S.FAILED, S.EXPIRED, S.CANCELLED},
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return Ledger.open(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path)


def _why(ledger: Ledger, *pieces: Piece) -> list[tuple[str, HeldBecause]]:
    claimed = ledger.claims.take(pieces, shot="{}", job="{}", settings="{}", estimate_usd=None)
    assert claimed.attempt is None
    return [(held.key, held.because) for held in claimed.held]


def test_an_attempt_begins_planned_with_all_that_it_needs(ledger: Ledger) -> None:
    """It is committed before anything is made, with what it takes to go on without the timeline."""
    pieces = (piece("a"), piece("b", take=2))
    attempt = ledger.claims.take(
        pieces, shot='{"shot":1}', job='{"job":1}', settings='{"set":1}', estimate_usd=2.5
    ).attempt
    assert attempt is not None
    assert (attempt.state, attempt.shot, attempt.job, attempt.settings, attempt.estimate_usd) == (
        S.PLANNED,
        '{"shot":1}',
        '{"job":1}',
        '{"set":1}',
        2.5,
    )
    assert [(cue.key, cue.take_number, cue.frames) for cue in ledger.claims.cues(attempt.id)] == [
        ("a", 1, 10),
        ("b", 2, 10),
    ]


def test_a_claim_of_a_living_run_is_not_taken(tmp_path: Path) -> None:
    """Another run that is alive keeps what it claimed; nothing of the new claim remains."""
    with Ledger.open(tmp_path) as one, Ledger.open(tmp_path) as other:
        claim(one, piece("a"))
        assert _why(other, piece("a"), piece("b")) == [("a", HeldBecause.LIVE)]
        assert [attempt.session_id for attempt in other.claims.attempts()] == [one.session_id]
        claim(other, piece("b"))


def test_the_claim_of_a_dead_run_can_be_taken_over_once(tmp_path: Path) -> None:
    """What a dead run left is adopted with its identity, by exactly one."""
    with Ledger.open(tmp_path) as dead:
        left = claim(dead, piece("a"))
    with Ledger.open(tmp_path) as one, Ledger.open(tmp_path) as other:
        assert _why(one, piece("a")) == [("a", HeldBecause.ORPHANED)]
        adopted = one.claims.adopt(left)
        assert adopted is not None
        assert (adopted.id, adopted.session_id) == (left.id, one.session_id)
        assert other.claims.adopt(left) is None
        assert other.claims.adopt(adopted) is None
        assert _why(other, piece("a")) == [("a", HeldBecause.LIVE)]


@pytest.mark.parametrize(
    ("state", "again", "asked", "free"),
    [
        pytest.param(S.REJECTED, Again.ASKED, False, False, id="refused"),
        pytest.param(S.FAILED, Again.ASKED, False, False, id="failed"),
        pytest.param(S.FAILED, Again.ASKED, True, True, id="failed, and asked for again"),
        pytest.param(S.FAILED, Again.FREELY, False, True, id="failed before anything was sent"),
        pytest.param(S.FAILED, Again.ONCE, False, True, id="failed for a while, and not billed"),
        pytest.param(S.CANCELLED, Again.FREELY, False, True, id="cancelled"),
    ],
)
def test_whether_a_new_attempt_may_follow(
    ledger: Ledger, state: AttemptState, again: Again, asked: bool, free: bool
) -> None:
    """What may be billed anew needs a person's word; both attempts stay on record."""
    first = advanced(ledger, claim(ledger, piece("a")), S.SUBMITTED)
    ledger.claims.end(first, state, JobFailed("no face"), again=again)
    claimed = ledger.claims.take(
        [piece("a")], shot="{}", job="{}", settings="{}", estimate_usd=None, retry_failed=asked
    )
    assert (claimed.attempt is not None, [held.because for held in claimed.held]) == (
        free,
        [] if free else [HeldBecause.FAILED],
    )
    assert [cue.key for cue in ledger.claims.cues(first.id)] == ["a"]


def test_a_failure_for_a_while_is_tried_anew_once(ledger: Ledger) -> None:
    """The second time a person has to ask."""
    for _ in range(2):
        attempt = advanced(ledger, claim(ledger, piece("a")), S.SUBMITTED)
        ledger.claims.end(attempt, S.FAILED, JobFailed("busy"), again=Again.ONCE)
    assert _why(ledger, piece("a")) == [("a", HeldBecause.FAILED)]


@pytest.mark.parametrize(
    ("state", "because"), [(S.UNKNOWN, HeldBecause.UNKNOWN), (S.EXPIRED, HeldBecause.EXPIRED)], ids=str
)
def test_what_may_have_been_paid_is_never_claimed_again(
    tmp_path: Path, state: AttemptState, because: HeldBecause
) -> None:
    """Unknown and expired hold their claims, whoever asks and however dead the run is."""
    with Ledger.open(tmp_path) as dead:
        before = S.SUBMITTING if state is S.UNKNOWN else S.SUBMITTED
        attempt = advanced(dead, claim(dead, piece("a")), before)
        dead.claims.end(attempt, state, JobFailed("gone"))
    with Ledger.open(tmp_path) as ledger:
        assert _why(ledger, piece("a")) == [("a", because)]


def test_what_is_paid_is_never_claimed_again(ledger: Ledger) -> None:
    """A cue with a result is held for good."""
    paid(ledger, piece("a"))
    assert _why(ledger, piece("a"), piece("b")) == [("a", HeldBecause.PAID)]


@pytest.mark.parametrize(("state", "following"), list(itertools.product(S, S)), ids=lambda state: str(state))
def test_only_allowed_steps_are_taken(shared: Ledger, state: AttemptState, following: AttemptState) -> None:
    """The database refuses every step that is not in the state machine; what has ended goes nowhere."""
    attempt = claim(shared, piece(f"{state} {following}"))
    with shared._lock:
        # As if the whole history had happened: only the last step is under test.
        shared._connection.execute("DROP TRIGGER attempt_move_allowed")
        shared._connection.execute("UPDATE attempts SET state = ? WHERE id = ?", (state, attempt.id))
        _restore_trigger(shared)
    attempt = shared.claims.attempt(attempt.id)
    if following in ALLOWED.get(state, set()):
        assert shared.claims.move(attempt, following).state is following
    else:
        with pytest.raises(LedgerError, match="cannot go on like this"):
            shared.claims.move(attempt, following)
        assert shared.claims.attempt(attempt.id).state is state


def _restore_trigger(ledger: Ledger) -> None:
    from reperform.ledger import queries

    script = queries.migrations()[0][2]
    trigger = next(each for each in queries.statements(script) if "TRIGGER attempt_move_allowed" in each)
    ledger._connection.execute(trigger)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(list(S)), max_size=8))
def test_any_walk_stays_in_the_state_machine(shared: Ledger, steps: list[AttemptState]) -> None:
    """Whatever is asked, in whatever order, each event follows the one before it by an allowed step."""
    attempt = claim(shared, piece(f"walk {len(shared.claims.attempts())}"))
    for step in steps:
        try:
            attempt = shared.claims.move(attempt, step)
        except LedgerError:
            assert step not in ALLOWED.get(attempt.state, set())
    walked = [S(event.what) for event in shared.events("attempt", attempt.id)]
    assert walked[0] is S.PLANNED
    assert walked[-1] is attempt.state
    assert all(after in ALLOWED[before] for before, after in itertools.pairwise(walked))


def test_two_cannot_take_the_same_step(tmp_path: Path) -> None:
    """A step is taken from the state that was read: who comes second is told."""
    with Ledger.open(tmp_path) as one, Ledger.open(tmp_path) as other:
        attempt = claim(one, piece("a"))
        one.claims.move(attempt, S.PREPARED)
        with pytest.raises(LedgerError, match="no longer planned"):
            other.claims.move(attempt, S.PREPARED)


def test_every_change_leaves_an_event(ledger: Ledger) -> None:
    """An attempt's way, and what happened to its cue, can be read back in order."""
    result = paid(ledger, piece("a"))
    assert [event.what for event in ledger.events("attempt", result.attempt_id)] == ["planned", *FORWARD, "fetched"]
    assert [event.what for event in ledger.events("cue", "a")] == [f"claimed for {result.attempt_id}"]
    assert [event.what for event in ledger.events("result", result.id)] == ["kept"]


def test_addresses_are_gone_once_the_result_is_kept(tmp_path: Path) -> None:
    """Short-lived URLs leave the file with the transaction that keeps the result: not a byte of them remains, nor is one printed."""
    secret = "https://cdn.example/video?signature=hush-hush-token"
    with Ledger.open(tmp_path) as ledger:
        attempt = advanced(ledger, claim(ledger, piece("a")), S.FINISHED)
        stored = Address(name="output 0", address=secret, facts={"log": secret})
        ledger.claims.store_addresses(attempt, [stored])
        assert dict(ledger.claims.addresses(attempt)) == {"output 0": stored}
        assert secret not in repr(ledger.claims.addresses(attempt))
        ledger.results.keep(attempt, [])
        assert dict(ledger.claims.addresses(attempt)) == {}
        files = [path for path in tmp_path.iterdir() if path.is_file()]
        assert [path.name for path in files if b"hush-hush" in path.read_bytes()] == []


_RACER = """
import random, sys
from pathlib import Path
from ledger.ledger_rows import piece
from reperform.ledger.ledger import Ledger
project, name = Path(sys.argv[1]), sys.argv[2]
keys = [f"key {n}" for n in range(200)]
random.Random(name).shuffle(keys)
pieces = [piece(key) for key in keys]
with Ledger.open(project) as ledger:
    ledger.session_id
    print("ready", flush=True)
    sys.stdin.readline()
    won = [p.key for p in pieces if ledger.claims.take([p], shot="{}", job="{}", settings="{}", estimate_usd=None).attempt]
    print(",".join(won), flush=True)
    sys.stdin.readline()
"""


def test_four_processes_win_each_of_200_keys_once(tmp_path: Path) -> None:
    """However they race, every claim has exactly one winner."""
    command = [sys.executable, "-c", _RACER, str(tmp_path)]
    environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": ""}
    racers = [
        subprocess.Popen([*command, str(n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for n in range(4)
    ]
    try:
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            _say(racer)
        won = [key for racer in racers for key in _hear(racer).strip().split(",") if key]
        assert Counter(won) == Counter(f"key {n}" for n in range(200))
    finally:
        for racer in racers:
            racer.communicate("\n", timeout=30)


def _say(racer: subprocess.Popen[str]) -> None:
    assert racer.stdin is not None
    racer.stdin.write("go\n")
    racer.stdin.flush()


def _hear(racer: subprocess.Popen[str]) -> str:
    assert racer.stdout is not None
    return racer.stdout.readline()
