"""Which queues a point has: what the statement says of any windows is what the rules say."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.api.casework import Desk, Run
from tests.api.clients import Place
from tests.api.halls import make_point

from bangban.features.hall.rules.queues import Window, queues_of
from bangban.features.places.drafts import WindowDraft
from bangban.features.places.rows import put_windows
from bangban.features.places.values import WindowKind
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

HALL = "query($p: ID!) { hall(pointId: $p) { queues { key special windows } } }"
NAMES = st.lists(st.sampled_from(["甲", "乙", "丙"]), max_size=2)  # in any order, also twice
WINDOWS = st.dictionaries(
    st.sampled_from(["1", "2", "3", "10", "A1", "七"]),
    st.tuples(NAMES, NAMES),  # codes and themes; a window without either is comprehensive
    max_size=6,
)

Drawn = dict[str, tuple[list[str], list[str]]]


@pytest.fixture(scope="module")
def desk(rushan: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(rushan, services, run, app_settings.outbox_folder)


async def _put(work: Work, *, windows: Drawn) -> UUID:
    """A fresh point with these windows."""
    point = await make_point(work)
    drafts = [
        WindowDraft(
            number=number,
            name=f"窗口{number}",
            kind=WindowKind.SPECIAL if codes or themes else WindowKind.COMPREHENSIVE,
            service_codes=tuple(codes),
            themes=tuple(themes),
        )
        for number, (codes, themes) in windows.items()
    ]
    put_windows(work, point, drafts, {})
    await work.db.flush()
    return point


def test_the_statement_and_the_rules_name_the_same_queues(desk: Desk) -> None:
    clerk = desk.staff("clerk-county")

    @settings(max_examples=25, deadline=None)
    @given(drawn=WINDOWS)
    def same(drawn: Drawn) -> None:
        windows = [
            Window(
                id=new_id(),
                number=number,
                special=bool(codes or themes),
                service_codes=frozenset(codes),
                themes=frozenset(themes),
            )
            for number, (codes, themes) in drawn.items()
        ]
        point = desk.inside(partial(_put, windows=drawn))
        said: Any = clerk(HALL, p=str(point)).data["hall"]["queues"]
        assert said == [
            {"key": each.key, "special": each.special, "windows": [one.number for one in each.windows]}
            for each in queues_of(windows)
        ]

    same()
