"""A worker or PostgreSQL is killed inside each step of an onboarding: the next one finishes it, whole and once.

``python -m benchmarks.kills`` does the same before and after each step's commit, as often as it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from benchmarks.kills.ground import SERVING, prepare
from benchmarks.kills.points import Ground, Point
from benchmarks.kills.surviving import survived, undisturbed
from tests.conftest import memory

from bangban.features.districts.service import APPLICATION_STEPS
from bangban.kernel.database.embedded import EmbeddedPostgres, temporary_postgres

Run = Callable[[Any], Any]


@pytest.fixture(scope="module")
def mortal() -> Iterator[EmbeddedPostgres]:
    """A server of its own: the others' must not be killed."""
    with temporary_postgres(settings=SERVING, base=memory()) as server:
        yield server


@pytest.fixture(scope="module")
def ground(mortal: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Ground:
    ground: Ground = run(prepare(mortal, tmp_path_factory.mktemp("kills")))
    return ground


@pytest.fixture(scope="module")
def like(ground: Ground, run: Run) -> Any:
    """What an onboarding leaves that nobody disturbs."""
    return run(undisturbed(ground))


@pytest.mark.parametrize("step", APPLICATION_STEPS)
@pytest.mark.parametrize("killed", ["worker", "server"])
def test_whatever_is_killed_inside_a_step_the_district_is_whole_and_its_invitation_one(
    mortal: EmbeddedPostgres, ground: Ground, like: Any, run: Run, step: str, killed: str
) -> None:
    assert run(survived(mortal, ground, Point(step, "inside"), killed, like))
