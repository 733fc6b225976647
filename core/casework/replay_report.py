"""What came of replaying records: the same to the last bit, a named difference, erased, or not possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.ledger.event import Json

MOST_TOLD = 20  # records and reasons written out
# what is kept as it was shown, and not made again: it needs the wording and the contract of then
NOT_REPEATED = "Words, and which family a feature belongs to, are as they were kept"


class Verdict(StrEnum):
    SAME = "same"
    DIFFERS = "differs"
    ERASED = "erased"  # the person was forgotten: nothing is left to repeat
    IMPOSSIBLE = "impossible"  # what scored then is not here any more


class Part(StrEnum):
    """Where a difference arises; a later part is repeated from what the earlier one gave then."""

    INPUTS = "inputs"  # the raw application
    FEATURES = "features"  # the row made from it
    MODEL = "model"  # margin, base and contributions of the row
    CALIBRATOR = "calibrator"  # the probability of the margin
    POLICY = "policy"  # points, grade and recommendation of the probability


@dataclass(frozen=True)
class Difference:
    part: Part
    words: str  # "margin: -1.25 then, -1.5 now"


@dataclass(frozen=True)
class Replay:
    """One record, repeated."""

    sequence: int
    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    reason: str = ""  # why it is impossible
    from_raw: bool = False  # also from the raw application, through the SQL
    not_from_raw: str = ""  # why not

    @property
    def words(self) -> str:
        """One sentence for a person."""
        if self.verdict is Verdict.SAME:
            origin = " and from the raw application" if self.from_raw else ""
            return (
                f"Event {self.sequence}: the same to the last bit, from the stored feature row{origin}. {NOT_REPEATED}."
            )
        if self.verdict is Verdict.ERASED:
            return f"Event {self.sequence}: erased; its person was forgotten, so there is nothing to repeat."
        if self.verdict is Verdict.IMPOSSIBLE:
            return f"Event {self.sequence}: cannot be repeated; {self.reason}"
        told = "; ".join(f"{difference.part}: {difference.words}" for difference in self.differences)
        return f"Event {self.sequence}: differs in {told}."

    def as_json(self) -> dict[str, Json]:
        return {
            "sequence": self.sequence,
            "verdict": self.verdict.value,
            "differences": [{"part": one.part.value, "words": one.words} for one in self.differences],
            "reason": self.reason,
            "from_raw": self.from_raw,
            "not_from_raw": self.not_from_raw,
        }


@dataclass(frozen=True)
class ReplayReport:
    """All records together; erased ones are no fault."""

    same: int = 0
    from_raw: int = 0  # of the same ones: also through the SQL
    not_from_raw: Mapping[str, int] = field(default_factory=dict)  # why not -> of how many
    differing: int = 0
    differing_parts: Mapping[str, int] = field(default_factory=dict)
    erased: int = 0
    impossible: int = 0
    impossible_reasons: Mapping[str, int] = field(default_factory=dict)
    first: tuple[Replay, ...] = ()  # of those that differ or are impossible
    cancelled: bool = False

    @property
    def records(self) -> int:
        return self.same + self.differing + self.erased + self.impossible

    @property
    def sound(self) -> bool:
        """Whether everything that can still be read was repeated, and came out the same."""
        return self.differing == 0 and self.impossible == 0 and not self.cancelled

    @property
    def lines(self) -> tuple[str, ...]:
        """The report for a person, verdict first."""
        return (
            self._headline(),
            f"  {self.same:,} the same to the last bit, {self.from_raw:,} of them also from the raw application",
            *(f"    {count:,} not from the raw application: {why}" for why, count in self.not_from_raw.items()),
            f"    {NOT_REPEATED[0].lower()}{NOT_REPEATED[1:]}, and were not repeated",
            f"  {self.differing:,} differ{_listed(self.differing_parts)}",
            f"  {self.erased:,} erased",
            f"  {self.impossible:,} cannot be repeated",
            *(f"    {count:,}: {reason}" for reason, count in self.impossible_reasons.items()),
            *(f"  {replay.words}" for replay in self.first if replay.verdict is Verdict.DIFFERS),
        )

    def as_json(self) -> dict[str, Json]:
        return {
            "sound": self.sound,
            "cancelled": self.cancelled,
            "records": self.records,
            "same": self.same,
            "from_raw": self.from_raw,
            "not_from_raw": dict(self.not_from_raw),
            "differing": self.differing,
            "differing_parts": dict(self.differing_parts),
            "erased": self.erased,
            "impossible": self.impossible,
            "impossible_reasons": dict(self.impossible_reasons),
            "first": [replay.as_json() for replay in self.first],
        }

    def _headline(self) -> str:
        if self.cancelled:
            return f"Replay stopped after {self.records:,} records."
        verdict = "sound" if self.sound else "NOT SOUND"
        return f"Replay of {self.records:,} records: {verdict}."


class Tally:
    """Counts replays one by one into a report, keeping only the first that are not the same."""

    def __init__(self) -> None:
        self._verdicts: Counter[Verdict] = Counter()
        self._parts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._not_from_raw: Counter[str] = Counter()
        self._from_raw = 0
        self._first: list[Replay] = []

    @property
    def records(self) -> int:
        return self._verdicts.total()

    @property
    def so_far(self) -> str:
        """How many were repeated, and how that went; what was erased is nobody's difference."""
        others = self._verdicts[Verdict.DIFFERS] + self._verdicts[Verdict.IMPOSSIBLE]
        return f"{self.records:,} records, {f'{others:,} not the same' if others else 'all the same so far'}"

    def add(self, replay: Replay) -> None:
        self._verdicts[replay.verdict] += 1
        self._parts.update({difference.part.value for difference in replay.differences})
        if replay.verdict is Verdict.SAME:
            self._from_raw += replay.from_raw
            self._not_from_raw.update([replay.not_from_raw] if replay.not_from_raw else [])
        if replay.verdict is Verdict.IMPOSSIBLE:
            self._reasons[replay.reason] += 1
        if replay.verdict in (Verdict.DIFFERS, Verdict.IMPOSSIBLE) and len(self._first) < MOST_TOLD:
            self._first.append(replay)

    def report(self, cancelled: bool) -> ReplayReport:
        return ReplayReport(
            same=self._verdicts[Verdict.SAME],
            from_raw=self._from_raw,
            not_from_raw=dict(self._not_from_raw.most_common(MOST_TOLD)),
            differing=self._verdicts[Verdict.DIFFERS],
            differing_parts=dict(self._parts.most_common()),
            erased=self._verdicts[Verdict.ERASED],
            impossible=self._verdicts[Verdict.IMPOSSIBLE],
            impossible_reasons=dict(self._reasons.most_common(MOST_TOLD)),
            first=tuple(self._first),
            cancelled=cancelled,
        )


def _listed(parts: Mapping[str, int]) -> str:
    return f" ({', '.join(f'{part}: {count:,}' for part, count in parts.items())})" if parts else ""
