"""The small desk for the tests of this folder."""

from tests.desks import small_desk

__all__ = ["small_desk"]
