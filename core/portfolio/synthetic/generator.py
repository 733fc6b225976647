"""Writes a whole synthetic portfolio: all seven tables as Parquet, chunk by chunk, and in place at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.portfolio.synthetic import application, bureau, card, default_risk, instalments, people, pos_cash, previous
from core.portfolio.synthetic.facts import Category, Codes, Columns
from core.portfolio.synthetic.tables import (
    APPLICATION,
    BUREAU,
    BUREAU_BALANCE,
    CARD,
    INSTALMENTS,
    POS_CASH,
    PREVIOUS,
    Layout,
)
from core.progress import Progress, silent

CHUNK = 10_000  # applicants drawn at once: about 0.5 GB at the peak
FIRST_KEY, FIRST_PREVIOUS, FIRST_BUREAU = 100_001, 1_000_001, 5_000_001
THIN_FILE_SHARE = 0.142  # applicants whom the credit bureau does not know
TRUTH: Layout = (("SK_ID_CURR", "int"), ("true_default_probability", "float"))
TYPES: Mapping[str, pa.DataType] = {"int": pa.int64(), "float": pa.float64(), "text": pa.string()}
Arrow: TypeAlias = "pa.Array[pa.Scalar[pa.DataType]]"
MARKER = ".synthetic"  # a hidden file: an import passes over it
LABELLED, UNLABELLED = "application_train", "application_test"
FILES: Mapping[str, Layout] = {
    LABELLED: APPLICATION,
    UNLABELLED: tuple(column for column in APPLICATION if column[0] != "TARGET"),
    "bureau": BUREAU,
    "bureau_balance": BUREAU_BALANCE,
    "previous_application": PREVIOUS,
    "POS_CASH_balance": POS_CASH,
    "installments_payments": INSTALMENTS,
    "credit_card_balance": CARD,
    "true_default_probability": TRUTH,
}


@dataclass(frozen=True)
class _Chunk:
    labelled: bool
    number: int  # within the labelled or the unlabelled
    first: int  # position of its first applicant in the portfolio
    count: int


def _chunks(applicants: int, new_applications: int) -> Iterator[_Chunk]:
    for labelled, start, total in ((True, 0, applicants), (False, applicants, new_applications)):
        for number, first in enumerate(range(0, total, CHUNK)):
            yield _Chunk(labelled, number, start + first, min(CHUNK, total - first))


def _array(values: NDArray[np.generic] | Category, kind: str) -> Arrow:
    if isinstance(values, Category):
        indices = np.where(values.codes < 0, len(values.choices), values.codes)
        texts: Arrow = pa.array([*values.choices, None], pa.string()).take(pa.array(indices, pa.int64()))
        return texts
    numbers: Arrow = pa.array(values, from_pandas=True).cast(TYPES[kind])
    return numbers


def _arrow(columns: Columns, layout: Layout) -> pa.Table:
    return pa.table([_array(columns[name], kind) for name, kind in layout], schema=_schema(layout))


@dataclass
class _NextIdentifiers:
    previous: int = FIRST_PREVIOUS
    bureau: int = FIRST_BUREAU


def _draw(chunk: _Chunk, seed: int, following: _NextIdentifiers) -> Iterator[tuple[str, Columns]]:
    """All tables of one chunk; the same seed and chunk give the same rows whatever the size of the portfolio."""
    root = np.random.SeedSequence(seed, spawn_key=(int(chunk.labelled), chunk.number))
    rngs = [np.random.default_rng(child) for child in root.spawn(9)]
    keys: Codes = FIRST_KEY + chunk.first + np.arange(chunk.count)
    persons = people.draw(rngs[0], chunk.count)
    thin = rngs[1].random(chunk.count) < THIN_FILE_SHARE
    asked = application.draw(rngs[1], persons, keys, thin)
    probability = default_risk.probabilities(persons, asked)
    if chunk.labelled:
        yield LABELLED, asked.columns | {"TARGET": default_risk.outcomes(rngs[2], probability)}
    else:
        yield UNLABELLED, asked.columns
    yield "true_default_probability", {"SK_ID_CURR": keys, "true_default_probability": probability}
    loans_elsewhere, reports = bureau.draw(rngs[3], persons, keys, thin, following.bureau)
    following.bureau += len(reports.owner)
    yield "bureau", loans_elsewhere
    yield "bureau_balance", bureau.monthly(rngs[4], persons, reports)
    applications, loans = previous.draw(rngs[5], persons, keys, following.previous)
    following.previous += len(np.asarray(applications["SK_ID_PREV"]))
    yield "previous_application", applications
    yield "POS_CASH_balance", pos_cash.draw(rngs[6], persons, keys, loans)
    statements, payments = card.draw(rngs[7], persons, keys, loans)
    yield "credit_card_balance", statements
    yield "installments_payments", instalments.draw(rngs[8], persons, keys, loans, payments)


def _schema(layout: Layout) -> pa.Schema:
    return pa.schema([(name, TYPES[kind]) for name, kind in layout])


def is_synthetic(folder: Path) -> bool:
    """Whether the folder was written here and nowhere else, so that it may be made again or deleted."""
    return (folder / MARKER).is_file()


def generate(
    into: Path, applicants: int = 20_000, new_applications: int = 600, seed: int = 1, progress: Progress = silent
) -> None:
    """Writes the portfolio into the folder `into`, which appears only when all of it is there.

    `applicants` have an outcome, `new_applications` wait for a decision. An older folder is replaced.
    """
    if applicants < 1 or new_applications < 0:
        raise ValueError(f"applicants: at least 1, new applications: at least 0; got {applicants}, {new_applications}.")
    part = into.with_name(into.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    following = _NextIdentifiers()
    with ExitStack() as open_files:
        writers = {
            name: open_files.enter_context(
                pq.ParquetWriter(part / f"{name}.parquet", _schema(layout), compression="zstd", store_schema=False)
            )
            for name, layout in FILES.items()
        }
        total = applicants + new_applications
        for chunk in _chunks(applicants, new_applications):
            progress("drawing the synthetic portfolio", chunk.first / total)
            for name, columns in _draw(chunk, seed, following):
                writers[name].write_table(_arrow(columns, FILES[name]))
    (part / MARKER).write_text(f"Invented by Solvent: seed {seed}. `setup --reset` deletes this folder.\n", "utf-8")
    shutil.rmtree(into, ignore_errors=True)
    part.rename(into)
    progress("drawing the synthetic portfolio", 1.0)
