"""Words of the screen that are not the contract's, and how data becomes text that no markup can hide in."""

from __future__ import annotations

from typing import Final

_MARKUP: Final = set("\\`*_{}[]()<>#+-.!|~$&^=\"'")
_JOINER: Final = "\u2060"  # invisible; ends what Streamlit would read as a directive, an icon or an emoji

# gray: the theme's primary colour, which a chosen segment would have, is too dark to read on the dark theme
UNITS: Final = {"points": ":gray[Points]", "log_odds": ":gray[Log-odds]", "probability": ":gray[Probability path]"}
GROUPINGS: Final = {"family": ":gray[Family]", "feature": ":gray[Feature]"}

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
