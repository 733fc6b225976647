"""A visitor without a browser: asks for runs of a page over its websocket, and waits until each is over.

A browser would draw on the same cores as the server it waits for; this one only reads what comes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from pages._ui.session import cookies

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Run:
    """One run of the script: from asking for it until it was said to be finished."""

    milliseconds: float
    kilobytes: float  # that came meanwhile


@dataclass(frozen=True)
class Field:
    """A field of the page for a text or a number, as the last run drew it."""

    widget: str
    fragment: str  # the part of the page that runs again for it; empty: the whole page
    value: str | float


class Visitor:
    """Signed in and on one page; what it did not ask for is read and left."""

    def __init__(self, connection: ClientConnection, page: str) -> None:
        self._connection = connection
        self._page = page
        self._page_hash = ""
        self._query = ""
        self._fields: dict[str, Field] = {}

    def open(self, query: str) -> Run:
        """The page at this address, as a link opens it."""
        self._query = query
        return self._run(self._question())

    def field(self, label: str) -> Field:
        """The first field whose label begins so."""
        return next(field for name, field in self._fields.items() if name.startswith(label))

    def type_into(self, label: str, value: str | float) -> Run:
        """What happens after Enter in this field."""
        field, question = self.field(label), self._question()
        state = question.rerun_script.widget_states.widgets.add()
        state.id = field.widget
        if isinstance(value, str):
            state.string_value = value
        else:
            state.double_value = value
        question.rerun_script.fragment_id = field.fragment
        return self._run(question)

    def _question(self) -> BackMsg:
        question = BackMsg()
        asked = question.rerun_script
        asked.query_string, asked.page_script_hash = self._query, self._page_hash
        asked.page_name = "" if self._page_hash else self._page
        asked.context_info.timezone, asked.context_info.locale = "UTC", "en-GB"
        return question

    def _run(self, question: BackMsg) -> Run:
        part = question.rerun_script.fragment_id != ""
        wanted = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY if part else ForwardMsg.FINISHED_SUCCESSFULLY
        started, size = time.perf_counter(), 0
        self._connection.send(question.SerializeToString())
        while True:
            frame = self._connection.recv(timeout=PATIENCE_SECONDS)
            size += len(frame)
            message = self._read(frame)
            if message.WhichOneof("type") == "script_finished" and message.script_finished == wanted:
                return Run((time.perf_counter() - started) * 1e3, size / 1e3)

    def _read(self, frame: str | bytes) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(frame.encode() if isinstance(frame, str) else frame)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            if not message.metadata.run.fragment_ids:
                self._fields.clear()
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta":
            self._keep(message.delta)
        return message

    def _keep(self, delta: Delta) -> None:
        element = delta.new_element
        match element.WhichOneof("type"):
            case "text_input":
                self._fields[element.text_input.label] = Field(element.text_input.id, delta.fragment_id, "")
            case "number_input":
                drawn = element.number_input
                value = drawn.value if drawn.set_value else drawn.default
                self._fields[drawn.label] = Field(drawn.id, delta.fragment_id, value)


@contextmanager
def visitor(address: str, token: str, page: str) -> Iterator[Visitor]:
    """Somebody whose session has this token."""
    headers = {"Cookie": f"{cookies.SESSION}={token}"}
    place = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(place, subprotocols=["streamlit"], additional_headers=headers, max_size=None) as connection:  # type: ignore[list-item]
        yield Visitor(connection, page)
