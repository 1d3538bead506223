"""OpenTelemetry: spans of requests, launches, attempts and executors, sent on when that is wanted.

Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` (or `…_TRACES_ENDPOINT`) names a collector: then nothing of
the library is imported here, and a span costs a comparison. A trace has the id of the origin that
it comes from, so that spans, log lines and rows of the audit are found by the same id.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any, Literal

from core.domain.origin import current_origin
from core.version import VERSION

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

Kind = Literal["internal", "server", "consumer"]
Value = str | int | float | bool
_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
_SPAN_ID = re.compile(r"(?!0{16})[0-9a-f]{16}")
_LAST_SECONDS = 5

_tracer: Tracer | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """Where a trace goes on from: its id, and the span that caused what follows, if there is one.

    What is not in the form of the W3C's trace context is taken as it is said, by its hash.
    """

    trace_id: str
    span_id: str = ""


class Note:
    """A span as far as others write to it; while telemetry is off there is none to write to."""

    __slots__ = ("_span",)

    def __init__(self, span: Span | None) -> None:
        self._span = span

    def set(self, **attributes: Value | None) -> None:
        """Set attributes, in which a double underscore stands for a dot; None sets none."""
        if self._span is not None:
            for name, value in attributes.items():
                if value is not None:
                    self._span.set_attribute(name.replace("__", "."), value)

    def rename(self, name: str) -> None:
        """Give the span the name that is known only now."""
        if self._span is not None:
            self._span.update_name(name)

    def fail(self, why: str) -> None:
        """Mark the span as failed."""
        if self._span is not None:
            from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415

            self._span.set_status(Status(StatusCode.ERROR, why))


NO_SPAN: AbstractContextManager[Note] = nullcontext(Note(None))


def is_wanted() -> bool:
    """Whether the environment names a collector."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    names = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    return any(os.environ.get(name) for name in names)


def set_up(service: str) -> None:
    """Send spans of this process to the collector, if one is named; after the fork, not before.

    The OTEL_ variables say the rest: headers, time-outs, sampling, resource attributes.
    """
    global _tracer
    if not is_wanted():
        _tracer = None
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    name = os.environ.get("OTEL_SERVICE_NAME") or f"sage-mode-{service}"
    resource = Resource.create({"service.name": name, "service.version": VERSION})
    provider = TracerProvider(resource=resource, id_generator=_id_generator())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = provider.get_tracer("sage-mode", VERSION)
    # Worker processes end without the interpreter's own farewell.
    Finalize(None, provider.shutdown, exitpriority=_LAST_SECONDS)


def is_on() -> bool:
    """Whether spans are sent: for who would make up attributes thousands of times for nothing."""
    return _tracer is not None


def span(
    name: str,
    *,
    kind: Kind = "internal",
    parent: Parent | None = None,
    attributes: Mapping[str, Value] | None = None,
) -> AbstractContextManager[Note]:
    """Return a block that is a span, under `parent` or under the present one.

    An exception that leaves the block marks it as failed.
    """
    if _tracer is None:
        return NO_SPAN
    return _span(_tracer, name, kind, parent, attributes)


def current_span_id() -> str:
    """Return the id of the present span, for whoever goes on elsewhere; empty without one."""
    if _tracer is None:
        return ""
    from opentelemetry.trace import get_current_span  # noqa: PLC0415

    context = get_current_span().get_span_context()
    return f"{context.span_id:016x}" if context.is_valid else ""


def traceparent_of(parent: Parent, name: str) -> str:
    """Return what somebody elsewhere sends along to go on from a parent, as the W3C writes it.

    While no span is known, one that nobody sent stands in its place, made of the `name`.
    """
    known = _SPAN_ID.fullmatch(parent.span_id)
    span_id = parent.span_id if known else hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"00-{as_trace_id(parent.trace_id)}-{span_id}-01"


def as_trace_id(said: str) -> str:
    """Return the trace id of what somebody calls it; the same for the same words."""
    if _TRACE_ID.fullmatch(said):
        return said
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


@contextmanager
def _span(
    tracer: Tracer,
    name: str,
    kind: Kind,
    parent: Parent | None,
    attributes: Mapping[str, Value] | None,
) -> Iterator[Note]:
    from opentelemetry.trace import SpanKind  # noqa: PLC0415

    with tracer.start_as_current_span(
        name,
        context=None if parent is None else _context_of(parent),
        kind=SpanKind[kind.upper()],
        attributes=attributes,
    ) as made:
        yield Note(made)


def _context_of(parent: Parent) -> Any:
    """Return the context of a span elsewhere; without a span the trace begins here, by its id."""
    from opentelemetry.context import Context  # noqa: PLC0415
    from opentelemetry.trace import (  # noqa: PLC0415
        NonRecordingSpan,
        SpanContext,
        TraceFlags,
        set_span_in_context,
    )

    if not _SPAN_ID.fullmatch(parent.span_id):
        return Context()  # the id generator takes the origin's trace id
    trace_id = int(as_trace_id(parent.trace_id), 16)
    sampled = TraceFlags(TraceFlags.SAMPLED)
    remote = SpanContext(trace_id, int(parent.span_id, 16), is_remote=True, trace_flags=sampled)
    return set_span_in_context(NonRecordingSpan(remote), Context())


def _id_generator() -> Any:
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator  # noqa: PLC0415

    class OriginIds(RandomIdGenerator):
        """Traces are called as their origin is."""

        def generate_trace_id(self) -> int:
            """Return the id of a trace that begins here."""
            said = current_origin().trace_id
            return int(as_trace_id(said), 16) if said else super().generate_trace_id()

    return OriginIds()
