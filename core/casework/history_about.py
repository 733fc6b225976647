"""What somebody typed to find an application or a client, as the record names them: a client's number stays outside."""

from __future__ import annotations

import re
from typing import Final, Protocol

from core.portfolio.client_number import client_number

_OURS: Final = re.compile(r"[AP][A-Z2-7]{16}")
NOBODY: Final = "unknown"  # no id and no reference looks like this


class Keys(Protocol):
    def reference_of(self, applicant_key: str) -> str | None: ...


def about(typed: str, keys: Keys) -> str:
    """Our id of an application, or our reference of an applicant; NOBODY where the record knows neither.

    What is typed but not known never gets further: it may be the number of a person who is not in the record.
    """
    asked = client_number(typed)
    reference = keys.reference_of(asked)
    if reference is not None:
        return reference
    return asked.upper() if _OURS.fullmatch(asked.upper()) else NOBODY
