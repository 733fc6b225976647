from __future__ import annotations

import pytest
from streamlit.proto.Table_pb2 import Table
from streamlit.testing.v1 import AppTest

ROWS = {"Income": "270,000 · above 84 % of clients", "Owns a car": "", "**Ärger**": "1\u00a0500 €"}


def _both(rows: dict[str, str], alt: str) -> None:
    import streamlit as st

    from pages._ui import tables

    st.table(rows, border="horizontal", alt=alt)
    tables.described(rows, alt)


@pytest.mark.parametrize("rows", [ROWS, {"Grade": "C"}])
def test_what_is_described_reaches_the_browser_as_streamlit_would_send_it(rows: dict[str, str]) -> None:
    test = AppTest.from_function(_both, args=(rows, "Facts")).run()
    by_streamlit, ours = (table.proto for table in test.table)
    assert isinstance(ours, Table)
    assert ours.alt == "Facts"
    assert ours == by_streamlit
