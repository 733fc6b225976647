"""Words of the screen that are not the contract's, and how data becomes text that no markup can hide in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

Colour = Literal["red", "orange", "blue", "green", "violet", "gray"]
Badge = tuple[str, str, Colour]  # its words, its icon, its colour

_MARKUP: Final = set("\\`*_{}[]()<>#+-.!|~$&^=\"'")
# ":red[…]", ":material/…:" and ":tada:" are no longer read as such when an invisible sign follows the colon
_DIRECTIVE: Final = re.compile(r":(?=\w)")
_JOINER: Final = "\u2060"

# gray: the theme's primary colour, which a chosen segment would have, is too dark to read on the dark theme
UNITS: Final = {"points": ":gray[Points]", "log_odds": ":gray[Log-odds]", "probability": ":gray[Probability path]"}
GROUPINGS: Final = {"family": ":gray[Family]", "feature": ":gray[Feature]"}

ENTRIES: Final = {"number": ":gray[By number]", "form": ":gray[New application]"}

DIRECTIONS: Final = "▲ raises risk, ▼ lowers risk"

RECOMMENDED: Final[Mapping[str, Badge]] = {
    "approve": ("Approve", ":material/check_circle:", "green"),
    "refer": ("Refer", ":material/person_search:", "orange"),
    "decline": ("Decline", ":material/block:", "red"),
}

DECIDED: Final[Mapping[str, Badge]] = {
    "approve": ("Approved", ":material/check_circle:", "green"),
    "approve_changed_terms": ("Approved, changed terms", ":material/check_circle:", "green"),
    "refer": ("Referred", ":material/person_search:", "orange"),
    "decline": ("Declined", ":material/block:", "red"),
    "withdrawn": ("Withdrawn", ":material/undo:", "gray"),
}
DECIDED_OTHERWISE: Final[Badge] = ("Decided", ":material/task_alt:", "gray")


def plain(text: str) -> str:
    """The same words for a place that reads Markdown: shown as they stand, whatever they contain.

    >>> plain("a*b: c")
    'a\\\\*b: c'
    """
    one_line = " ".join(text.split())
    escaped = "".join(f"\\{sign}" if sign in _MARKUP else sign for sign in one_line)
    return _DIRECTIVE.sub(rf":{_JOINER}", escaped)
