"""Where a visitor wanted to go, carried through the sign-in: one of our own pages and its query, never an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

LONGEST_QUERY = 2_000
MOST_PARTS = 40


@dataclass(frozen=True)
class Destination:
    page: str  # the page's place in the address, such as people; empty for the first page
    query: str  # encoded, without the question mark

    def path(self, base: str) -> str:
        """A path on this host below the base, whatever was asked for."""
        return f"{base}/{self.page}" + (f"?{self.query}" if self.query else "")


def destination(page: object, query: Iterable[tuple[str, str]], pages: Sequence[str]) -> Destination:
    """A known page with its query written anew; the first page for one that nobody knows.

    >>> destination("//evil.example", [("a", "b&c")], ["people"])
    Destination(page='', query='a=b%26c')
    """
    known = page if isinstance(page, str) and page in pages else ""
    encoded = urlencode(list(query)[:MOST_PARTS], errors="replace")
    return Destination(known, encoded if len(encoded) <= LONGEST_QUERY else "")


def from_request(asked: Mapping[str, str], pages: Sequence[str]) -> Destination:
    query = asked.get("query", "")[:LONGEST_QUERY]
    return destination(asked.get("page"), parse_qsl(query, max_num_fields=None), pages)
