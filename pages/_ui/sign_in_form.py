"""The form of streamlit-authenticator, with everything behind it ours.

Kept of the library: its login form, and the bcrypt hashes that both read. Replaced, because it falls short: its
cookie (written by JavaScript, alive after sign-out) is never made, and neither is the component that would write it;
its check of credentials (no waiting, or a wait for ever; quicker for unknown names; a file rewritten in place) is
core.accounts.sign_in; its pause of 0.7 s, in which the first sign-in after a start gets lost, is zero; its rule to
cut spaces off a password is gone. Its other forms stay unused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from streamlit_authenticator.views.authentication_view import Authenticate

_WORDS: Final = {"Form name": "Sign in", "Username": "User name", "Password": "Password", "Login": "Sign in"}

Check = Callable[[str, str], bool]


class _NoCookie:
    """In the place of the library's cookie: there is none to read and none to write."""

    def get_cookie(self) -> None:
        return None

    def set_cookie(self) -> None:
        return None


class _OurCheck:
    """In the place of the library's check of credentials."""

    def __init__(self, check: Check) -> None:
        self._check = check

    def login(self, user_name: str, password: str, *_limits: object, **_options: object) -> bool:
        return self._check(user_name, password)


class SignInForm(Authenticate):  # type: ignore[misc]
    def __init__(self, check: Check) -> None:
        """Without the library's own beginning, which would draw its cookie component."""
        self.attrs = {"login_sleep_time": 0}
        self.path = None
        self.cookie_controller = _NoCookie()
        self.authentication_controller = _OurCheck(check)

    def draw(self) -> None:
        self.login(fields=_WORDS, key="sign_in")
