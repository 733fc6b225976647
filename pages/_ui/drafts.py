"""Applications being typed in, one per person: in the server's memory only, so that a refresh loses nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

from core.portfolio.entry_fields import Typed

MOST_DRAFTS = 200
MOST_LETTERS = 20_000_000  # pasted, of all drafts together
KEPT_FOR = timedelta(hours=24)


class Way(StrEnum):
    FORM = "form"
    PASTE = "paste"


@dataclass(frozen=True)
class Content:
    way: Way = Way.FORM
    typed: Mapping[str, Typed] = field(default_factory=dict)  # column -> what stands in the form
    pasted: str = ""
    history_of: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.typed or self.pasted.strip() or self.history_of)


@dataclass(frozen=True)
class Draft:
    content: Content = field(default_factory=Content)
    asked: Content | None = None  # what was last sent to be scored


class Drafts:
    """The newest drafts, each for a day from its last change; any number of threads may ask."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[datetime, Draft]] = OrderedDict()
        self._lock = Lock()

    def of(self, user_name: str, now: datetime) -> Draft:
        with self._lock:
            self._forget_old(now)
            return self._kept[user_name][1] if user_name in self._kept else Draft()

    def keep(self, user_name: str, draft: Draft, now: datetime) -> None:
        with self._lock:
            self._kept[user_name] = (now, draft)
            self._kept.move_to_end(user_name)
            self._forget_old(now)

    def discard(self, user_name: str) -> None:
        with self._lock:
            self._kept.pop(user_name, None)

    def _forget_old(self, now: datetime) -> None:
        while self._kept and self._must_go(now):
            self._kept.popitem(last=False)

    def _must_go(self, now: datetime) -> bool:
        oldest = next(iter(self._kept.values()))[0]
        letters = sum(_letters(draft) for _, draft in self._kept.values())
        return now - oldest > KEPT_FOR or len(self._kept) > MOST_DRAFTS or letters > MOST_LETTERS


def _letters(draft: Draft) -> int:
    return len(draft.content.pasted) + (len(draft.asked.pasted) if draft.asked else 0)
