"""Models and policies of then, loaded once each; a record named and repeated with them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core import settings
from core.casework.happenings import RecordHistory, history_record
from core.casework.pinned import PinnedModel, Shelf, model_shelf, policy_shelf
from core.casework.replay import Replayer
from core.casework.replay_report import Replay
from core.casework.row_source import open_row_source
from core.casework.stored_record import stored_record
from core.desk import Desk
from core.errors import PortfolioMissing, SolventError
from core.ledger.ledger import Ledger
from core.model import registry
from core.policy.points import Scale
from core.settings import Settings


def record(ledger: Ledger, desk: Desk, sequence: int) -> RecordHistory:
    """As it was shown then, and what happened before and since."""
    models = _models(desk.settings)
    return history_record(ledger, sequence, desk.contract, lambda version: models(version).model)


def scale_of(desk: Desk, policy_version: str) -> Scale:
    """The points of that policy; those of today's where it is not kept any more."""
    try:
        return policy_shelf(desk.settings.policies_dir)(policy_version).scale
    except SolventError:
        return desk.policy.scale


def repeated(ledger: Ledger, desk: Desk, sequence: int) -> Replay:
    """The record once more, from its stored row and, where that can be, from the raw application."""
    own = desk.settings
    again = partial(Replayer, _models(own), policy_shelf(own.policies_dir))
    stored = stored_record(ledger, sequence)
    try:
        with open_row_source(own, desk.contract) as source:
            return again(source).replay_one(stored)
    except PortfolioMissing:
        return again(None).replay_one(stored)


def _models(own: Settings) -> Shelf[PinnedModel]:
    """Looked for anew when a folder of a model comes or goes."""
    return _shelf(str(own.models_dir), tuple(registry.versions(own.models_dir)), own)


@st.cache_resource(show_spinner=False, max_entries=2)
def _shelf(models_dir: str, versions: tuple[str, ...], _settings: settings.Settings) -> Shelf[PinnedModel]:
    return model_shelf(_settings.models_dir)
