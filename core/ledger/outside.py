"""Checks a journal with nothing but Python: `python -I -S outside.py JOURNAL_FOLDER [HEAD.json]`.

Written to be read and run by somebody who does not trust the desk: it uses no line of it. Exit code 0: every link
holds; 1: not, in a sentence; 2: there was nothing to check. What it cannot see: a tail that was cut or a chain that
was written anew as a whole, without a head that was kept elsewhere; and whether that head belongs to this journal,
which does not name its ledger: one of another ledger looks like a chain that was rewritten.
"""

import base64
import binascii
import hashlib
import json
import sys
from pathlib import Path
from typing import NoReturn


def recompute(folder: Path) -> list[str]:
    """The hash of every event, from the first; SystemExit names the first event that is not what its hash says."""
    hashes = [bytes(32).hex()]  # before the first event there is nothing
    for file in sorted(folder.glob("*.jsonl")):
        for text in file.read_bytes().splitlines():
            try:
                hashes.append(next_hash(text, hashes))
            except (ValueError, LookupError, TypeError, binascii.Error, RecursionError):
                raise SystemExit(f"event {len(hashes)}: its line cannot be read") from None
    return hashes


def next_hash(text: bytes, hashes: list[str]) -> str:
    line, number = json.loads(text), len(hashes)
    body = line["public"]
    if body["sequence"] != number or body["previous_hash"] != hashes[-1]:
        raise SystemExit(f"event {number}: another one stands in its place")
    if body["sealed"]:  # a sealed part counts by the digest of its ciphertext: no key is needed
        ciphertext = hashlib.sha256(base64.b64decode(line["ciphertext"])).hexdigest()
        if ciphertext != body["sealed"]["ciphertext_sha256"]:
            raise SystemExit(f"event {number}: its sealed part was changed")
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).digest()
    own = hashlib.sha256(bytes.fromhex(hashes[-1]) + digest).hexdigest()
    if own != line["hash"]:
        raise SystemExit(f"event {number}: it was edited")
    return own


def kept(file: Path) -> tuple[int, str]:
    """How many events the head knows, and the hash of the last one."""
    try:
        head = json.loads(file.read_text("utf-8"))
        count, last = head["count"], head["hash"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        count, last = None, None
    if type(count) is not int or count < 0 or not isinstance(last, str):
        nothing_to_check(f"{file}: is no head; name the JSON file with count and hash that was downloaded")
    return count, last


def nothing_to_check(why: str) -> NoReturn:
    sys.stderr.write(f"{why}\n")
    raise SystemExit(2)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        nothing_to_check("usage: python -I -S outside.py JOURNAL_FOLDER [HEAD.json]")
    if not any(Path(sys.argv[1]).glob("*.jsonl")):
        nothing_to_check(f"{sys.argv[1]}: is no journal; name the folder that holds its *.jsonl files")
    head = kept(Path(sys.argv[2])) if len(sys.argv) == 3 else None
    try:
        found = recompute(Path(sys.argv[1]))
    except OSError as error:
        nothing_to_check(str(error))
    if head and found[head[0] : head[0] + 1] != [head[1]]:
        raise SystemExit(f"the chain does not go through event {head[0]} as the head names it")
    sys.stdout.write(f"{len(found) - 1} events, sound, last hash {found[-1]}\n")
