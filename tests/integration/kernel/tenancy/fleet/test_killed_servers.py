"""PostgreSQL is killed in the middle of a district's migration: the next run finishes it, whole and once.

``python -m benchmarks.kills --what migration`` kills it, and the run, at every moment and as often as it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from benchmarks.kills.fleets import Before, lost_by, prepare_fleet
from benchmarks.kills.ground import SERVING
from benchmarks.kills.migrating import AFTER, BEFORE, COMMIT, OLD, Moment, moments
from tests.conftest import memory

from bangban.kernel.database.embedded import EmbeddedPostgres, temporary_postgres
from bangban.kernel.tenancy.migrations import pending

Run = Callable[[Any], Any]
MIDDLE = Moment(f"migration {pending(OLD)[1]}", "after")


@pytest.fixture(scope="module")
def mortal() -> Iterator[EmbeddedPostgres]:
    """A server of its own: the others' must not be killed."""
    with temporary_postgres(settings=SERVING, base=memory()) as server:
        yield server


@pytest.fixture(scope="module")
def before(mortal: EmbeddedPostgres, run: Run) -> Before:
    before: Before = run(prepare_fleet(mortal, districts=4))
    return before


@pytest.mark.parametrize("moment", [MIDDLE, COMMIT])
def test_when_postgresql_is_killed_each_district_is_whole_and_migrated_once(
    mortal: EmbeddedPostgres, before: Before, run: Run, moment: Moment
) -> None:
    assert run(lost_by(mortal, before, moment, "server")) == []


def test_every_migration_is_a_moment() -> None:
    found = moments()
    assert (found[0], *found[-2:]) == (BEFORE, COMMIT, AFTER)
    assert [each.step.split()[-1] for each in found[1:-2]] == pending(OLD)
