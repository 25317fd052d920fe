"""Requests, firms and confirmations are three counts (DOMAIN D16): whatever stands in the district, each is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, insert, select
from tests.api.access_world import SINCE
from tests.api.casework import PERMIT, Desk, Run, applicant, fresh, mutation_of
from tests.api.clients import Place
from tests.api.named import text_of

from bangban.features.bundles.drafts import BundleDraft
from bangban.features.bundles.service import publish_bundles
from bangban.features.bundles.tables import BundleRow
from bangban.features.bundles.values import BundleKind
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseOutcome, CaseState
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

SECOND = "TPL-SOCIAL-SECURITY-CARD"
VILLAGE = "371681101200"
FIRMS, CONFIRMATIONS = 30, 251  # as 淄博高新区 states them
OVER = {CaseState.COMPLETED, CaseState.CLOSED}
LIVE = set(CaseState) - OVER - {CaseState.DECLINED, CaseState.WITHDRAWN, CaseState.TERMINATED}
_codes = count(1)

Standing = tuple[CaseState, CaseOutcome | None]


@dataclass(frozen=True)
class Request:
    """An application of one firm, and how its cases stand."""

    firm: int
    cases: Sequence[Standing]


def model(requests: Sequence[Request]) -> dict[str, int]:
    """The counts, told in words."""
    cases = [each for request in requests for each in request.cases]
    refused = [each for each in cases if each[0] is CaseState.DECLINED or each[1] is CaseOutcome.REFUSED]
    return {
        "requests": len(requests),
        "applicants": len({each.firm for each in requests}),
        "granted": len([each for each in cases if each[0] in OVER and each not in refused]),
        "refused": len(refused),
        "open": len([each for each in cases if each[0] in LIVE]),
    }


def outcomes(state: CaseState) -> st.SearchStrategy[Standing]:
    return st.tuples(st.just(state), st.sampled_from(CaseOutcome) if state in OVER else st.none())


STANDING = st.sampled_from(CaseState).flatmap(outcomes)
REQUESTS = st.lists(
    st.builds(Request, st.integers(0, 4), st.lists(STANDING, min_size=1, max_size=9)), max_size=8
)


class Counted:
    """Bundles with the applications that an example asks for, beside one that came through the API."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ask = desk.staff("leader")
        self._pattern: tuple[dict[str, Any], dict[str, Any], dict[str, Any]] = self._applied()

    def counts(self, requests: Sequence[Request]) -> Any:
        """What the API says where these are all the requests for a bundle."""
        code = f"COUNTED-{next(_codes):04d}"
        self._desk.inside(partial(self._fill, code=code, requests=requests))
        return self._ask(text_of("BundleCounts"), code=code).data["bundleCounts"]

    def _applied(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        draft = BundleDraft(
            code="COUNTED-PATTERN",
            name="样本出证一件事",
            kind=BundleKind.MATTERS,
            lead_department="样本部门",
            items=(PERMIT, SECOND),
            effective_from=SINCE,
        )
        self._desk.inside(partial(publish_bundles, drafts=[(draft, "sample")]))
        n = fresh()
        wanted = {"bundleCode": draft.code, "areaId": self._desk.area(VILLAGE), "applicant": applicant(n)}
        made = self._desk.resident(n)(mutation_of("applyForBundle", "id"), input=wanted)
        return self._desk.inside(partial(_rows_of, application_id=UUID(made.data["applyForBundle"]["id"])))

    async def _fill(self, work: Work, *, code: str, requests: Sequence[Request]) -> None:
        bundle, application, case = self._pattern
        bundle_id = new_id()
        applications: list[dict[str, Any]] = []
        cases: list[dict[str, Any]] = []
        members: list[dict[str, Any]] = []
        for request in requests:
            filed = {**application, "id": new_id(), "bundle_id": bundle_id}
            applications.append(filed)
            for position, (state, outcome) in enumerate(request.cases):
                one = {
                    **case,
                    "id": new_id(),
                    "state": state,
                    "outcome": outcome,
                    "identity_hash": f"{code} {request.firm}".encode(),
                    "suspended_ordinal": 1 if state is CaseState.SUSPENDED else None,
                }
                cases.append(one)
                members.append({"case_id": one["id"], "application_id": filed["id"], "position": position})
        await work.db.execute(insert(_BUNDLES).values({**bundle, "id": bundle_id, "code": code}))
        for table, rows in ((_APPLICATIONS, applications), (_CASES, cases), (_MEMBERS, members)):
            if rows:
                await work.db.execute(insert(table), rows)


def _table(row: Any) -> Table:
    table: Table = row.__table__
    return table


_BUNDLES, _APPLICATIONS = _table(BundleRow), _table(BundleApplicationRow)
_CASES, _MEMBERS = _table(CaseRow), _table(BundleMemberRow)


async def _rows_of(
    work: Work, *, application_id: UUID
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """An application, its bundle and its first case, without what the database writes itself."""
    member = select(_MEMBERS.c.case_id).where(_MEMBERS.c.application_id == application_id)
    found: list[dict[str, Any]] = []
    for table, which in (
        (_APPLICATIONS, _APPLICATIONS.c.id == application_id),
        (_CASES, _CASES.c.id.in_(member.where(_MEMBERS.c.position == 0))),
    ):
        written = [each for each in table.c if each.computed is None and each.identity is None]
        found.append(dict((await work.db.execute(select(*written).where(which))).mappings().one()))
    bundle = select(*_BUNDLES.c).where(_BUNDLES.c.id == found[0]["bundle_id"])
    return dict((await work.db.execute(bundle)).mappings().one()), found[0], found[1]


_CLEAR = """
    CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
        SELECT case_id, application_id FROM {0}.bundle_member JOIN {0}.bundle_application a ON a.id = application_id
        WHERE a.bundle_id IN (SELECT id FROM {0}.bundle WHERE code LIKE 'COUNTED-0%');
    DELETE FROM {0}.bundle_member WHERE case_id IN (SELECT case_id FROM counted);
    DELETE FROM {0}.cases WHERE id IN (SELECT case_id FROM counted);
    DELETE FROM {0}.bundle_application WHERE id IN (SELECT application_id FROM counted);
    DELETE FROM {0}.bundle WHERE code LIKE 'COUNTED-0%';
"""


@pytest.fixture(scope="module")
def counted(
    zouping: Place, services: AppServices, run: Run, app_settings: Settings, installation: Installation
) -> Iterator[Counted]:
    desk = Desk(zouping, services, run, app_settings.outbox_folder)
    yield Counted(desk)

    async def clear() -> None:
        async with installation.connection() as connection, connection.transaction():
            await connection.execute(_CLEAR.format(services.registry.get(desk.place.slug).schema))

    run(clear())  # nobody but the owner may, and other tests look at all cases of the district


def test_thirty_firms_and_their_confirmations_are_counted_apart(counted: Counted) -> None:
    each, more = divmod(CONFIRMATIONS, FIRMS)
    granted: Standing = (CaseState.COMPLETED, CaseOutcome.GRANTED)
    requests = [Request(firm, [granted] * (each + (firm < more))) for firm in range(FIRMS)]
    expected = {"requests": 30, "applicants": 30, "granted": 251, "refused": 0, "open": 0}
    assert counted.counts(requests) == model(requests) == expected


def test_the_counts_are_those_of_a_plain_list(counted: Counted) -> None:
    @settings(max_examples=20, deadline=None)
    @given(REQUESTS)
    def same(requests: list[Request]) -> None:
        assert counted.counts(requests) == model(requests)

    same()
