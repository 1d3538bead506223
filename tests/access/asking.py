"""Asks the running app for a page as a browser does, without one, and reads what it is shown."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 20.0
_AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN


@dataclass(frozen=True)
class Control:
    """Something on a page that can be pressed or filled in."""

    id: str
    kind: str
    label: str
    is_disabled: bool
    form_id: str
    file_id: str  # of a download that is made when it is asked for


@dataclass(frozen=True)
class Shown:
    """Everything that a run of a page sent to the browser."""

    frames: tuple[bytes, ...]

    @property
    def whole(self) -> bytes:
        return b"".join(self.frames)

    def says(self, words: str) -> bool:
        """Whether words stand anywhere in it: in texts, tables, charts or components."""
        return words.encode() in self.whole

    def messages(self) -> Iterator[ForwardMsg]:
        for frame in self.frames:
            yield ForwardMsg.FromString(frame)

    def controls(self) -> list[Control]:
        found = []
        for message in self.messages():
            kind = message.delta.new_element.WhichOneof("type")
            element = getattr(message.delta.new_element, kind) if kind else None
            names = {field.name for field in element.DESCRIPTOR.fields} if element else set()
            if element is not None and "label" in names and "id" in names:
                found.append(_control(kind or "", element, names))
        return found

    def control(self, label: str) -> Control | None:
        """Return the control of a label that can be used, or None."""
        return next((c for c in self.controls() if c.label == label and not c.is_disabled), None)

    def elements(self) -> list[bytes]:
        """Return what stands in the page at the end, by its place, without what names the run.

        Of two things drawn in one place the first is sent or not, as it happens.
        """
        drawn: dict[tuple[int, ...], bytes] = {}
        for message in self.messages():
            if message.WhichOneof("type") == "delta":
                message.delta.fragment_id = ""
                place = tuple(message.metadata.delta_path)
                drawn[place] = bytes(message.delta.SerializeToString(deterministic=True))
        return [drawn[place] for place in sorted(drawn)]


class Page:
    """One socket of a browser's tab, as Streamlit's frontend speaks it."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.session_id = ""

    def open(
        self, name: str, address: Mapping[str, str], *, widgets: Sequence[WidgetState] = ()
    ) -> Shown:
        """Run a page by its address; `widgets` are what was pressed and typed."""
        message = BackMsg()
        asked = message.rerun_script
        asked.page_name, asked.query_string = name, urlencode(dict(address))
        asked.context_info.timezone = "UTC"
        asked.widget_states.widgets.extend(widgets)
        self._connection.send(message.SerializeToString())
        return Shown(tuple(self._run()))

    def deferred(self, file_id: str) -> Any:
        """Ask for a download that is made when it is asked for; returns the answer."""
        message = BackMsg()
        message.backend_operation_request.request_id = "1"
        message.backend_operation_request.session_id = self.session_id
        message.backend_operation_request.deferred_file.file_id = file_id
        self._connection.send(message.SerializeToString())
        while True:
            found = ForwardMsg.FromString(self._frame())
            if found.WhichOneof("type") == "backend_operation_response":
                return found.backend_operation_response

    def _run(self) -> Iterator[bytes]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            frame = self._frame()
            yield frame
            message = ForwardMsg.FromString(frame)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session_id = message.new_session.initialize.session_id or self.session_id
            if kind == "script_finished" and message.script_finished != _AGAIN:
                return
        raise AssertionError("the page does not end")

    def _frame(self) -> bytes:
        frame = self._connection.recv(timeout=PATIENCE)
        assert isinstance(frame, bytes)
        return frame


def _control(kind: str, element: Any, names: set[str]) -> Control:
    return Control(
        element.id,
        kind,
        element.label,
        bool("disabled" in names and element.disabled),
        element.form_id if "form_id" in names else "",
        element.deferred_file_id if "deferred_file_id" in names else "",
    )


def pressed(control: Control) -> WidgetState:
    return WidgetState(id=control.id, trigger_value=True)


def typed(control: Control, text: str) -> WidgetState:
    return WidgetState(id=control.id, string_value=text)


@contextmanager
def page_of(host: str, headers: dict[str, str]) -> Iterator[Page]:
    """Open Streamlit's socket with what a person shows: a cookie, a token, or nothing."""
    with connect(
        f"ws://{host}/_stcore/stream",
        origin=Origin(f"http://{host}"),
        subprotocols=[Subprotocol("streamlit"), Subprotocol("an-xsrf-token")],
        additional_headers=headers,
        proxy=None,
        max_queue=None,
        max_size=None,
    ) as connection:
        yield Page(connection)
