"""MCP over standard input and output, as far as it is a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import ROOT

PROGRAM = "from api.tools import stdio; from core import telemetry; stdio.main()"


def test_it_logs_to_standard_error_and_sends_its_spans(system: None) -> None:
    environment = os.environ | {
        "SAGE_LOG_LEVEL": "DEBUG",
        "SAGE_LOG_FORMAT": "json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    }
    environment.pop("SAGE_TOKEN", None)  # so that it ends at once
    ended = subprocess.run(
        [sys.executable, "-c", f"{PROGRAM}; print(telemetry.is_on())"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert ended.stdout == "True\n"
    lines = [line for line in ended.stderr.splitlines() if line.startswith("{")]
    assert any('"service": "mcp"' in line or '"service":"mcp"' in line for line in lines)
    assert "SAGE_TOKEN is not set." in ended.stderr
