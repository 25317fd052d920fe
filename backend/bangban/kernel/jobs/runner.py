"""Works on tasks: claims one by its advisory lock, runs its handler, and keeps how it ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import update

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.jobs.hints import Hint
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.jobs.relay import backoff
from bangban.kernel.jobs.tables import OPEN, Halt, TaskRow, TaskState
from bangban.kernel.jobs.tasks import CHANGED, Handler, Task, TaskHalted, Tell, announce, get_task, open_ids
from bangban.kernel.problems import Problem, Unavailable
from bangban.kernel.tenancy.momentary import is_momentary
from bangban.kernel.tenancy.tenancy import Tenancy

_log = structlog.get_logger(__name__)

_POLL: Final = 10.0  # seconds between looks when nothing is heard: a killed worker announces nothing
_FOLLOW: Final = 0.2
_AFTER_FAILURE: Final = 2.0
_PARALLEL: Final = 4
_STOP_SECONDS: Final = 10.0
_LOCK_SPACE: Final = 0x7461736B << 32  # "task"
_OVER: Final = (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED, TaskState.PAUSED)


def lock_of(task_id: UUID) -> int:
    """Key of the advisory lock that whoever works on a task holds."""
    return _LOCK_SPACE | (task_id.int & 0xFFFF_FFFF)


class TaskRunner:
    """Tasks of one process. ``direct`` is an address past any pooler: advisory locks belong to a session."""

    def __init__(self, tenancy: Tenancy, direct: Endpoint, handlers: Mapping[str, Handler]) -> None:
        self._tenancy = tenancy
        self._direct = direct
        self._handlers = dict(handlers)
        self._running: dict[UUID, asyncio.Task[bool]] = {}
        self._news = asyncio.Event()
        self._halted = False
        self._loop: asyncio.Task[None] | None = None

    # ------------------------------------------------------------------ in the background

    async def start(self, listener: Listener) -> None:
        """Work on whatever is open, and on what is asked for from now on."""
        listener.on_any(self._heard)
        listener.on_reconnect(self._missed)
        self._loop = asyncio.create_task(self._forever(), name="tasks")

    async def stop(self) -> None:
        """Let go of everything: what was begun is taken up again by the next worker. Harmless when repeated."""
        self._halted = True
        self._news.set()
        tasks: list[asyncio.Task[Any]] = [*self._running.values(), *([self._loop] if self._loop else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_SECONDS)

    async def _missed(self) -> None:
        self._news.set()  # whoever was interrupted with the connection is taken up again

    def _heard(self, hint: Hint) -> None:
        # How far the tasks that are done here have come is no reason to look for others, which speak for themselves.
        if hint.kind == CHANGED and hint.reference not in map(str, self._running):
            self._news.set()

    async def _forever(self) -> None:
        while not self._halted:
            pause = _POLL
            try:
                self._news.clear()
                await self._begin_open()
            except Exception as error:  # noqa: BLE001 - background work outlives whatever goes wrong
                _log.error("looking for tasks failed", problem=type(error).__name__)
                pause = _AFTER_FAILURE
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), pause)

    async def _begin_open(self) -> None:
        async with self._tenancy.platform() as db:
            found = await open_ids(db, kinds=list(self._handlers), now=datetime.now(UTC))
        for task_id in found:
            if len(self._running) >= _PARALLEL:
                return
            if task_id not in self._running:
                work = asyncio.create_task(self.run(task_id), name=f"task {task_id}")
                self._running[task_id] = work
                work.add_done_callback(partial(self._finished, task_id))

    def _finished(self, task_id: UUID, work: asyncio.Task[bool]) -> None:
        self._running.pop(task_id, None)
        if work.cancelled():
            return
        if (error := work.exception()) is not None:
            _log.error("a task's worker failed", problem=type(error).__name__)
        elif work.result():
            self._news.set()  # there is room for another

    # ------------------------------------------------------------------ one task

    async def run(self, task_id: UUID, *, tell: Tell | None = None) -> bool:
        """Work on a task if nobody else does, until it ends, pauses or fails; whether it was ours.

        Where the connection that holds the lock is lost, the work is cancelled: somebody else may have begun.
        """
        try:
            async with self._held(task_id) as held:
                if held is None:
                    return False
                task = await self._claim(task_id, tell)
                if task is None:
                    return False
                await self._work(task, held)
                return True
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, Unavailable) as error:
            _log.warning("a task was interrupted", problem=type(error).__name__)
            return False

    async def run_here(self, task_id: UUID, *, tell: Tell | None = None) -> TaskRow:
        """Work on a task, or follow whoever does, until it has ended or stands still; how it ended."""
        while True:
            await self.run(task_id, tell=tell)
            async with self._tenancy.platform() as db:
                row = await get_task(db, task_id)
            if row.state in _OVER:
                return row
            if tell is not None and row.step is not None:
                tell(row.step, row.done, row.total)
            await asyncio.sleep(_FOLLOW)

    @asynccontextmanager
    async def _held(self, task_id: UUID) -> AsyncIterator[asyncpg.Connection | None]:
        connection = await self._direct.connect()
        try:
            locked = await connection.fetchval("SELECT pg_try_advisory_lock($1)", lock_of(task_id))
            yield connection if locked else None
        finally:
            connection.terminate()

    async def _claim(self, task_id: UUID, tell: Tell | None) -> Task | None:
        now = datetime.now(UTC)
        async with self._tenancy.platform() as db:
            row = await get_task(db, task_id, lock=True)
            if row.state not in OPEN or (row.not_before is not None and row.not_before > now):
                return None
            row.state, row.tries, row.started_at = TaskState.RUNNING, row.tries + 1, row.started_at or now
            await announce(db, self._tenancy.names, row.id, row.district)
            return Task(
                id=row.id,
                kind=row.kind,
                district=row.district,
                given=row.given,
                asked_by=row.asked_by,
                asked_at=row.asked_at,
                tries=row.tries,
                tenancy=self._tenancy,
                tell=tell or (lambda _step, _done, _total: None),
            )

    async def _work(self, task: Task, held: asyncpg.Connection) -> None:
        work = asyncio.ensure_future(self._handlers[task.kind](task))
        held.add_termination_listener(lambda _: work.cancel())
        try:
            result = await work
        except asyncio.CancelledError:
            if held.is_closed() and not self._halted:
                raise Unavailable from None  # the lock was lost, not the process stopped
            raise
        except TaskHalted as halted:
            over = TaskState.PAUSED if halted.halt is Halt.PAUSE else TaskState.CANCELLED
            await self._end(task, state=over, halt=None)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is kept as the task's problem
            await self._failed(task, error)
        else:
            await self._end(task, state=TaskState.DONE, result=result, problem_zh=None, problem_en=None)

    async def _failed(self, task: Task, error: Exception) -> None:
        if isinstance(error, (Unavailable, OSError)) or is_momentary(error):
            await self._end(task, state=TaskState.WAITING, not_before=datetime.now(UTC) + backoff(task.tries))
            return
        if isinstance(error, Problem):
            zh, en = error.message("zh"), error.message("en")
        else:
            # Its words may tell of a person or of the inside; its kind does not.
            _log.error("a task failed", kind=task.kind, problem=type(error).__name__, exc_info=error)
            zh, en = f"内部错误({type(error).__name__})。", f"Internal error ({type(error).__name__})."
        await self._end(task, state=TaskState.FAILED, problem_zh=zh, problem_en=en)

    async def _end(self, task: Task, *, state: TaskState, **values: Any) -> None:
        over = state in (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED)
        finished = datetime.now(UTC) if over else None
        async with self._tenancy.platform() as db:
            await db.execute(
                update(TaskRow)
                .where(TaskRow.id == task.id)
                .values(state=state, finished_at=finished, **values)
            )
            await announce(db, self._tenancy.names, task.id, task.district)
