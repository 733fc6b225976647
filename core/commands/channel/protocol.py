"""What both ends of the channel agree on: the words of its frames, their sizes, and which program they belong to.

client: {"program": …, "words": […]}
server: {"out": line} | {"err": line} | {"progress": [step, share or null]} | {"ask": question}
      | {"read": name, "most_bytes": n} | {"write": name, "content": base64}
      | {"refusal": [class, sentence], "exit": code} | {"exit": code}
client, after ask, read and write: {"answer": text or null} | {"content": base64} | {"written": true}
      | {"failed": why}
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

LARGEST_REQUEST_BYTES = 1 << 20
LARGEST_FILE_BYTES = 64 << 20
SMALL_FRAME_BYTES = 1 << 16

_CORE = Path(__file__).resolve().parents[2]


@cache
def program() -> str:
    """Which program this process runs: a fingerprint of the core's sources, as they lay when first asked for."""
    sources = hashlib.sha256()
    for file in sorted(_CORE.rglob("*.py")):
        sources.update(file.relative_to(_CORE).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return sources.hexdigest()[:12]


def frame_bytes(content_bytes: int) -> int:
    """The length of a frame that carries this many bytes as base64."""
    return content_bytes * 4 // 3 + SMALL_FRAME_BYTES
