"""Counting is a task: asked for once where a figure is old, and gone on with where its worker was killed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from tests.conftest import Run

from bangban.features.statistics import service
from bangban.features.statistics.service import keep_statistics
from bangban.features.statistics.tasks import COUNTING, ask_to_count, count_everywhere
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tables import TaskRow, TaskState
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.kernel.tenancy.tenancy import Tenancy

EVERY = dt.timedelta(hours=6)


class Books:
    """Three districts that were never counted, and a look at what was."""

    def __init__(self, tenancy: Tenancy, installation: Installation, run: Run[Any], slugs: list[str]) -> None:
        self.tenancy, self.installation, self.run, self.slugs = tenancy, installation, run, slugs

    def platform(self, do: Callable[[Any], Any]) -> Any:
        async def inside() -> Any:
            async with self.tenancy.platform() as db:
                return await do(db)

        return self.run(inside())

    def counted(self) -> set[str]:
        async def find(db: Any) -> set[str]:
            found = select(DistrictRow.slug).where(
                DistrictRow.measured_at.is_not(None), DistrictRow.slug.in_(self.slugs)
            )
            return set(await db.scalars(found))

        found: set[str] = self.platform(find)
        return found

    def tasks(self) -> list[TaskRow]:
        async def find(db: Any) -> list[TaskRow]:
            found = select(TaskRow).where(TaskRow.kind == COUNTING).order_by(TaskRow.asked_at)
            return list(await db.scalars(found))

        rows: list[TaskRow] = self.platform(find)
        return rows

    def ask(self) -> None:
        self.run(ask_to_count(self.tenancy, every=EVERY))

    def work(self) -> TaskRow:
        """Do the last task as a worker does."""
        handler = partial(count_everywhere, self.tenancy, every=EVERY)
        runner = TaskRunner(self.tenancy, self.installation.application, {COUNTING: handler})
        row: TaskRow = self.run(runner.run_here(self.tasks()[-1].id))
        return row


@pytest.fixture
def books(
    tenancy: Tenancy, installation: Installation, new_district: Callable[..., District], run: Run[Any]
) -> Books:
    books = Books(tenancy, installation, run, [new_district().slug for _ in range(3)])
    now = dt.datetime.now(dt.UTC)

    async def begin(db: Any) -> None:
        await db.execute(delete(TaskRow))
        mine = DistrictRow.slug.in_(books.slugs)
        await db.execute(update(DistrictRow).where(~mine).values(measured_at=now))

    books.platform(begin)
    return books


def test_it_is_asked_for_once_and_not_again_while_figures_are_fresh(books: Books) -> None:
    books.ask()
    books.ask()  # another process
    assert len(books.tasks()) == 1
    done = books.work()
    assert (done.state, done.result) == (TaskState.DONE, {"districts": 3})
    assert (done.done, done.total) == (3, 3)
    assert books.counted() == set(books.slugs)
    books.ask()
    assert len(books.tasks()) == 1


def test_a_worker_that_was_killed_leaves_the_rest_to_the_next(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_one, begun = service.count_one, []

    async def killed(tenancy: Tenancy, slug: str, **how: Any) -> bool:
        begun.append(slug)
        if len(begun) == 2:
            raise KeyboardInterrupt
        return await count_one(tenancy, slug, **how)

    monkeypatch.setattr(service, "count_one", killed)
    with pytest.raises(KeyboardInterrupt):
        books.run(keep_statistics(books.tenancy, every=EVERY))
    monkeypatch.undo()
    assert len(books.counted()) == 1
    books.ask()
    assert books.work().result == {"districts": 2}
    assert books.counted() == set(books.slugs)


def test_one_districts_trouble_is_not_the_others(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    count_one, bad = service.count_one, min(books.slugs)

    async def failing(tenancy: Tenancy, slug: str, **how: Any) -> bool:
        if slug == bad:
            raise RuntimeError("a figure of theirs")
        return await count_one(tenancy, slug, **how)

    monkeypatch.setattr(service, "count_one", failing)
    books.ask()
    assert books.work().result == {"districts": 2}
    assert books.counted() == set(books.slugs) - {bad}
