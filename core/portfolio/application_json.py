"""The raw fields of one application from JSON, read with suspicion: small, flat and each field once."""

from __future__ import annotations

import json
from collections import Counter
from typing import NoReturn

from core.errors import ApplicationRefused
from core.portfolio.wording import shortened

LARGEST_BYTES = 1_000_000
_REMEDY = 'give one flat JSON object such as {"FIELD": 1, "OTHER": "text"}'


def read_fields(content: bytes) -> dict[str, object]:
    """The fields of the one JSON object in `content`; which of them the contract knows is checked elsewhere.

    Raises ApplicationRefused, whatever the bytes are, and nothing else.
    """
    if len(content) > LARGEST_BYTES:
        raise _refused(f"must not be larger than {LARGEST_BYTES:,} bytes", "more")
    try:
        fields: object = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_constant=_not_a_number
        )
    except UnicodeDecodeError as error:
        raise _refused("must be UTF-8 text", f"another byte at position {error.start}") from None
    except json.JSONDecodeError as error:
        raise _refused("must be JSON", f"{error.msg} in line {error.lineno}, column {error.colno}") from None
    except ValueError:
        raise _refused("must hold numbers of reasonable length", "one of thousands of digits") from None
    except RecursionError:
        raise _refused("must be flat", "values nested thousands deep") from None
    if not isinstance(fields, dict):
        raise _refused("must be one object", f"a {_json_name(fields)}")
    for name, value in fields.items():
        if isinstance(value, (dict, list)):
            raise _refused(f"must hold single values, also in '{shortened(name)}'", f"a {_json_name(value)}")
    return fields


def read_pasted(text: str) -> dict[str, object]:
    """The same for text from a form; half a character that no encoding knows is refused like any other."""
    return read_fields(text.encode("utf-8", "surrogatepass"))


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise _refused("must name each field once", f"'{shortened(twice)}' twice")
    return fields


def _not_a_number(word: str) -> NoReturn:
    """JSON knows neither NaN nor Infinity, though Python reads them."""
    raise _refused("must hold finite numbers; a missing value is null", word)


def _json_name(value: object) -> str:
    if isinstance(value, (dict, list)):
        return "nested object" if isinstance(value, dict) else "list"
    return "single value"


def _refused(rule: str, got: str) -> ApplicationRefused:
    return ApplicationRefused(f"Application in JSON: {rule}, got {got}; {_REMEDY}.")
