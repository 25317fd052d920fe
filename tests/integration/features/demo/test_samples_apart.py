"""Sample cases are made in processes of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.integration.features.demo.samples import CONDITIONAL, Loaded

from bangban.features.cases.tables import (
    CaseRow,
)
from bangban.features.cases.values import CaseState
from bangban.features.demo import apart
from bangban.features.demo.cases import make_cases, samples_of
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

WORKER = apart._WORKER


@pytest.mark.parametrize("worker", [WORKER, "bangban.no_such_worker"])
def test_cases_are_made_in_another_process_or_else_in_this_one(
    samples: Loaded, empty: Callable[[str], str], worker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_WORKER", worker)
    here: list[str] = []
    monkeypatch.setattr(apart, "make_cases", _noting(here))
    slug = empty(f"apart-{'one' if worker == WORKER else 'two'}")
    told: list[tuple[str, int, int]] = []
    made = samples.run(
        apart.make_cases_of(
            samples.tenancy,
            samples.installation.application,
            [slug],
            count=12,
            processes=1,
            progress=lambda *step: told.append(step),
        )
    )
    assert made == 12 + CONDITIONAL
    assert {state for (state,) in samples.all(slug, select(CaseRow.state))} == set(CaseState)
    assert here == ([] if worker == WORKER else [slug])
    assert told[-1] == (slug, made, made)


def test_a_process_ends_with_whoever_asked_for_it(samples: Loaded, empty: Callable[[str], str]) -> None:
    slug = empty("apart-three")

    async def stopped() -> int:
        begun = asyncio.Event()
        task = asyncio.create_task(
            apart.make_cases_of(
                samples.tenancy,
                samples.installation.application,
                [slug],
                count=200,
                processes=1,
                progress=lambda *_: begun.set(),
            )
        )
        await asyncio.wait_for(begun.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return (await samples_of(samples.tenancy, samples.district(slug))).cases

    assert samples.run(stopped()) == 0
    assert samples.all(slug, select(func.count()).select_from(CaseRow)) == [(0,)]


def _noting(slugs: list[str]) -> Callable[..., Any]:
    async def noted(tenancy: Tenancy, district: District, **how: Any) -> int:
        slugs.append(district.slug)
        return await make_cases(tenancy, district, **how)

    return noted
