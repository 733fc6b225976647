"""The one way in which a client's number is kept, however it was typed."""

from __future__ import annotations

_MOST_DIGITS = 18


def client_number(typed: str) -> str:
    """The number without blanks and leading zeros: who is known under two names would be forgotten under one.

    >>> client_number(" 0100002")
    '100002'

    Words that are no number stay as they are.
    """
    words = typed.strip()
    is_number = words.isascii() and words.isdecimal() and len(words) <= _MOST_DIGITS
    return str(int(words)) if is_number else words
