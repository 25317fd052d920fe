"""Logs: one JSON object a line, without personal data or tokens."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TextIO

import structlog


def set_up(file: Path | None = None) -> None:
    """Write logs to ``file``, or to standard error."""
    target: TextIO | None = None
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        target = file.open("a", encoding="utf-8")
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=target),
        cache_logger_on_first_use=True,
    )
