"""A collector that understands OTLP over HTTP, and an executor that fails in a trace."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from core.domain.work import RoleResult, RoleWork
from workers.executors import Control


@dataclass(frozen=True)
class Seen:
    """A span as it arrived."""

    name: str
    service: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    is_error: bool


class Collector:
    """What arrived so far."""

    def __init__(self) -> None:
        self.address = ""
        self.headers: list[dict[str, str]] = []
        self._spans: list[Seen] = []

    def take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        assert path == "/v1/traces"
        self.headers.append(headers)
        request = ExportTraceServiceRequest.FromString(body)
        for of_resource in request.resource_spans:
            resource = _values(of_resource.resource.attributes)
            for of_scope in of_resource.scope_spans:
                self._spans += [
                    Seen(
                        span.name,
                        str(resource["service.name"]),
                        span.trace_id.hex(),
                        span.span_id.hex(),
                        span.parent_span_id.hex(),
                        _values(span.attributes),
                        span.status.code == 2,
                    )
                    for span in of_scope.spans
                ]

    def spans(self, trace_id: str) -> dict[str, Seen]:
        """Return the spans of a trace by their names."""
        return {one.name: one for one in self._spans if one.trace_id == trace_id}


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run a collector on loopback until the block ends."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            headers = {name.lower(): value for name, value in self.headers.items()}
            collector.take(self.path, headers, body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()


def _values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


class BrokenRole:
    """Raises what nobody foresaw, which its worker logs."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        raise ValueError("broken on purpose")


class CountingRole:
    """Tells of a model and its tokens."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        usage = {"model": "small-1", "input_tokens": 12, "output_tokens": 34}
        return RoleResult(output={}, usage=usage)
