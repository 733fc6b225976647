"""The head: how long the chain is and how it ends, kept outside it, so that a cut tail or a rewritten chain is seen."""

from __future__ import annotations

import errno
import hashlib
import hmac
import json
import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.errors import LedgerUnwritable, UnknownRecord

GENESIS_HASH = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAGIC = b"SVH1"
CONTENT = struct.Struct(">4sQ32sq")  # magic, count, hash, microseconds since 1970
MAC_BYTES = 32
SLOT_BYTES = 4096  # one block of the disk each: a write that is torn spoils one slot, never both
_LONGEST_ID = 40  # characters shown of a name that anybody may have written
HEX_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Head:
    """The chain as it was at one moment."""

    count: int
    hash: bytes  # of the last event; 32 zero bytes when there is none
    at: datetime  # of the last event, or when this head was made
    ledger: str = field(default="", compare=False)  # whose it says it is, where it came back in a file

    def as_json(self, ledger_id: str = "") -> str:
        """The head as a file to keep elsewhere and to verify against later."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return json.dumps({"ledger": ledger_id, "count": self.count, "hash": self.hash.hex(), "at": at}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Head:
        """The head in a kept file, of this ledger or of another one; UnknownRecord when it is none."""
        try:
            read = json.loads(text)
            count, hexadecimal, at = read["count"], read["hash"], datetime.fromisoformat(read["at"])
            whole = type(count) is int and 0 <= count < 2**63 and HEX_HASH.fullmatch(hexadecimal) and at.tzinfo
        except (ValueError, TypeError, KeyError, RecursionError):
            whole = False
        if not whole:
            raise UnknownRecord(
                "Head: this is no head of a ledger; expected JSON with count, hash and at, as it was downloaded."
            )
        return cls(count, bytes.fromhex(hexadecimal), at.astimezone(UTC), str(read.get("ledger") or "")[:_LONGEST_ID])


NO_EVENTS = Head(0, GENESIS_HASH, EPOCH)


def contains(hash_at: Callable[[int], bytes | None], head: Head) -> bool:
    """Whether the chain still goes through this head; `hash_at` says the hash of the event with a sequence number."""
    return (GENESIS_HASH if head.count == 0 else hash_at(head.count)) == head.hash


class HeadFile:
    """A head on the disk in two slots written in turn, each with a MAC: a torn write leaves the one before."""

    def __init__(self, path: Path, mac_key: bytes) -> None:
        self.path = path
        self._mac_key = mac_key
        self._next = self._slot_to_write()

    def read(self) -> Head | None:
        """The newest head that is whole; None when there is none: never written, deleted, or not made here."""
        return max((head for head in self._slots() if head), key=lambda head: (head.count, head.at), default=None)

    @property
    def finding(self) -> str:
        """What is wrong with the file, in a sentence; empty when it is whole or was never there."""
        try:
            written = self.path.read_bytes()
        except FileNotFoundError:
            return ""
        if self.read() is None:
            return f"{self.path.name}: neither of its two slots is one that was written here"
        spoiled = [n for n, head in enumerate(self._slots()) if head is None and any(_slot(written, n))]
        return f"{self.path.name}: slot {spoiled[0] + 1} is damaged, the other one counts" if spoiled else ""

    def write(self, head: Head, durable: bool = True) -> None:
        """Puts this head beside the one before; not `durable`: the disk may take it later, a crash of the program
        loses nothing."""
        content = CONTENT.pack(MAGIC, head.count, head.hash, (head.at - EPOCH) // timedelta(microseconds=1))
        slot = (content + self._mac(content)).ljust(SLOT_BYTES, b"\0")
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if os.pwrite(descriptor, slot, self._next * SLOT_BYTES) < SLOT_BYTES:
                    raise OSError(errno.ENOSPC, "no space left")
                if durable:
                    os.fdatasync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise LedgerUnwritable(
                f"Head {self.path.name}: cannot be written ({error}); see that the disk has room."
            ) from error
        self._next = 1 - self._next

    def _slot_to_write(self) -> int:
        first, second = self._slots()
        if first is None or second is None:
            return 0 if first is None else 1
        return 0 if (first.count, first.at) <= (second.count, second.at) else 1

    def _slots(self) -> tuple[Head | None, Head | None]:
        try:
            written = self.path.read_bytes()
        except FileNotFoundError:
            return None, None
        return self._whole(_slot(written, 0)), self._whole(_slot(written, 1))

    def _whole(self, slot: bytes) -> Head | None:
        content, mac = slot[: CONTENT.size], slot[CONTENT.size : CONTENT.size + MAC_BYTES]
        if len(mac) < MAC_BYTES or not hmac.compare_digest(mac, self._mac(content)):
            return None
        magic, count, last_hash, microseconds = CONTENT.unpack(content)
        return Head(count, last_hash, EPOCH + timedelta(microseconds=microseconds)) if magic == MAGIC else None

    def _mac(self, content: bytes) -> bytes:
        return hmac.digest(self._mac_key, content, hashlib.sha256)


def _slot(written: bytes, number: int) -> bytes:
    return written[number * SLOT_BYTES : (number + 1) * SLOT_BYTES]
