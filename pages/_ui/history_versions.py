"""Models and policies of then, loaded once each; a record named and repeated with them."""

from __future__ import annotations

from functools import partial

from core.casework.happenings import RecordHistory, history_record
from core.casework.pinned import policy_shelf
from core.casework.replay import Replayer
from core.casework.replay_report import Replay
from core.casework.row_source import open_row_source
from core.casework.stored_record import stored_record
from core.desk import Desk
from core.errors import PortfolioMissing, SolventError
from core.ledger.ledger import Ledger
from core.policy.points import Scale
from pages._ui import cache


def record(ledger: Ledger, desk: Desk, sequence: int) -> RecordHistory:
    """As it was shown then, and what happened before and since."""
    models = cache.models(desk.settings)
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
    again = partial(Replayer, cache.models(own), policy_shelf(own.policies_dir))
    stored = stored_record(ledger, sequence)
    try:
        with open_row_source(own, desk.contract) as source:
            return again(source).replay_one(stored)
    except PortfolioMissing:
        return again(None).replay_one(stored)
