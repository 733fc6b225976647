"""An application being typed in or pasted, and what of it was last sent to be scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.portfolio.entry_fields import Typed


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


def letters_of(draft: Draft) -> int:
    """How long what was pasted is."""
    return len(draft.content.pasted) + (len(draft.asked.pasted) if draft.asked else 0)
