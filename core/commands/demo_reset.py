"""Forgets a demo: portfolio, models in force, record, keys and policies; never anything that people made."""

from __future__ import annotations

import shutil
from contextlib import closing

from core.casework.kinds import CORRECTED, DECIDED, OUTCOME
from core.casework.opening import open_ledger
from core.commands.demo_portfolio import is_of_raw_dir
from core.errors import SettingsError
from core.model import registry
from core.portfolio.synthetic.generator import is_synthetic
from core.portfolio.tables import imported_from
from core.settings import Settings

_OLD = ".old"
_MADE_BY_PEOPLE = (DECIDED, OUTCOME, CORRECTED)


def forget_demo(settings: Settings) -> None:
    """SettingsError, and everything stays, where the portfolio was imported or people have decided here.

    LedgerLocked: the desk is open. Killed halfway, the same again goes on with what is left.
    """
    invented = is_synthetic(settings.raw_dir)
    if settings.tables_file.exists() and not (invented and is_of_raw_dir(settings)):
        source = imported_from(settings.tables_file) or "a place it does not name"
        raise SettingsError(
            f"setup --reset: forgets the demo portfolio only, this one was imported from {source}; "
            "import over it with --replace, or name another desk with --data."
        )
    _forget_record(settings)
    registry.retire(settings.models_dir)
    for file in (settings.features_file, settings.tables_file):
        file.unlink(missing_ok=True)
    if invented:
        shutil.rmtree(settings.raw_dir)


def _forget_record(settings: Settings) -> None:
    """The key file goes with the record; a master key that lies apart may serve another desk and stays."""
    aside = settings.ledger_dir.with_name(f"{settings.ledger_dir.name}{_OLD}")
    shutil.rmtree(aside, ignore_errors=True)  # of a reset that was killed here
    if settings.ledger_dir.is_dir():
        _check_invented(settings)
        settings.ledger_dir.rename(aside)
        shutil.rmtree(aside)
    if settings.apart_master_key is None:
        settings.master_key_file.unlink(missing_ok=True)
    shutil.rmtree(settings.policies_dir, ignore_errors=True)


def _check_invented(settings: Settings) -> None:
    with closing(open_ledger(settings)) as ledger, ledger.reading() as cursor:
        rows = cursor.execute(
            "select count(*) from events where list_contains(?, kind) "
            "and coalesce(json_extract_string(public, '$.demo'), '') <> 'true'",
            [list(_MADE_BY_PEOPLE)],
        ).fetchall()
    made_by_people = int(rows[0][0])
    if made_by_people:
        raise SettingsError(
            f"setup --reset: the record in {settings.ledger_dir} must hold invented decisions and outcomes only, "
            f"got {made_by_people:,} made by people; keep this desk, and make a demo beside it in a folder of its own "
            "(--data DIR)."
        )
