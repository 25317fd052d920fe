"""Numbers of all requests, lines for few of them, and nothing of anybody in either."""

from __future__ import annotations

import pytest
import structlog
from prometheus_client import CollectorRegistry, generate_latest
from structlog.testing import capture_logs

from bangban.web import measuring
from bangban.web.measuring import RequestTimes, note


def test_requests_are_counted_into_buckets_by_method_and_status() -> None:
    times = RequestTimes()
    for method, status, seconds in (
        ("POST", 200, 0.001),
        ("POST", 200, 0.0011),
        ("POST", 200, 99.0),
        ("POST", 503, 0.2),
        ("BREW", 405, 0.0),
    ):
        times.note(method, status, seconds)
    registry = CollectorRegistry()
    registry.register(times)
    text = generate_latest(registry).decode()
    name = "bangban_http_request_seconds"
    assert f'{name}_bucket{{le="0.001",method="POST",status="200"}} 1.0' in text
    assert f'{name}_bucket{{le="0.0025",method="POST",status="200"}} 2.0' in text
    assert f'{name}_bucket{{le="10.0",method="POST",status="200"}} 2.0' in text
    assert f'{name}_bucket{{le="+Inf",method="POST",status="200"}} 3.0' in text
    assert f'{name}_count{{method="POST",status="200"}} 3.0' in text
    assert f'{name}_count{{method="POST",status="503"}} 1.0' in text
    assert f'{name}_count{{method="OTHER",status="405"}} 1.0' in text
    assert "BREW" not in text, "methods are the client's to invent"


@pytest.mark.parametrize(
    ("status", "seconds", "level"),
    [
        (200, 0.1, None),
        (304, 0.1, None),
        (401, 0.1, None),
        (422, 0.1, None),
        (200, 1.0, "info"),
        (403, 0.0, "info"),
        (413, 0.0, "info"),
        (429, 0.0, "info"),
        (500, 0.0, "warning"),
        (503, 0.0, "warning"),
    ],
)
def test_a_line_is_for_what_is_worth_one(
    monkeypatch: pytest.MonkeyPatch, status: int, seconds: float, level: str | None
) -> None:
    monkeypatch.setattr(measuring, "log", structlog.get_logger())
    with capture_logs() as lines:
        note("POST", status, seconds, "abcdefgh", slow=1.0)
    assert [line["log_level"] for line in lines] == ([level] if level else [])
    for line in lines:
        assert set(line) == {"event", "method", "status", "ms", "request", "log_level"}
