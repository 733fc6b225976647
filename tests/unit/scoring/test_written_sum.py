from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.scoring.written_sum import written_sum

POSITIONS = st.lists(st.floats(-900, 900), min_size=2, max_size=60)


@given(POSITIONS, st.integers(0, 3))
def test_what_is_printed_adds_up_as_printed(positions: list[float], decimals: int) -> None:
    written = written_sum(positions, decimals)
    assert written.start + sum(written.steps) == written.total
    assert written.start == round(positions[0] * 10**decimals)
    assert written.total == round(positions[-1] * 10**decimals)


@given(POSITIONS)
def test_no_step_is_printed_with_the_opposite_sign_or_far_from_its_value(positions: list[float]) -> None:
    written = written_sum(positions, 1)
    for printed, before, after in zip(written.steps, positions[:-1], positions[1:], strict=True):
        assert printed * (after - before) >= 0
        assert abs(printed / 10 - (after - before)) < 0.2


def test_steps_that_need_no_correction_are_simply_rounded() -> None:
    written = written_sum([569.2, 513.5, 503.4, 509.7, 509.1], 1)
    assert (written.start, written.steps, written.total) == (5692, (-557, -101, 63, -6), 5091)


def test_the_step_that_rounding_moved_most_takes_the_missing_unit() -> None:
    written = written_sum([0.0, 0.14, 0.27, 0.40], 1)  # 0.14 + 0.13 + 0.13 = 0.40, rounded 0.1 + 0.1 + 0.1
    assert written.steps == (2, 1, 1)


def test_numbers_are_written_with_a_true_minus() -> None:
    written = written_sum([-2.84, -0.91, -0.76], 2)
    assert written.number(written.start) == "−2.84"
    assert [written.signed(step) for step in written.steps] == ["+1.93", "+0.15"]
    assert [written.term(step) for step in (-5, 0, 5)] == ["− 0.05", "+ 0.00", "+ 0.05"]
    assert written.signed(0) == "0.00"
