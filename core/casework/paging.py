"""Which page of a list is asked for."""

from __future__ import annotations


def check_page(page: int, rows_per_page: int, most: int) -> None:
    """ValueError for a page before the first, or one of more rows than a page may hold."""
    if page < 1:
        raise ValueError(f"page: the first is 1, got {page}")
    if not 1 <= rows_per_page <= most:
        raise ValueError(f"rows_per_page: 1 to {most}, got {rows_per_page}")
