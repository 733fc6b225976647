"""What a record was made from: the facts, every field, and the versions of then."""

from __future__ import annotations

import streamlit as st

from core.casework.case_state import moment_words
from core.casework.record import Record
from core.portfolio.contract import Contract, text
from core.portfolio.wording import shown_in_column
from core.scoring.facts import facts
from pages._ui.words import plain


def made_from(seen: Record, contract: Contract, language: str) -> None:
    """The raw fields as they were scored, in the contract's words."""
    fields = seen.application.fields
    with st.expander("Facts of the application then", icon=":material/description:"):
        main = facts(contract, fields, None, language)
        st.table({plain(one.label): plain(one.shown) for one in main}, border="horizontal", alt="Facts as scored")
    with st.expander(f"All {len(fields)} fields as scored", icon=":material/table_rows:"):
        columns = contract.main_columns
        st.table(
            {
                plain(text(columns[name].label, language)): plain(shown_in_column(value, columns[name], language))
                for name, value in fields.items()
                if name in columns
            },
            border="horizontal",
            alt="Every field of the application, as it was scored",
        )
    with st.expander("What it was made with", icon=":material/fingerprint:"):
        st.table(_versions(seen), border="horizontal", alt="Versions of the record")


def _versions(seen: Record) -> dict[str, str]:
    rows = {
        "Event": f"{seen.sequence:,}",
        "Applicant": seen.applicant_reference,
        "Model": seen.score.model_version,
        "Its SHA-256": seen.model_sha256,
        "Calibrator": seen.calibrator_version,
        "Policy": seen.score.policy_version,
        "Solvent": seen.software_version,
        "Scored": f"{moment_words(seen.score.scored_at)}, in {seen.score.latency_ms:.1f} ms",
    }
    return {name: plain(value) for name, value in rows.items()}
