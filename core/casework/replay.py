"""Records repeated with the versions they were made with: the stored row again through model, calibrator and policy,
and the raw application again through the SQL where that is still the same.

Needs no ledger, only records and files: they may come from the process that has the desk open.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.casework import replay_checks as checks
from core.casework.layout import public_score, sealed_score
from core.casework.pinned import PinnedModel, RowSource, Shelf, model_shelf, policy_shelf
from core.casework.recording import typed_lookup
from core.casework.replay_checks import Told
from core.casework.replay_report import Difference, Replay, ReplayReport, Tally, Verdict
from core.casework.stored_record import StoredRecord
from core.errors import SolventError
from core.policy.policy import Policy
from core.portfolio.feature_batch import RowRequest
from core.progress import Progress, silent
from core.settings import Settings

AT_ONCE = 500  # records between two looks at `cancelled`: margins and rows are made for all of them together
_REMEMBERED = 2_000  # explanations and rows, more than come together: a decision repeats those of its score
NOT_ASKED = "it was not asked for"
OTHER_SQL = "the SQL of the features has changed since"
OTHER_TABLES = "another portfolio is imported now"
LOST_KEY = "its key is missing and no event says that it was destroyed; restore the key file from its backup."
NO_CLIENT = "the client whose history counted is not in the portfolio any more"

_Key = TypeVar("_Key")
_Made = TypeVar("_Made")


def never() -> bool:
    return False


class Replayer:
    """Repeats records; models and policies are loaded once each. Threads take turns."""

    def __init__(
        self, models: Callable[[str], PinnedModel], policies: Callable[[str], Policy], source: RowSource | None = None
    ) -> None:
        self._models = models
        self._policies = policies
        self._source = source
        self._explanations: OrderedDict[tuple[str, bytes], tuple[NDArray[np.float64], float]] = OrderedDict()
        self._rows: OrderedDict[str, NDArray[np.float32] | None] = OrderedDict()
        self._turn = Lock()

    def replay_one(self, record: StoredRecord) -> Replay:
        """The record, repeated; every refusal on the way is a verdict."""
        return self._replays([record])[0]

    def replay_all(
        self,
        records: Iterable[StoredRecord],
        progress: Progress = silent,
        cancelled: Callable[[], bool] = never,
        expected: int | None = None,
    ) -> ReplayReport:
        """All records in their order; `expected` is how many there will be, for the progress."""
        tally, coming = Tally(), iter(records)
        while not cancelled():
            together = list(islice(coming, AT_ONCE))
            if not together:
                return tally.report(cancelled=False)
            for replay in self._replays(together):
                tally.add(replay)
            progress(f"replay: {tally.so_far}", tally.records / expected if expected else None)
        return tally.report(cancelled=True)

    def _replays(self, records: Sequence[StoredRecord]) -> list[Replay]:
        """One for each record, in order."""
        with self._turn:
            return list(self._repeat(records))

    def _repeat(self, records: Sequence[StoredRecord]) -> Iterator[Replay]:
        prepared = [self._prepared(record) for record in records]
        told = [one for one in prepared if isinstance(one, Told)]
        margins = self._margins(told)
        self._make_rows(told)
        for one in prepared:
            yield self._repeated(one, margins[one.sequence]) if isinstance(one, Told) else one

    def _prepared(self, record: StoredRecord) -> Told | Replay:
        """What can be repeated, or the verdict on what cannot."""
        if record.sealed is None and record.erased:
            return Replay(record.sequence, Verdict.ERASED)
        if record.sealed is None:
            return Replay(record.sequence, Verdict.IMPOSSIBLE, reason=LOST_KEY)
        try:
            public = public_score(record.public, record.sequence)
            told = checks.told(record.sequence, public, sealed_score(record.sealed, record.sequence))
            pinned = self._models(public.model_version)
            self._policies(public.policy_version)
        except SolventError as gone:
            return Replay(record.sequence, Verdict.IMPOSSIBLE, reason=str(gone))
        misfit = tuple(checks.shape(told, pinned))
        return Replay(record.sequence, Verdict.DIFFERS, misfit) if misfit else told

    def _margins(self, records: Sequence[Told]) -> dict[int, float]:
        """By sequence; one matrix per model."""
        made: dict[int, float] = {}
        for version in {record.public.model_version for record in records}:
            own = [record for record in records if record.public.model_version == version]
            margins = self._models(version).model.margins(np.stack([record.row for record in own]))
            made.update(zip((record.sequence for record in own), margins.tolist(), strict=True))
        return made

    def _repeated(self, record: Told, margin: float) -> Replay:
        pinned = self._models(record.public.model_version)
        policy = self._policies(record.public.policy_version)
        shares, base = self._explained(record, pinned)
        made_again = self._row_again(record, pinned)
        not_from_raw = made_again if isinstance(made_again, str) else ""
        differences: tuple[Difference, ...] = (
            *checks.inputs(record),
            *(() if isinstance(made_again, str) else checks.features(record, made_again, pinned.model.features)),
            *checks.model(record, pinned, margin),
            *checks.explanation(record, shares, base),
            *checks.families(record),
            *checks.calibrator(record, pinned),
            *checks.policy(record, policy),
            *checks.money(record, policy, pinned.model.features),
        )
        verdict = Verdict.DIFFERS if differences else Verdict.SAME
        return Replay(record.sequence, verdict, differences, from_raw=not not_from_raw, not_from_raw=not_from_raw)

    def _explained(self, record: Told, pinned: PinnedModel) -> tuple[NDArray[np.float64], float]:
        """The contributions of the row; once where a score and its decision follow each other."""
        key = (record.public.model_version, record.row.tobytes())
        known = self._explanations.get(key)
        if known is None:
            known = self._explanations[key] = pinned.model.contributions(record.row)
            _forget(self._explanations)
        return known

    def _row_again(self, record: Told, pinned: PinnedModel) -> NDArray[np.float32] | str:
        """The row of the raw application in the model's order, or why it cannot be made again."""
        source = self._source
        if source is None:
            return NOT_ASKED
        changed = _changed(source, record)
        if changed:
            return changed
        made = self._rows[_row_key(record)]
        if made is None:
            return NO_CLIENT
        place = {name: at for at, name in enumerate(source.rows.names)}
        lost = [name for name in pinned.model.features if name not in place]
        return f"the SQL makes no '{lost[0]}'" if lost else made[[place[name] for name in pinned.model.features]]

    def _make_rows(self, records: Sequence[Told]) -> None:
        """The rows of all raw applications that go through the SQL of now, together."""
        source = self._source
        if source is None:
            return
        wanted = {_row_key(record): record for record in records if not _changed(source, record)}
        for key in wanted.keys() & self._rows.keys():
            self._rows.move_to_end(key)
        new = [key for key in wanted if key not in self._rows]
        made = source.rows.rows([RowRequest(wanted[key].application, wanted[key].sealed.history_of) for key in new])
        for key, row in zip(new, made, strict=True):
            self._rows[key] = row
            _forget(self._rows)


def _changed(source: RowSource, record: Told) -> str:
    """Why the SQL of now does not make the rows of then; empty where it does."""
    if source.sql_fingerprint != record.sealed.sql_fingerprint:
        return OTHER_SQL
    return "" if source.tables_fingerprint == record.sealed.tables_fingerprint else OTHER_TABLES


def _row_key(record: Told) -> str:
    return typed_lookup(record.application, record.sealed.history_of)


def _forget(kept: OrderedDict[_Key, _Made]) -> None:
    """The oldest, beyond what is remembered."""
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)


def open_replayer(settings: Settings, source: RowSource | None = None) -> Replayer:
    """A replayer over the models and policies that are kept; `source` repeats the feature rows too."""
    models: Shelf[PinnedModel] = model_shelf(settings.models_dir)
    return Replayer(models, policy_shelf(settings.policies_dir), source)
