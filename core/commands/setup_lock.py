"""One set-up of a desk at a time; whoever would begin its record beside one can see that it is at work."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import SettingsError
from core.settings import Settings

_LOCK_FILE = ".setup.lock"


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Two set-ups of one desk at once would build the same files twice."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        file = (settings.data_dir / _LOCK_FILE).open("w")
    except OSError as error:
        raise SettingsError(
            f"setup: {settings.data_dir} must be a folder that can be written to, got: {error.strerror}; "
            "make it writable for this account, or name another one with --data."
        ) from None
    with file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(
                f"setup: another one is at work in {settings.data_dir}; wait until it has finished."
            ) from None
        yield


def is_held(settings: Settings) -> bool:
    try:
        file = (settings.data_dir / _LOCK_FILE).open("rb")
    except OSError:
        return False
    with file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
