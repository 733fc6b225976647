"""`setup`: what a fresh machine needs, each step whole or not at all, so that an interrupted one resumes."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from core.accounts.first_accounts import FirstAccount, make_first_accounts
from core.accounts.store import open_accounts
from core.commands import demo_past, setup_lock
from core.commands.console import Console
from core.commands.demo_portfolio import is_demo, is_of_raw_dir, remaking
from core.commands.demo_reset import forget_demo
from core.commands.journal_look import has_events, model_in_force
from core.commands.models_folder import check_writable
from core.commands.whole_number import whole_number
from core.desk import open_desk
from core.errors import LedgerUnavailable, ModelMissing, ModelRefused, PortfolioMissing
from core.ledger.keys import KEY_FILE, KeyStore
from core.model import artefact, registry
from core.model.training import TrainingOptions, train
from core.portfolio import contract_file, features
from core.portfolio.contract import Contract
from core.portfolio.features import FeatureStore
from core.portfolio.importing import import_tables
from core.portfolio.synthetic.generator import generate
from core.portfolio.tables import Tables, imported_from
from core.progress import Progress
from core.settings import Settings

DEMO_APPLICANTS = 20_000
DEMO_NEW_APPLICATIONS = 600
DEMO_SEED = 2026
RAW_TABLES = "raw tables"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--applicants", type=whole_number, metavar="N", help=f"size of a new demo portfolio ({DEMO_APPLICANTS:,})"
    )
    parser.add_argument(
        "--seed", type=whole_number, metavar="N", help=f"a new demo is made from this number ({DEMO_SEED})"
    )
    parser.add_argument(
        "--reset", action="store_true", help="forget the demo's portfolio, models, record and policies first"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(arguments: argparse.Namespace, console: Console, settings: Settings) -> int:
    with setup_lock.alone(settings):
        if arguments.reset:
            forget_demo(settings)
        demo = demo_of(arguments.applicants, arguments.seed)
        made = set_up(settings, demo, datetime.now(UTC), console.progress)
        accounts = make_first_accounts(open_accounts(settings), settings.first_accounts_file, datetime.now(UTC))
    # no refusals: what was made is made, and scores are given without a record, or a past
    missing = {"record": _why_the_record_does_not_open(settings), "past": demo_past.why_none(settings)}
    missing = {part: why for part, why in missing.items() if why}
    for why in missing.values():
        console.err(why)
    if accounts:
        made.append("first accounts")
        _show_accounts(accounts, settings, console)
    _say_what_was_ignored(arguments, made, console)
    if arguments.json:
        console.json({"made": made, **missing})
    else:
        but = f" but {' and '.join(f'the {part}' for part in missing)}" if missing else ""
        console.out(f"Made: {', '.join(made)}." if made else f"Everything{but} is in place.")
    return 0


def _why_the_record_does_not_open(settings: Settings) -> str:
    """What hinders its keys, in a sentence; empty when there is no record yet, or they open."""
    if not (settings.ledger_dir / KEY_FILE).exists() and not has_events(settings.ledger_dir):
        return ""
    try:
        KeyStore.open(settings.ledger_dir, settings.master_key_file).close()
    except LedgerUnavailable as refusal:
        return str(refusal)
    return ""


def _say_what_was_ignored(arguments: argparse.Namespace, made: list[str], console: Console) -> None:
    given = [name for name in ("applicants", "seed") if getattr(arguments, name) is not None]
    if given and RAW_TABLES not in made:
        console.err(
            f"--{' and --'.join(given)}: not used, the portfolio is there already; "
            "make the demo anew: python -m core setup --reset."
        )


def _show_accounts(accounts: tuple[FirstAccount, ...], settings: Settings, console: Console) -> None:
    """On the terminal, this once; a log that others may read gets the name of the file only."""
    lines = [f"First accounts: one per role, in {settings.first_accounts_file} (only you can read it)."]
    if sys.stderr.isatty():
        lines += ["Shown this once: hand the passwords out, then delete that file.", ""]
        lines += [f"  {account.line}" for account in accounts] + [""]
    console.err("\n".join(lines))


@dataclass(frozen=True)
class Demo:
    """What a demo portfolio is made from."""

    applicants: int = DEMO_APPLICANTS
    seed: int = DEMO_SEED


def demo_of(applicants: int | None, seed: int | None) -> Demo:
    return Demo(DEMO_APPLICANTS if applicants is None else applicants, DEMO_SEED if seed is None else seed)


def set_up(settings: Settings, demo: Demo, now: datetime, progress: Progress) -> list[str]:
    """The names of what had to be made; an imported portfolio is never replaced by the demo and gets no past."""
    contract = contract_file.read(settings.contract_file)
    made = []
    if not _has_portfolio(settings, contract):
        if not settings.raw_dir.is_dir():
            generate(settings.raw_dir, demo.applicants, DEMO_NEW_APPLICATIONS, demo.seed, progress)
            made.append(RAW_TABLES)
        import_tables(settings.raw_dir, contract, settings, replace=True, progress=progress)
        made.append("portfolio")
    if not features.is_current(settings, contract):
        features.build(settings, contract, progress)
        made.append("features")
    if not _has_model(settings):
        _check_no_model_is_lost(settings)
        check_writable(settings.models_dir)
        trained_at = demo_past.present_model_trained_at(now) if _wants_past(settings) else now
        with closing(FeatureStore.open(settings.features_file)) as store:
            train(store, contract, settings, TrainingOptions(), progress, lambda: trained_at)
        made.append("model")
    if _wants_past(settings) and demo_past.add_past(settings, demo.seed, now, progress):
        made.append("past")
    return made


def _has_portfolio(settings: Settings, contract: Contract) -> bool:
    """Whether the portfolio opens; False where there is none, or one that the raw tables here make again.

    PortfolioMissing where it can neither be used nor be made again from what is here.
    """
    try:
        Tables.open(settings.tables_file, contract).close()
    except PortfolioMissing as unusable:
        if settings.tables_file.exists() and not (settings.raw_dir.is_dir() and is_of_raw_dir(settings)):
            raise PortfolioMissing(
                f"{settings.tables_file}: cannot be used, and {settings.raw_dir} does not hold the tables it was "
                f"imported from ({imported_from(settings.tables_file) or 'the file does not say which'}); "
                "import them again: python -m core import --from DIR --replace."
            ) from unusable
        return False
    return True


def _has_model(settings: Settings) -> bool:
    """Whether the desk opens with its model; a damaged one, or one of other features, is made anew."""
    try:
        open_desk(settings).close()
    except (ModelMissing, ModelRefused):
        return False
    return True


def _wants_past(settings: Settings) -> bool:
    """Asked anew before each step: something may have been recorded meanwhile, and stays."""
    return is_demo(settings) and not has_events(settings.ledger_dir)


def _check_no_model_is_lost(settings: Settings) -> None:
    """ModelMissing where the model that the record says is in force is not whole: another one, trained and put in
    force by itself, would hide the loss, and nothing that was recorded could be repeated any more."""
    version = model_in_force(settings.ledger_dir)
    if not version:
        return
    try:
        artefact.load(settings.models_dir / version)
    except (ModelMissing, ModelRefused) as lost:
        anew = f"; a demo on which nobody has decided is made anew by {remaking(settings)}" if is_demo(settings) else ""
        what = "is damaged" if version in registry.versions(settings.models_dir) else "is not among the models"
        raise ModelMissing(
            f"Model {version}: is in force by the record, and its folder {what} in {settings.models_dir}; restore it "
            f"from a backup, or put another one in force on purpose: python -m core train{anew}."
        ) from lost
