"""`setup`: what a fresh machine needs, each step whole or not at all, so that an interrupted one resumes."""

from __future__ import annotations

import argparse
import fcntl
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from core.accounts.first_accounts import FirstAccount, make_first_accounts
from core.accounts.store import open_accounts
from core.commands.console import ConsoleProgress, print_json, print_lines
from core.desk import open_desk
from core.errors import ModelMissing, ModelRefused, PortfolioMissing, SettingsError
from core.model import registry
from core.model.training import TrainingOptions, train
from core.portfolio import contract_file, features
from core.portfolio.contract import Contract
from core.portfolio.features import FeatureStore
from core.portfolio.importing import import_tables
from core.portfolio.synthetic.generator import generate, is_synthetic
from core.portfolio.tables import Tables, imported_from
from core.progress import Progress
from core.settings import Settings

DEMO_APPLICANTS = 20_000
DEMO_NEW_APPLICATIONS = 600
DEMO_SEED = 2026


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--applicants", type=int, default=DEMO_APPLICANTS, help="size of the demo portfolio")
    parser.add_argument("--seed", type=int, default=DEMO_SEED, help="the demo portfolio is made from this number")
    parser.add_argument("--reset", action="store_true", help="forget the demo portfolio and its models first")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    progress = ConsoleProgress()
    with _alone(settings):
        if arguments.reset:
            _forget_demo(settings)
        made = set_up(settings, arguments.applicants, arguments.seed, progress)
        accounts = make_first_accounts(open_accounts(settings), settings.first_accounts_file, datetime.now(UTC))
    progress.close()
    if accounts:
        made.append("first accounts")
        _show_accounts(accounts, settings)
    if arguments.json:
        print_json({"made": made})
    else:
        print_lines([f"Made: {', '.join(made)}." if made else "Everything is in place."])
    return 0


def _show_accounts(accounts: tuple[FirstAccount, ...], settings: Settings) -> None:
    """On the terminal, this once; a log that others may read gets the name of the file only."""
    lines = [f"First accounts: one per role, in {settings.first_accounts_file} (only you can read it)."]
    if sys.stderr.isatty():
        lines += ["Shown this once: hand the passwords out, then delete that file.", ""]
        lines += [f"  {account.line}" for account in accounts] + [""]
    print("\n".join(lines), file=sys.stderr)


def set_up(settings: Settings, applicants: int, seed: int, progress: Progress) -> list[str]:
    """The names of what had to be made; an imported portfolio is never replaced by the demo."""
    contract = contract_file.read(settings.contract_file)
    made = []
    if not _has_portfolio(settings, contract):
        if not settings.raw_dir.is_dir():
            generate(settings.raw_dir, applicants, DEMO_NEW_APPLICATIONS, seed, progress)
            made.append("raw tables")
        import_tables(settings.raw_dir, contract, settings, replace=True, progress=progress)
        made.append("portfolio")
    if not features.is_current(settings, contract):
        features.build(settings, contract, progress)
        made.append("features")
    if not _has_model(settings):
        with closing(FeatureStore.open(settings.features_file)) as store:
            train(store, contract, settings, TrainingOptions(), progress)
        made.append("model")
    return made


def _has_portfolio(settings: Settings, contract: Contract) -> bool:
    """Whether the portfolio opens; False where there is none, or one that the raw tables here make again.

    PortfolioMissing where it can neither be used nor be made again from what is here.
    """
    try:
        Tables.open(settings.tables_file, contract).close()
    except PortfolioMissing as unusable:
        if settings.tables_file.exists() and not (settings.raw_dir.is_dir() and _is_of_raw_dir(settings)):
            raise PortfolioMissing(
                f"{settings.tables_file}: cannot be used, and {settings.raw_dir} does not hold the tables it was "
                f"imported from ({imported_from(settings.tables_file) or 'the file does not say which'}); "
                "import them again: python -m core import --from DIR --replace."
            ) from unusable
        return False
    return True


def _is_of_raw_dir(settings: Settings) -> bool:
    """Whether nothing but the raw tables here went into the portfolio; one that does not say: if those are the demo."""
    source = imported_from(settings.tables_file)
    return is_synthetic(settings.raw_dir) if source is None else source == str(settings.raw_dir)


def _has_model(settings: Settings) -> bool:
    """Whether the desk opens with its model; a damaged one, or one of other features, is made anew."""
    try:
        open_desk(settings).close()
    except (ModelMissing, ModelRefused):
        return False
    return True


def _forget_demo(settings: Settings) -> None:
    invented = is_synthetic(settings.raw_dir)
    if settings.tables_file.exists() and not (invented and _is_of_raw_dir(settings)):
        source = imported_from(settings.tables_file) or "a place it does not name"
        raise SettingsError(
            f"setup --reset: forgets the demo portfolio only, this one was imported from {source}; "
            "import over it with --replace, or name another desk with --data."
        )
    registry.retire(settings.models_dir)
    for file in (settings.features_file, settings.tables_file):
        file.unlink(missing_ok=True)
    if invented:
        shutil.rmtree(settings.raw_dir)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Two set-ups of one desk at once would build the same files twice."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / ".setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(
                f"setup: another one is at work in {settings.data_dir}; wait until it has finished."
            ) from None
        yield
