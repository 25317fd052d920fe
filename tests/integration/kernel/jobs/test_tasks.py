"""Long work: done once, taken up again after its worker is gone, paused, resumed, and never half told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from bangban.kernel.ids import new_id
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.jobs.runner import TaskRunner, lock_of
from bangban.kernel.jobs.tables import Halt, TaskState
from bangban.kernel.jobs.tasks import TaskOver, TaskUnknown, ask, get_task, halt_task, resume_task
from bangban.kernel.problems import Conflict, Unavailable

SECONDS = 20


@pytest.fixture
def asked(run, tenancy):
    def asked_for(kind="count", **given):
        return run(_ask(tenancy, kind, given))

    return asked_for


async def _ask(tenancy, kind, given):
    async with tenancy.platform() as db:
        return await ask(db, tenancy.names, kind=kind, given=given, actor="operator:1", now=datetime.now(UTC))


async def row_of(tenancy, task_id):
    async with tenancy.platform() as db:
        return await get_task(db, task_id)


async def until(tenancy, task_id, *states):
    async with asyncio.timeout(SECONDS):
        while True:
            row = await row_of(tenancy, task_id)
            if row.state in states:
                return row


def runner_of(installation, tenancy, handler, kind="count"):
    return TaskRunner(tenancy, installation.application, {kind: handler})


def test_it_is_done_and_keeps_its_result(run, installation, tenancy, asked):
    told = []

    async def count(task):
        for done in range(1, task.given["to"] + 1):
            await task.step("counting", done, task.given["to"])
        return {"counted": task.given["to"]}

    row = run(
        runner_of(installation, tenancy, count).run_here(asked(to=3), tell=lambda *each: told.append(each))
    )
    assert (row.state, row.result, row.step, row.done, row.total) == (
        TaskState.DONE,
        {"counted": 3},
        "counting",
        3,
        3,
    )
    assert told == [("counting", each, 3) for each in (1, 2, 3)]
    assert (row.tries, row.problem_zh, row.finished_at >= row.started_at) == (1, None, True)


def test_of_two_workers_one_does_it(run, installation, tenancy, asked):
    begun, others_went = [], asyncio.Event()

    async def slow(task):
        begun.append(task.id)
        if len(begun) > 1:
            others_went.set()  # what must not be; end all the same
        await others_went.wait()

    async def scene():
        running = {asyncio.create_task(runner_of(installation, tenancy, slow).run(task_id)) for _ in range(4)}
        left = running
        while len(left) > 1:
            _, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
        others_went.set()
        return await asyncio.gather(*running)

    task_id = asked()
    assert sum(run(scene())) == 1
    assert begun == [task_id]


def test_a_worker_whose_session_is_gone_stops_and_another_takes_over(run, installation, tenancy, asked):
    """What a SIGKILL does to the lock: PostgreSQL lets it go with the session."""
    began, attempts = asyncio.Event(), []

    async def hang_once(task):
        attempts.append(task.tries)
        if len(attempts) == 1:
            began.set()
            await asyncio.Event().wait()

    async def scene():
        first = asyncio.create_task(runner_of(installation, tenancy, hang_once).run(task_id))
        await began.wait()
        async with installation.connection() as connection:
            ended = await connection.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_locks"
                " WHERE locktype = 'advisory' AND classid::bigint << 32 | objid::bigint = $1",
                lock_of(task_id),
            )
        assert len(ended) == 1
        assert await first is False
        return await runner_of(installation, tenancy, hang_once).run_here(task_id)

    task_id = asked()
    assert run(scene()).state is TaskState.DONE
    assert attempts == [1, 2]


def test_a_paused_task_stops_between_steps_and_goes_on_when_resumed(run, installation, tenancy, asked):
    done = []

    async def halted_on_the_way(task):
        for each in range(4):
            if each in done:
                continue
            done.append(each)
            if each == 1 and task.tries == 1:
                async with tenancy.platform() as db:
                    await halt_task(db, tenancy.names, task.id, Halt.PAUSE, now=datetime.now(UTC))
            await task.step("counting", each + 1, 4)

    async def scene():
        runner = runner_of(installation, tenancy, halted_on_the_way)
        paused = await runner.run_here(task_id)
        assert (paused.state, paused.done, paused.halt, done) == (TaskState.PAUSED, 2, None, [0, 1])
        async with tenancy.platform() as db:
            with pytest.raises(TaskOver):
                await halt_task(db, tenancy.names, task_id, Halt.PAUSE, now=datetime.now(UTC))
            await resume_task(db, tenancy.names, task_id)
        return await runner.run_here(task_id)

    task_id = asked()
    assert run(scene()).state is TaskState.DONE
    assert done == [0, 1, 2, 3]


def test_a_waiting_task_is_cancelled_at_once(run, installation, tenancy, asked):
    async def never(_task):
        raise AssertionError

    async def scene():
        async with tenancy.platform() as db:
            await halt_task(db, tenancy.names, task_id, Halt.CANCEL, now=datetime.now(UTC))
        return await runner_of(installation, tenancy, never).run_here(task_id)

    task_id = asked()
    row = run(scene())
    assert (row.state, row.finished_at is not None, row.tries) == (TaskState.CANCELLED, True, 0)


def test_a_refusal_is_kept_in_both_languages_and_a_bug_without_its_words(run, installation, tenancy, asked):
    async def refused(_task):
        raise Conflict

    async def broken(_task):
        raise ValueError("张三 13812345678")

    row = run(runner_of(installation, tenancy, refused).run_here(asked()))
    assert row.state is TaskState.FAILED
    assert (row.problem_zh, row.problem_en) == (Conflict().message("zh"), Conflict().message("en"))
    row = run(runner_of(installation, tenancy, broken).run_here(asked()))
    assert row.state is TaskState.FAILED
    assert "ValueError" in row.problem_en
    assert "13812345678" not in row.problem_zh + row.problem_en


def test_what_passes_by_itself_is_tried_again_later(run, installation, tenancy, asked):
    async def away(_task):
        raise Unavailable

    async def scene():
        runner = runner_of(installation, tenancy, away)
        assert await runner.run(task_id)
        row = await row_of(tenancy, task_id)
        assert (row.state, row.tries, row.problem_zh) == (TaskState.WAITING, 1, None)
        assert row.not_before > datetime.now(UTC)
        assert not await runner.run(task_id)  # not yet

    task_id = asked()
    run(scene())


@asynccontextmanager
async def working(installation, tenancy, handler):
    listener = Listener(installation.application, installation.names.channel)
    await listener.start()
    runner = runner_of(installation, tenancy, handler)
    await runner.start(listener)
    try:
        yield runner
    finally:
        await runner.stop()
        await runner.stop()
        await listener.stop()


def test_a_process_works_on_what_is_asked_for_and_leaves_the_rest_behind(run, installation, tenancy):
    began = asyncio.Event()

    async def work(task):
        if task.given.get("hang"):
            began.set()
            await asyncio.Event().wait()

    async def scene():
        async with working(installation, tenancy, work):
            quick = await _ask(tenancy, "count", {})
            await until(tenancy, quick, TaskState.DONE)
            hanging = await _ask(tenancy, "count", {"hang": True})
            await asyncio.wait_for(began.wait(), SECONDS)
        left = await row_of(tenancy, hanging)
        assert left.state is TaskState.RUNNING  # nobody holds it: the next worker takes it up

        async def finish(_task):
            return {"by": "the next"}

        async with working(installation, tenancy, finish):
            row = await until(tenancy, hanging, TaskState.DONE)
        assert (row.result, row.tries) == ({"by": "the next"}, 2)

    run(scene())


def test_a_task_that_is_not_there_is_unknown(run, tenancy):
    async def scene():
        async with tenancy.platform() as db:
            await get_task(db, new_id())

    with pytest.raises(TaskUnknown):
        run(scene())
