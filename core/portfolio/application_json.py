"""The raw fields of one application from JSON, read with suspicion: small, flat and each field once."""

from __future__ import annotations

import json
from collections import Counter
from enum import StrEnum
from typing import NoReturn

from core.errors import ApplicationRefused
from core.portfolio.wording import shortened

LARGEST_BYTES = 1_000_000
_REMEDY = 'give one flat JSON object such as {"FIELD": 1, "OTHER": "text"}'


class Rule(StrEnum):
    """What the text must be, in words that can stand in the record: none holds anything that was sent."""

    SOMETHING = "must not be empty"
    SIZE = f"must not be larger than {LARGEST_BYTES:,} bytes"
    TEXT = "must be UTF-8 text"
    JSON = "must be JSON"
    SHORT_NUMBERS = "must hold numbers of reasonable length"
    FLAT = "must be flat"
    ONE_OBJECT = "must be one object"
    SINGLE_VALUES = "must hold single values"
    ONCE_EACH = "must name each field once"
    FINITE = "must hold finite numbers; a missing value is null"

    @property
    def in_the_record(self) -> str:
        return f"the application's text {self}"


def read_fields(content: bytes) -> dict[str, object]:
    """The fields of the one JSON object in `content`; which of them the contract knows is checked elsewhere.

    Raises ApplicationRefused, whatever the bytes are, and nothing else.
    """
    if len(content) > LARGEST_BYTES:
        raise _broken(Rule.SIZE, "more")
    if not content.strip():
        raise _nothing("the file is empty")
    try:
        fields: object = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_constant=_not_a_number
        )
    except UnicodeDecodeError as error:
        raise _broken(Rule.TEXT, f"another byte at position {error.start}") from None
    except json.JSONDecodeError as error:
        place = f"from line {error.lineno}, column {error.colno} on"
        raise _broken(Rule.JSON, f"text that cannot be read as that {place}") from None
    except ValueError:
        raise _broken(Rule.SHORT_NUMBERS, "one of thousands of digits") from None
    except RecursionError:
        raise _broken(Rule.FLAT, "values nested thousands deep") from None
    if not isinstance(fields, dict):
        raise _broken(Rule.ONE_OBJECT, f"a {_json_name(fields)}")
    for name, value in fields.items():
        if isinstance(value, (dict, list)):
            raise _broken(Rule.SINGLE_VALUES, f"a {_json_name(value)}", f", also in '{shortened(name)}'")
    return fields


def read_pasted(text: str) -> dict[str, object]:
    """The same for text from a form; half a character that no encoding knows is refused like any other."""
    if not text.strip():
        raise _nothing("nothing was pasted")
    return read_fields(text.encode("utf-8", "surrogatepass"))


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise _broken(Rule.ONCE_EACH, f"'{shortened(twice)}' twice")
    return fields


def _not_a_number(word: str) -> NoReturn:
    """JSON knows neither NaN nor Infinity, though Python reads them."""
    raise _broken(Rule.FINITE, word)


def _json_name(value: object) -> str:
    if isinstance(value, (dict, list)):
        return "nested object" if isinstance(value, dict) else "list"
    return "single value"


def _broken(rule: Rule, got: str, where: str = "") -> ApplicationRefused:
    return _refused(rule, f"{rule}{where}, got {got}")


def _nothing(got: str) -> ApplicationRefused:
    return _refused(Rule.SOMETHING, got)


def _refused(rule: Rule, told: str) -> ApplicationRefused:
    refusal = ApplicationRefused(f"Application in JSON: {told}; {_REMEDY}.")
    refusal.rule = rule.in_the_record
    return refusal
