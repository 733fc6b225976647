"""The desk and what is read from it once for all visitors: the only `st.cache_*`."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from core import settings
from core.accounts.store import AccountStore, open_accounts
from core.casework.account_events import AccountOutbox
from core.casework.erasure import Erasures
from core.casework.erasure_open import PORTFOLIO
from core.casework.history_choices import ChoicesSoFar
from core.casework.opening import open_ledger
from core.casework.pinned import PinnedModel, Shelf, model_shelf
from core.casework.retention import Retention
from core.desk import Desk, open_desk
from core.errors import LedgerUnavailable, PortfolioMissing, SolventError
from core.ledger.ledger import Ledger
from core.model import registry
from core.portfolio import contract_file as contracts
from core.scoring.field_limits import FieldLimits
from pages._ui import entry_draft
from pages._ui.case import Case
from pages._ui.drafts import Drafts

_EXAMPLES = 4


def desk() -> Desk:
    """The one open desk; opened again when portfolio, model or policy were replaced on disk.

    Without its ledger where that cannot be opened: scoring goes on, deciding does not.
    """
    own = settings.read()
    try:
        chain: Ledger | None = ledger()
    except (LedgerUnavailable, PortfolioMissing):
        chain = None
    opened = _opened(str(own.data_dir), chain is not None, own, chain)
    if opened.changed_on_disk():
        for kept in (_opened, _waiting, _limits):  # also for a person who was forgotten since
            kept.clear()
        opened = _opened(str(own.data_dir), chain is not None, own, chain)
    return opened


@st.cache_resource(show_spinner=False, max_entries=1)
def _opened(data_dir: str, decides: bool, _settings: settings.Settings, _ledger: Ledger | None) -> Desk:
    """A desk that is replaced is not closed here: a visitor may still be reading from it."""
    return open_desk(_settings, ledger=_ledger)


def ledger() -> Ledger:
    """The one open ledger of this process; LedgerUnavailable says why there is none at the moment."""
    own = settings.read()
    if not own.tables_file.exists():  # set-up fills the past of a demo first
        raise PortfolioMissing("Ledger: it begins with a portfolio, and there is none yet; run `python -m core setup`.")
    return _ledger(str(own.data_dir), own)


@st.cache_resource(show_spinner=False, max_entries=1, on_release=Ledger.close)
def _ledger(data_dir: str, _settings: settings.Settings) -> Ledger:
    return open_ledger(_settings)


def close() -> None:
    """The app ends: what is being written is finished, and the record is closed."""
    _opened.clear()
    _ledger.clear()


def erasures() -> Erasures:
    """Forgets people, one at a time; the contract is read again when it was changed."""
    own, chain = settings.read(), ledger()
    return _erasures(id(chain), own.contract_file.stat().st_mtime_ns, own, chain)


@st.cache_resource(show_spinner=False, max_entries=1)
def _erasures(of_ledger: int, contract_of: int, _settings: settings.Settings, _ledger: Ledger) -> Erasures:
    return Erasures(_ledger, _settings, contracts.read(_settings.contract_file), _let_go)


def _let_go(step: str) -> None:
    """The desk of before still reads the replaced files; opened anew, it lets their last copy go."""
    if step == PORTFOLIO:
        with suppress(SolventError):
            desk()


def retention() -> Retention:
    return Retention(ledger(), settings.read().retention_days)


def history_choices() -> ChoicesSoFar:
    """What the history can be filtered by; it grows with the record."""
    return _history_choices(id(ledger()))


@st.cache_resource(show_spinner=False, max_entries=1)
def _history_choices(of_ledger: int) -> ChoicesSoFar:
    return ChoicesSoFar()


def accounts() -> AccountStore:
    """People, roles and sessions; what is cached is where they are, never what they say."""
    own = settings.read()
    return _accounts(str(own.accounts_file), own)


@st.cache_resource(show_spinner=False, max_entries=1)
def _accounts(file: str, _settings: settings.Settings) -> AccountStore:
    return open_accounts(_settings)


def outbox() -> AccountOutbox:
    """What carries account events to the chain; it remembers how far it came."""
    store, chain = accounts(), ledger()
    return _outbox(id(store), id(chain), store, chain)


@st.cache_resource(show_spinner=False, max_entries=1)
def _outbox(of_accounts: int, of_ledger: int, _store: AccountStore, _ledger: Ledger) -> AccountOutbox:
    return AccountOutbox(_store, _ledger)


def models(own: settings.Settings) -> Shelf[PinnedModel]:
    """Every model by version, loaded once each; looked for anew when a folder of a model comes or goes."""
    return _models(str(own.models_dir), tuple(registry.versions(own.models_dir)), own)


@st.cache_resource(show_spinner=False, max_entries=2)
def _models(models_dir: str, versions: tuple[str, ...], _settings: settings.Settings) -> Shelf[PinnedModel]:
    return model_shelf(_settings.models_dir)


def examples(of: Desk) -> list[str]:
    """A few client numbers to try."""
    return of.tables.keys(_EXAMPLES)


def waiting(of: Desk) -> list[str]:
    """The applications without an outcome, in the order of their numbers."""
    return _waiting(of.tables.about.fingerprint, of)


@st.cache_resource(show_spinner=False, max_entries=2)
def _waiting(fingerprint: str, _of: Desk) -> list[str]:
    return _of.tables.keys(None, labelled=False)


def limits(case: Case) -> FieldLimits:
    """How far the recommendation of a case holds, kept because it takes more than half a second to find."""
    of = case.desk
    made_with = (of.tables.about.fingerprint, of.model.version, of.policy.version)
    return _limits(case.identity, made_with, case)


@st.cache_resource(show_spinner=False, max_entries=200)
def _limits(identity: str, made_with: tuple[str, str, str], _case: Case) -> FieldLimits:
    return _case.limits()


@st.cache_resource(show_spinner=False)
def entry_drafts() -> Drafts[str, entry_draft.Draft]:
    """The applications being typed in, by user name."""
    return Drafts(entry_draft.Draft(), entry_draft.letters_of)


@st.cache_resource(show_spinner=False)
def notes() -> Drafts[tuple[str, str], str]:
    """The notes being written on decisions, by user name and application."""
    return Drafts("", len)
