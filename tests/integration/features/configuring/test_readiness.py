"""The checks before going live: what the one statement says is what a plain model says."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.integration.features.configuring.conftest import Setup
from tests.integration.features.configuring.deciding import checked, whole
from tests.integration.features.configuring.model import drawn

from bangban.features.configuring.checks import MOST_FINDINGS
from bangban.features.configuring.readiness import run_checks
from bangban.features.configuring.wording import WORDINGS
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.tables import PolicyLineRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

COUNTY, TOWN, VILLAGE, GRID, MICRO = AreaLevel


class UndoneError(Exception):
    """Ends a transaction without a trace."""


def test_the_statement_says_what_the_model_says(setup: Setup) -> None:
    wrong_somewhere: set[str] = set()
    right_somewhere: set[str] = set()

    @settings(
        max_examples=60,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(seed=st.integers(0, 2**32 - 1))
    def compare(seed: int) -> None:
        async def scene(work: Work) -> None:
            county = dict(setup.areas)
            model = await drawn(work, setup, Random(seed))
            await work.db.flush()
            found = {check["code"]: check for check in await run_checks(work)}
            setup.areas = county
            wanted = model.wrong(work.policy, work.calendar.days_left(work.today))
            assert set(found) == set(wanted)
            for code, names in wanted.items():
                check = found[code]
                assert check["count"] == len(names), (code, names, check)
                assert check["passed"] is (not names)
                said = {each["name"].removeprefix("样本事项") for each in check["findings"]}
                assert said <= names, (code, check)
                assert len(said) == min(len(names), MOST_FINDINGS)
                (wrong_somewhere if names else right_somewhere).add(code)
            raise UndoneError

        with pytest.raises(UndoneError):
            setup.inside(scene)

    compare()
    assert wrong_somewhere == right_somewhere == set(WORDINGS)


def test_every_check_says_what_to_do_in_both_languages_and_counts(setup: Setup) -> None:
    found = checked(setup)
    assert found["levels"]["count"] == 3
    assert found["levels"]["en"].startswith("3 levels have no area")
    assert found["levels"]["zh"].startswith("有 3 个层级没有区域")
    assert [each["reference"] for each in found["levels"]["findings"]] == [
        "level:GRID",
        "level:TOWN",
        "level:VILLAGE",
    ]
    for check in found.values():
        assert "{" not in check["zh"] + check["en"]


def test_ten_uncovered_villages_are_named_of_many(setup: Setup) -> None:
    async def fill(work: Work) -> None:
        await setup.area(work, "town", TOWN, "county")
        for number in range(23):
            await setup.area(work, f"v{number:02}", VILLAGE, "town")
        await setup.staff(work, "county only", ("helper", "county"))
        await setup.staff(work, "v00", ("guide", "v00"))

    setup.inside(fill)
    check = checked(setup)["villages-covered"]
    assert (check["count"], len(check["findings"])) == (22, MOST_FINDINGS)
    assert all(each["reference"].startswith("area:") for each in check["findings"])


def test_a_policy_that_lets_nobody_complete_leaves_every_item_unhandled(
    setup: Setup, tenancy: Tenancy
) -> None:
    setup.inside(lambda work: whole(work, setup))
    assert checked(setup)["items-handled"]["passed"]

    async def deny(work: Work) -> None:
        line = {
            "role": "window-clerk",
            "level": "TOWN",
            "object": "case",
            "action": "complete",
            "effect": "deny",
        }
        work.db.add(PolicyLineRow(id=new_id(), **line))

    setup.inside(deny)
    tenancy.forget(setup.slug)
    assert [each["name"] for each in checked(setup)["items-handled"]["findings"]] == ["样本事项ITEM"]
