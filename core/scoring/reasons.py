"""The principal factors against an applicant: at most four families, by harm, in the contract's wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ExplanationRefused
from core.portfolio.contract import Contract, text
from core.portfolio.feature_meaning import FeatureMeaning
from core.portfolio.wording import inside_sentence
from core.scoring.feature_gate import FeatureRow
from core.scoring.score import FamilyContribution, Reason

MOST_REASONS = 4  # 12 CFR 1002.9, official interpretation: more than four are not likely to help
LEAST_HARM = 0.03  # log-odds, about one scorecard point: below it no factor is principal, not even the first


@dataclass(frozen=True)
class _FamilyWords:
    label: str
    raises: str
    reason: str


class Families:
    """Sums a score's contributions over the families of its features."""

    def __init__(self, contract: Contract, meanings: Sequence[FeatureMeaning], language: str) -> None:
        self._ids = tuple(sorted({meaning.family for meaning in meanings}))
        place = {family: i for i, family in enumerate(self._ids)}
        self._family_of = np.array([place[meaning.family] for meaning in meanings], dtype=np.intp)
        self._protected = tuple((at, meaning) for at, meaning in enumerate(meanings) if meaning.protected)
        self._words: Mapping[str, _FamilyWords] = {
            family: _FamilyWords(
                text(said.label, language) or family, text(said.raises, language), text(said.reason, language)
            )
            for family, said in contract.families.items()
        }
        self._outside = _facts_outside(contract, meanings)

    def sums(self, shares: NDArray[np.float64], row: FeatureRow) -> tuple[FamilyContribution, ...]:
        """Every family's sum over its features, largest first."""
        parts = zip(
            *(self._ids, self._summed(shares), self._unknown(shares, row), self._nothing_known(row)), strict=True
        )
        families = (FamilyContribution(f, self._label(f), c, *missing) for f, c, *missing in parts)
        return tuple(sorted(families, key=lambda family: -abs(family.contribution)))

    def reasons(self, shares: NDArray[np.float64], row: FeatureRow) -> tuple[Reason, ...]:
        """The families that raise the risk noticeably, largest harm first; none where no harm is worth about a point.

        Raises ExplanationRefused when a principal family has no wording or a protected feature contributes: no
        principal factor may be left out (12 CFR 1002.9), and a protected one may not be a reason at all.
        """
        self._check_protected(shares)
        principal = [family for family in self.sums(shares, row) if family.contribution >= LEAST_HARM]
        return tuple(self._reason(family) for family in principal[:MOST_REASONS])

    def _check_protected(self, shares: NDArray[np.float64]) -> None:
        """Training leaves protected features out: this is a model from elsewhere, or a contract changed since."""
        for at, meaning in self._protected:
            if shares[at] != 0:
                raise ExplanationRefused(
                    f"Feature '{meaning.name}': it is protected ({meaning.protected}) and must not contribute to a "
                    f"score, got {shares[at]:+.3f} log-odds; run `python -m core train`, which leaves it out."
                )

    def _summed(self, shares: NDArray[np.float64]) -> list[float]:
        summed: list[float] = np.bincount(self._family_of, weights=shares, minlength=len(self._ids)).tolist()
        return summed

    def _unknown(self, shares: NDArray[np.float64], row: FeatureRow) -> list[bool]:
        """Whether missing values make up most of what a family adds or takes away."""
        from_missing = np.asarray(self._summed(np.where(np.isnan(row), shares, 0.0)))
        summed = np.asarray(self._summed(shares))
        unknown: list[bool] = (from_missing * np.sign(summed) > np.abs(summed) / 2).tolist()
        return unknown

    def _nothing_known(self, row: FeatureRow) -> list[bool]:
        """Whether no fact of a family is known: none that the model reads, and none besides that it does not."""
        known = self._summed(np.where(np.isnan(row), 0.0, 1.0))
        return [not count and family not in self._outside for family, count in zip(self._ids, known, strict=True)]

    def _label(self, family: str) -> str:
        said = self._words.get(family)
        return said.label if said else family or "Without a family"

    def _reason(self, principal: FamilyContribution) -> Reason:
        family = principal.family
        said = self._words.get(family)
        if said is None or not said.raises or not said.reason:
            raise ExplanationRefused(
                f"Family '{family}': it is a principal reason of this score and must have a wording, the contract "
                "gives none; add label, raises and reason to the contract."
            )
        raises = missing_facts(principal) or said.raises
        return Reason(family, said.label, raises, _missing_reason(principal) or said.reason, principal.contribution)


def _facts_outside(contract: Contract, meanings: Sequence[FeatureMeaning]) -> frozenset[str]:
    """Families of which an application has facts that the model does not read: they may be known all the same."""
    read = {meaning.name for meaning in meanings}
    columns = contract.columns_as_features.items()
    return frozenset(column.family for name, column in columns if name not in read and column.family)


def missing_facts(family: FamilyContribution) -> str:
    """How a sentence names a family that counts because facts are missing: it must not claim what nobody knows.

    Empty for a family that counts by what is known.
    """
    if not family.unknown:
        return ""
    about = inside_sentence(family.label)
    return f"nothing known about {about}" if family.nothing_known else f"missing facts about {about}"


def _missing_reason(principal: FamilyContribution) -> str:
    """The same in the words of a letter; the contract's sentence would hold against the applicant what is not known."""
    if not principal.unknown:
        return ""
    about = inside_sentence(principal.label)
    if principal.nothing_known:
        return f"We have no information about {about}, and this counts against the application."
    return f"Information about {about} is missing, and its absence counts against the application."
