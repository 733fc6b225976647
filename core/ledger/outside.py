"""Checks a journal with nothing but Python: `python -I -S outside.py JOURNAL_FOLDER [HEAD.json]`.

Written to be read and run by somebody who does not trust the desk: it uses no line of it.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path


def recompute(folder: Path) -> list[str]:
    """The hash of every event, from the first; SystemExit names the first event that is not what its hash says."""
    hashes = [bytes(32).hex()]  # before the first event there is nothing
    for file in sorted(folder.glob("*.jsonl")):
        for text in file.read_bytes().splitlines():
            line = json.loads(text)
            body = line["public"]
            if body["sequence"] != len(hashes) or body["previous_hash"] != hashes[-1]:
                raise SystemExit(f"event {len(hashes)}: another one stands in its place")
            if body["sealed"]:  # a sealed part counts by the digest of its ciphertext: no key is needed
                ciphertext = hashlib.sha256(base64.b64decode(line["ciphertext"])).hexdigest()
                if ciphertext != body["sealed"]["ciphertext_sha256"]:
                    raise SystemExit(f"event {len(hashes)}: its sealed part was changed")
            digest = hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).digest()
            hashes.append(hashlib.sha256(bytes.fromhex(hashes[-1]) + digest).hexdigest())
            if hashes[-1] != line["hash"]:
                raise SystemExit(f"event {len(hashes) - 1}: it was edited")
    return hashes


if __name__ == "__main__":
    found = recompute(Path(sys.argv[1]))
    if len(sys.argv) > 2:
        head = json.loads(Path(sys.argv[2]).read_text())
        if found[head["count"] : head["count"] + 1] != [head["hash"]]:
            raise SystemExit(f"the chain does not go through event {head['count']} as the head names it")
    sys.stdout.write(f"{len(found) - 1} events, sound, last hash {found[-1]}\n")
