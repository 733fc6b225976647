"""Whether what was recorded comes out again, part by part, to the last bit.

Each part is repeated from what the part before it gave then, so that a difference is named where it arises.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.casework.layout import PublicScore, SealedScore, unpacked_contributions, unpacked_row
from core.casework.pinned import PinnedModel
from core.casework.recording import TYPED, typed_lookup
from core.casework.replay_report import Difference, Part
from core.errors import SolventError
from core.policy.points import log_odds
from core.policy.policy import Policy
from core.portfolio.application import Application

_Cell = str | float | None
_SUMS = 1e-9  # log-odds by which sums in another order may miss each other


@dataclass(frozen=True)
class Told:
    """What was recorded, with its arrays."""

    sequence: int
    public: PublicScore
    sealed: SealedScore
    row: NDArray[np.float32]
    contributions: NDArray[np.float64]

    @property
    def application(self) -> Application:
        return Application(self.sealed.application)


def told(sequence: int, public: PublicScore, sealed: SealedScore) -> Told:
    return Told(sequence, public, sealed, unpacked_row(sealed.row), unpacked_contributions(sealed.contributions))


def inputs(record: Told) -> Iterator[Difference]:
    """An application typed in is named by its content, so a changed field shows."""
    lookup = record.sealed.lookup
    if lookup.startswith(TYPED) and typed_lookup(record.application, record.sealed.history_of) != lookup:
        yield Difference(Part.INPUTS, "the raw fields are not those that the application is named after")


def shape(record: Told, pinned: PinnedModel) -> Iterator[Difference]:
    """A row of another length cannot be given to the model at all."""
    wanted, found = len(pinned.model.features), record.row.size
    if found != wanted:
        yield Difference(Part.FEATURES, f"the stored row has {found} features, the model {wanted}")


def features(record: Told, made_again: NDArray[np.float32], names: tuple[str, ...]) -> Iterator[Difference]:
    """The row through the SQL, bit by bit; missing is missing whatever its bits."""
    same = (made_again.view(np.uint32) == record.row.view(np.uint32)) | (np.isnan(made_again) & np.isnan(record.row))
    other = np.flatnonzero(~same)
    if other.size:
        at = int(other[0])
        yield Difference(
            Part.FEATURES,
            f"{other.size} of {len(names)} features from the raw application, first '{names[at]}': "
            f"{_then_now(float(record.row[at]), float(made_again[at]))}",
        )


def model(record: Told, pinned: PinnedModel, margin: float) -> Iterator[Difference]:
    if pinned.sha256 != record.public.model_sha256:
        yield Difference(
            Part.MODEL, f"SHA-256 of model.txt: {record.public.model_sha256[:12]}… then, {pinned.sha256[:12]}… now"
        )
    if margin.hex() != record.public.margin.hex():
        yield Difference(Part.MODEL, f"margin: {_then_now(record.public.margin, margin)}")


def explanation(record: Told, shares: NDArray[np.float64], base: float) -> Iterator[Difference]:
    if base.hex() != record.sealed.base.hex():
        yield Difference(Part.MODEL, f"base: {_then_now(record.sealed.base, base)}")
    if shares.tobytes() != record.contributions.tobytes():
        other = int(np.count_nonzero(shares != record.contributions)) if shares.size == record.contributions.size else 0
        yield Difference(Part.MODEL, f"contributions: {other or 'the number'} of {record.contributions.size} differ")


def calibrator(record: Told, pinned: PinnedModel) -> Iterator[Difference]:
    public = record.public
    yield from _same(Part.CALIBRATOR, "version", public.calibrator_version, pinned.calibrator_version)
    probability = pinned.model.default_probability(public.margin)
    yield from _same(Part.CALIBRATOR, "default probability", public.default_probability, probability)
    if probability == public.default_probability:
        yield from _same(
            Part.CALIBRATOR, "calibration", record.sealed.calibration, log_odds(probability) - public.margin
        )


def policy(record: Told, kept: Policy) -> Iterator[Difference]:
    public, sealed = record.public, record.sealed
    try:
        now: tuple[tuple[str, _Cell, _Cell], ...] = (
            ("points", public.points, kept.points(public.default_probability)),
            ("grade", public.grade, kept.grade(public.default_probability)),
            ("recommendation", public.recommendation, kept.recommend(public.default_probability).value),
            ("cut-off", sealed.cut, kept.approve_below),
            ("decline from", sealed.decline_from, kept.decline_from),
        )
    except SolventError as refused:  # a probability that is none
        yield Difference(Part.POLICY, str(refused))
        return
    for name, then, again in now:
        yield from _same(Part.POLICY, name, then, again)


def money(record: Told, kept: Policy, names: tuple[str, ...]) -> Iterator[Difference]:
    """The amount from the raw fields; the expected loss too, where the model's row holds what it was made from."""
    amount = record.application.fields.get(kept.exposure_column)
    asked_for = float(amount) if isinstance(amount, int | float) else None
    yield from _same(Part.INPUTS, "amount", record.public.amount, asked_for)
    exposed = kept.exposure_column.lower()
    if exposed not in names or not 0 < record.public.default_probability < 1:
        return
    exposure = float(record.row[names.index(exposed)])
    loss = kept.expected_loss(record.public.default_probability, exposure) if 0 <= exposure < math.inf else None
    yield from _same(Part.POLICY, "expected loss", record.sealed.expected_loss, loss)


def families(record: Told) -> Iterator[Difference]:
    """Their sums against all contributions; which feature is of which family is not kept with a model."""
    summed = math.fsum(family.contribution for family in record.sealed.families)
    total = math.fsum(record.contributions.tolist())
    if not abs(summed - total) <= _SUMS:
        yield Difference(Part.MODEL, f"family sums: add up to {summed}, the contributions to {total}")
    own = {family.family: family.contribution for family in record.sealed.families}
    for reason in record.sealed.reasons:
        yield from _same(Part.MODEL, f"reason '{reason.family}'", reason.contribution, own.get(reason.family))


def _same(part: Part, name: str, then: _Cell, now: _Cell) -> Iterator[Difference]:
    if repr(then) != repr(now):  # for floats: another bit
        yield Difference(part, f"{name}: {_then_now(then, now)}")


def _then_now(then: _Cell, now: _Cell) -> str:
    return f"{then} then, {now} now"
