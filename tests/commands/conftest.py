from tests.desks import small_desk

__all__ = ["small_desk"]
