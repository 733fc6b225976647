"""What both ends of the channel agree on: the words of its frames, and their sizes.

client: {"program": …, "words": […]}
server: {"out": line} | {"err": line} | {"progress": [step, share or null]} | {"ask": question}
      | {"read": name, "most_bytes": n} | {"write": name, "content": base64} | {"check_writable": name}
      | {"refusal": [class, sentence], "exit": code} | {"exit": code}
client, after a question: {"answer": text or null} | {"content": base64} | {"written": true} | {"writable": true}
      | {"failed": why}
"""

from __future__ import annotations

LARGEST_REQUEST_BYTES = 1 << 20
LARGEST_FILE_BYTES = 64 << 20
SMALL_FRAME_BYTES = 1 << 16


def frame_bytes(content_bytes: int) -> int:
    """The length of a frame that carries this many bytes as base64."""
    return content_bytes * 4 // 3 + SMALL_FRAME_BYTES
