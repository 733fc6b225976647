"""What an order to forget somebody must be: who may give it, and a reason that does not name the person again."""

from __future__ import annotations

import re
import unicodedata

from core.errors import ErasureRefused

SHORTEST_REASON, LONGEST_REASON = 10, 500
# what people put between the digits of a long number; a number written so is still that number
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s.,:;/'’_\u00ad\u200b-\u200d\u2060-]+(?=\d)")
_TELLING = 5  # a number of so many digits is recognised inside a longer one


def check_reason(typed: str, applicant_key: str) -> str:
    """The reason as one line that may stand on the chain for good.

    ErasureRefused where it is too short or too long, or holds the number of the client who is to be forgotten.
    """
    reason = " ".join(unicodedata.normalize("NFC", typed).split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ErasureRefused(
            f"Reason: {SHORTEST_REASON} to {LONGEST_REASON} characters, got {len(reason)}; "
            "say how it was asked for and by which right, and name nobody."
        )
    if any(unicodedata.category(letter)[0] == "C" for letter in reason):
        raise ErasureRefused("Reason: visible characters only, got invisible ones; type it instead of pasting it.")
    if applicant_key and _names(reason, applicant_key):
        raise ErasureRefused(
            "Reason: must not hold the client's number, because the reason stays on the chain; leave the number out."
        )
    return reason


def _names(reason: str, applicant_key: str) -> bool:
    number = _digits(applicant_key)
    written = re.findall(r"\d+", _BETWEEN_DIGITS.sub("", _ascii_digits(reason)))
    runs = {run.lstrip("0") for run in written} | {run.lstrip("0") for run in re.findall(r"\d+", _ascii_digits(reason))}
    return number in runs or (len(number) >= _TELLING and any(number in run for run in runs))


def _digits(applicant_key: str) -> str:
    return _ascii_digits(applicant_key).strip().lstrip("0")


def _ascii_digits(text: str) -> str:
    """Digits of every script as 0–9: a number in other digits is still that number."""
    return "".join(str(unicodedata.digit(letter, letter)) for letter in unicodedata.normalize("NFKC", text))
