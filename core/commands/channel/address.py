"""Where the socket lies, who may stand at its other end, and how an old one is replaced without a gap."""

from __future__ import annotations

import fcntl
import os
import socket
import stat
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import LedgerLocked, SettingsError

LONGEST_ADDRESS_BYTES = 103  # macOS; Linux takes 107
_WAITING_COMMANDS = 32
_ANSWER_SECONDS = 5.0
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


class ClosedToUs(LedgerLocked):
    """The socket belongs to another account: its app may run, or the folder is a copy of its."""


def listen(path: Path) -> socket.socket:
    """A listening socket at this path with mode 0600, in the place of one that nobody answers any more.

    Raises LedgerLocked when somebody answers there already, SettingsError when there can be no socket.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(path.parent):
            _check_vacant(path)
            return _put_in_place(path)
    except OSError as error:
        raise SettingsError(
            f"Channel {path}: must be a place for a socket, got: {error.strerror}; "
            "until that is mended, commands that need the ledger wait for the app to end."
        ) from None


def connect(path: Path) -> socket.socket | None:
    """A connection to whoever answers at this path; None where nobody does."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            return None
    except OSError:
        return None
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(path) as address:
            _connect_patiently(line, address)
    except (FileNotFoundError, ConnectionRefusedError):
        line.close()
        return None
    except PermissionError as error:
        line.close()
        raise ClosedToUs(
            f"Channel {path}: is there, but cannot be used ({error.strerror}); it is open to the account that runs "
            "the app, and to no other: run the command as that one, or, where no app runs and the folder is a copy, "
            "delete this socket."
        ) from None
    except OSError as error:
        line.close()
        raise LedgerLocked(
            f"Channel {path}: is there, but cannot be used ({error.strerror}); "
            "run the command again, when fewer run at once."
        ) from None
    return line


def _connect_patiently(line: socket.socket, address: str) -> None:
    """Waits while more commands are at the door than may wait there: a full queue is not an empty house."""
    line.settimeout(_ANSWER_SECONDS)
    until = time.monotonic() + _ANSWER_SECONDS
    while True:
        try:
            line.connect(address)
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            line.settimeout(None)
            return


def vacate(path: Path, identity: tuple[int, int]) -> None:
    """Takes the socket away, unless another one lies there by now."""
    with suppress(OSError), _alone_in(path.parent):
        if identity_of(path) == identity:
            path.unlink()


def identity_of(path: Path) -> tuple[int, int]:
    """Which file lies at this path: device and inode."""
    found = path.lstat()
    return found.st_dev, found.st_ino


def peer_uid(line: socket.socket) -> int | None:
    """The account at the other end, as the kernel knows it; None where it does not say (the file's mode counts)."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return None
    _, uid, _ = _CREDENTIALS.unpack(line.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    return int(uid)


def may_talk(uid: int | None, own: int) -> bool:
    """Whether this account may use a channel of `own`: the same one, or root, who may do everything anyway."""
    return uid in (None, own, 0)


def _check_vacant(path: Path) -> None:
    if not path.exists() and not path.is_symlink():
        return
    if not stat.S_ISSOCK(path.lstat().st_mode):
        raise SettingsError(f"Channel {path}: must be a socket, got another file; move it away.")
    answering = connect(path)
    if answering is not None:
        answering.close()
        raise LedgerLocked(f"Desk {path.parent}: one process serves it, and another one does already; end that first.")


def _put_in_place(path: Path) -> socket.socket:
    """Made in a folder of its own that only the owner can enter, closed to others there, then renamed."""
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
        made = Path(folder) / "s"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with _short(made) as address:
                listener.bind(address)
            made.chmod(0o600)
            listener.listen(_WAITING_COMMANDS)
            made.rename(path)
        except BaseException:
            listener.close()
            raise
    return listener


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name of this path that fits into a socket address, while the block lasts."""
    if len(os.fsencode(path)) <= LONGEST_ADDRESS_BYTES:
        yield str(path)
    elif Path("/proc/self/fd").is_dir():
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{folder}/{path.name}"
        finally:
            os.close(folder)
    else:
        with tempfile.TemporaryDirectory(dir="/tmp") as near:
            (Path(near) / "d").symlink_to(path.parent.absolute())
            yield f"{near}/d/{path.name}"


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One process at a time looks at the socket of a folder and replaces it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
