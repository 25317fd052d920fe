"""Rows of long work 任务: what was asked for, how far it is, how it ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import PlatformBase
from bangban.kernel.database.types import EnumText, one_of


class TaskState(StrEnum):
    """State of a task 任务状态."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


OPEN: Final = (TaskState.WAITING, TaskState.RUNNING)
"""States in which a worker takes a task up. RUNNING too: whoever ran it may have been killed."""


class Halt(StrEnum):
    """What somebody wants of a task that runs."""

    PAUSE = "PAUSE"
    CANCEL = "CANCEL"


class TaskRow(PlatformBase):
    """One piece of long work. ``given`` and ``result`` hold no personal data; ``district`` is a slug.

    ``done`` of ``total`` is counted within ``step``. A task that failed for a passing reason waits until
    ``not_before``; ``tries`` counts how often it was begun.
    """

    __tablename__ = "task"
    __table_args__ = (
        one_of("state", TaskState),
        CheckConstraint("halt IN ('PAUSE', 'CANCEL')", name="halt"),
        # Workers look for what is open; operators and districts list what was asked for.
        Index("task_open_idx", "asked_at", postgresql_where="state IN ('WAITING', 'RUNNING')"),
        Index("task_district_idx", "district", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    district: Mapped[str | None] = mapped_column(Text(collation="C"), default=None)
    given: Mapped[dict[str, Any]] = mapped_column(JSONB)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[TaskState] = mapped_column(EnumText(TaskState), default=TaskState.WAITING)
    step: Mapped[str | None] = mapped_column(default=None)
    done: Mapped[int] = mapped_column(server_default="0", default=0)
    total: Mapped[int] = mapped_column(server_default="0", default=0)
    tries: Mapped[int] = mapped_column(server_default="0", default=0)
    not_before: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    halt: Mapped[Halt | None] = mapped_column(EnumText(Halt), default=None)
    problem_zh: Mapped[str | None] = mapped_column(default=None)
    problem_en: Mapped[str | None] = mapped_column(default=None)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB, default=None)
