"""Words of the screen that are not the contract's, and how data becomes text that no markup can hide in."""

from __future__ import annotations

from typing import Final

_MARKUP: Final = set("\\`*_{}[]()<>#+-.!|~$&^=\"'")
_JOINER: Final = "\u2060"  # invisible; ends what Streamlit would read as a directive, an icon or an emoji

UNITS: Final = {"points": "Points", "log_odds": "Log-odds", "probability": "Probability path"}
GROUPINGS: Final = {"family": "Family", "feature": "Feature"}

RECOMMENDED: Final = {
    "approve": ("Approve", ":material/check_circle:", "green"),
    "refer": ("Refer", ":material/person_search:", "orange"),
    "decline": ("Decline", ":material/block:", "red"),
}


def plain(text: str) -> str:
    """The same words for a place that reads Markdown: shown as they stand, whatever they contain.

    >>> plain("a*b")
    'a\\\\*b'
    """
    one_line = " ".join(text.split())
    return "".join(f"\\{c}" if c in _MARKUP else f"{c}{_JOINER}" if c == ":" else c for c in one_line)


def listed(words: tuple[str, ...]) -> str:
    """ "age, gender and family status"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
