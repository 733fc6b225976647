"""Which row a click on a table chooses."""

from __future__ import annotations

import pytest

from pages._ui.clicked_row import place_of


@pytest.mark.parametrize(
    ("rows", "cells", "before", "chosen"),
    [
        ([], [(4, "PD")], None, 4),  # a cell, nothing ticked
        ([2], [(4, "PD")], 2, 4),  # a cell while another row is ticked
        ([2], [(2, "PD")], 2, 2),  # a cell of the ticked row
        ([3], [(4, "PD")], 2, 3),  # another box, a cell still marked
        ([], [(4, "PD")], 2, None),  # the box cleared, a cell still marked
        ([3], [], None, 3),
        ([], [], 3, None),
        ([], [], None, None),
    ],
)
def test_a_cell_chooses_its_row_and_a_box_goes_first(
    rows: list[int], cells: list[tuple[int, str]], before: int | None, chosen: int | None
) -> None:
    assert place_of(rows, cells, before) == chosen
