"""What is known of requests afterwards: numbers of all of them, and a line in the log for those worth one.

A line for each request cost as much as a third of the whole edge. Neither numbers nor lines hold anything of
what was asked or of who asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any, Final

import structlog
from prometheus_client import REGISTRY
from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

log = structlog.get_logger()

BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "OPTIONS"})
_WORTH_KNOWING: Final = frozenset({403, 408, 413, 429})


class RequestTimes(Collector):
    """How long requests took, by method and status. Lists of numbers: a client's histogram costs five times that."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, int], list[int]] = {}
        self._sums: dict[tuple[str, int], float] = {}

    def note(self, method: str, status: int, seconds: float) -> None:
        """One request."""
        key = (method if method in _METHODS else "OTHER", status)
        counts = self._counts.get(key)
        if counts is None:
            counts = self._counts[key] = [0] * (len(BOUNDS) + 1)
            self._sums[key] = 0.0
        counts[bisect_left(BOUNDS, seconds)] += 1
        self._sums[key] += seconds

    def collect(self) -> Iterable[Metric]:
        """As Prometheus asks for it."""
        family = HistogramMetricFamily(
            "bangban_http_request_seconds", "Time to answer /graphql over HTTP.", labels=["method", "status"]
        )
        for (method, status), counts in self._counts.items():
            below, buckets = 0, []
            for bound, count in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
                below += count
                buckets.append((bound, below))
            family.add_metric([method, str(status)], buckets, self._sums[method, status])
        yield family


TIMES: Final = RequestTimes()
REGISTRY.register(TIMES)


def note(method: str, status: int, seconds: float, request_id: str, *, slow: float) -> None:
    """Count a request; log it where it failed, was refused in a way worth knowing, or took ``slow`` seconds."""
    TIMES.note(method, status, seconds)
    if status >= 500 or seconds >= slow or status in _WORTH_KNOWING:
        line: dict[str, Any] = {
            "method": method,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "request": request_id,
        }
        (log.warning if status >= 500 else log.info)("request", **line)
