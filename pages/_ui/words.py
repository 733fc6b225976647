"""Words of the screen that are not the contract's, and how data becomes text that no markup can hide in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

Colour = Literal["red", "orange", "blue", "green", "violet", "gray"]
Badge = tuple[str, str, Colour]  # its words, its icon, its colour

_MARKUP: Final = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~$&^=\"']|:(?=[\w+-])")

# Streamlit makes links, emoji, icons and arrows out of text that has been read already, so that no escape holds them
# off. They are looked for in one piece of text at a time: an element in between, empty and not copied, ends a piece.
_SEAM: Final = ":color[]"
_LIVE: Final = "|".join(
    (
        r"(?<=http)(?=://)|(?<=https)(?=://)|(?<=www)(?=\.)",
        r"(?<=[-.\w+]@)(?=[-\w])",  # a mail address
        r"(?<=:)(?=[\w+-]+:|material/)(?!\d\d:)",  # ":tada:" and ":material/home:", not the time of day
        r"(?<=(?<![^\s\ufeff])[-<>~])(?=[-=>](?![^\s\ufeff]))",  # "->" and ">=" between blanks
        r"(?<=(?<![^\s\ufeff])<)(?=->(?![^\s\ufeff]))|(?<=(?<![^\s\ufeff])<-)(?=>(?![^\s\ufeff]))",
    )
)
_MAYBE_LIVE: Final = re.compile(
    r"://|www\.|@|:(?:[\w+-]+:|material/)|[-<>~][-=>]", re.IGNORECASE
)  # found in a fifth of the time
_ANYWHERE: Final = re.compile(f"{_LIVE}|{_MARKUP.pattern}", re.IGNORECASE)

# What Markdown really changes in one line that is all there is
_ALONE: Final = re.compile(
    "|".join(
        (
            _LIVE,
            r"(?P<twice>[`*_~$])(?=.*(?P=twice))",
            r"\\(?=[!-/:-@\[-`{-~])",
            r"\[(?=.*\][(:])",
            r"<(?=[a-z/!?])",
            r"&(?=#?\w+;)",
            r":(?=:*[a-z]|[\w+-]+:)",
            r"^(?:[-+*](?=[\s-]|$)|\#(?=\#*(?:\s|$))|>)",
        )
    ),
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"^(\d+)(?=[.)](?:\s|$))")

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
    """The same words for a place that reads Markdown: shown as they stand, whatever they contain and stand between.

    >>> plain("a*b: c")
    'a\\\\*b: c'
    """
    one_line = _one_line(text)
    return (_ANYWHERE if _MAYBE_LIVE.search(one_line) else _MARKUP).sub(_tamed, one_line)


def label(text: str) -> str:
    """The same words for the label of a widget, shown as they stand; a screen reader says it with every escape, so
    that only what would be changed has one.

    >>> label("Acquaintances observed (30 days)")
    'Acquaintances observed (30 days)'
    """
    return _NUMBERED.sub(r"\1\\", _ALONE.sub(_tamed, _one_line(text)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _tamed(found: re.Match[str]) -> str:
    sign = found.group()
    return f"\\{sign}" if sign else _SEAM
