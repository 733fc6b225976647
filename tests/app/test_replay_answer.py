"""How the page says what a replay of everything came to, from what the command printed."""

from __future__ import annotations

import json

import pytest

from core import errors
from core.casework.replay_report import Difference, Part, Replay, Tally, Verdict
from pages._ui.audit_replay_answer import REFUSED, read_answer


def printed(*replays: Replay) -> str:
    tally = Tally()
    for replay in replays:
        tally.add(replay)
    return json.dumps(tally.report(cancelled=False).as_json())


def test_all_the_same_is_sound_and_erased_ones_are_counted_apart() -> None:
    answer = read_answer(0, printed(Replay(1, Verdict.SAME, from_raw=True), Replay(2, Verdict.ERASED)), "")
    assert answer.sound
    assert answer.words == (
        "1 of 2 scores and decisions came out the same to the last bit, 1 of them also from the raw application; "
        "1 cannot be read any more, because their person was forgotten."
    )
    assert answer.lines == ()


def test_a_difference_is_named_with_its_event_and_its_part() -> None:
    differs = Replay(17, Verdict.DIFFERS, (Difference(Part.MODEL, "margin: -1.25 then, -1.5 now"),))
    impossible = Replay(18, Verdict.IMPOSSIBLE, reason="the model m1 is not here any more")
    answer = read_answer(1, printed(differs, impossible), "")
    assert not answer.sound
    assert "1 differ (model: 1)" in answer.words
    assert "1 could not be repeated (the model m1 is not here any more: 1)" in answer.words
    assert answer.lines == (
        "Event 17: model: margin: -1.25 then, -1.5 now",
        "Event 18: the model m1 is not here any more",
    )


CHANGED = (
    "LedgerLocked: Desk: is open in an app that runs another version of this program (0.1+a, this command: 0.1+b); "
    "restart the app."
)


@pytest.mark.parametrize(
    ("code", "last_words", "begins", "remedy"),
    [
        (3, CHANGED, "The program was updated while this app was running", "restart the app, then replay again."),
        (3, "LedgerLocked: Channel: at most 8 commands at once.", "Other work has the record", "in a few minutes."),
        (3, "ModelMissing: there is no model yet", "There is no model", "to set one up."),
        (2, "replay: 512 records, all the same so far", "It broke off before it had an answer", "the server's log."),
        (1, "The command failed in the app; see error 1f.", "It broke off before it had an answer", "server's log."),
        (1, "", "It broke off before it had an answer", "server's log."),
    ],
)
def test_a_refusal_is_said_in_the_pages_own_words(code: int, last_words: str, begins: str, remedy: str) -> None:
    answer = read_answer(code, "", last_words)
    assert (answer.sound, answer.title) == (False, "The replay could not be made")
    assert answer.words.startswith(begins)
    assert answer.words.endswith(remedy)
    assert not any(word in answer.words for word in ("Ledger", "command", "Missing"))


def test_every_kind_of_refusal_that_has_words_is_one_that_a_command_can_name() -> None:
    assert all(issubclass(getattr(errors, kind), errors.SolventError) for kind in REFUSED)


def test_a_cancelled_replay_says_how_far_it_was_and_how_that_went() -> None:
    tally = Tally()
    tally.add(Replay(1, Verdict.SAME))
    tally.add(Replay(2, Verdict.ERASED))
    answer = read_answer(-15, "", "replay: 2 records", tally.so_far)
    assert answer.sound is None
    assert answer.words == "Cancelled after 2 records, all the same so far."
    tally.add(Replay(3, Verdict.IMPOSSIBLE))
    assert read_answer(-15, "", "", tally.so_far).words == "Cancelled after 3 records, 1 not the same."
    assert read_answer(-15, "", "").words == "Cancelled before the first records were repeated."
