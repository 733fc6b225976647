"""A number among the words of a command."""

from __future__ import annotations

import argparse

_MOST_DIGITS = 18


def whole_number(words: str) -> int:
    """Zero or more, for an argument's `type`."""
    if not (words.isascii() and words.isdecimal() and len(words) <= _MOST_DIGITS):
        raise argparse.ArgumentTypeError(f"expected a whole number, got {words!r}")
    return int(words)
