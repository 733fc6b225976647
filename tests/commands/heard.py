"""A console without a terminal, for tests of commands."""

from __future__ import annotations

from collections.abc import Sequence

from core.commands.console import Console


class Heard(Console):
    """A console that keeps what it was told."""

    def __init__(self, files: dict[str, bytes] | None = None, answers: Sequence[str] = ()) -> None:
        self.said: list[tuple[object, ...]] = []
        self.files = files or {}
        self.answers = list(answers)

    def out(self, text: str) -> None:
        self.said.append(("out", text))

    def err(self, text: str) -> None:
        self.said.append(("err", text))

    def progress(self, step: str, done: float | None = None) -> None:
        self.said.append(("progress", step, done))

    def read(self, name: str, most_bytes: int) -> bytes:
        if name not in self.files:
            raise FileNotFoundError(2, "No such file or directory")
        return self.files[name][:most_bytes]

    def write(self, name: str, content: bytes) -> None:
        self.files[name] = content

    def check_writable(self, name: str) -> None:
        pass

    def ask(self, question: str) -> str | None:
        self.said.append(("ask", question))
        return self.answers.pop(0) if self.answers else None

    @property
    def printed(self) -> str:
        """What went to standard output."""
        return "\n".join(str(said[1]) for said in self.said if said[0] == "out")
