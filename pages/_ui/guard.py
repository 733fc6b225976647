"""What stands in front of every page: whoever may not go on, or cannot, reads why and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from core.desk import Desk
from core.errors import ModelMissing, ModelRefused, PortfolioMissing, SolventError, UnknownApplicant
from pages._ui import cache, cards

_TITLES: dict[type[SolventError], tuple[str, str]] = {
    UnknownApplicant: ("No such client", ":material/person_off:"),
    PortfolioMissing: ("There is no portfolio yet", ":material/database_off:"),
    ModelMissing: ("There is no model yet", ":material/deployed_code_alert:"),
    ModelRefused: ("The model was refused", ":material/gpp_bad:"),
}
_OTHERWISE = ("This could not be done", ":material/error:")


def desk() -> Desk:
    """The open desk; a visitor for whom there is none reads why, and the page ends here."""
    with refusals(), st.spinner("Opening the portfolio and the model …"):
        opened = cache.desk()
    cards.in_force(opened.model.version, opened.policy.version)
    return opened


@contextmanager
def refusals(offer: Callable[[], None] | None = None) -> Iterator[None]:
    """Around pages and fragments: a refusal becomes a card instead of an error, and the run ends.

    `offer` draws what to do instead, below the words of the refusal.
    """
    try:
        yield
    except SolventError as refusal:
        title, icon = next((words for kind, words in _TITLES.items() if isinstance(refusal, kind)), _OTHERWISE)
        with cards.refusal(title, icon, str(refusal)):
            if offer:
                offer()
        st.stop()
