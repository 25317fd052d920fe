"""One application, papers given once, all of its cases or none; invariant 12."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from tests.integration.features.cases.casework import MONDAY, World, applicant
from tests.integration.features.joint.bundling import (
    CODE,
    EVERY_KEY,
    ID_CARD,
    ITEMS,
    LEASE,
    PAPERS,
    PROMISED,
    SHARED,
    application,
    applied,
    cases,
    papers,
    seen,
    state,
)

from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.service import ApplicantDetails
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.values import Audience
from bangban.features.joint import member_sql, rules, service
from bangban.features.joint.tables import BundleApplicationRow
from bangban.features.joint.values import ReleaseChoice
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import InvalidPhone
from bangban.kernel.problems import Forbidden, InvalidInput, NotFound
from bangban.kernel.tenancy.work import Work

EASY = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_one_application_begins_a_case_for_each_matter(world: World) -> None:
    number = applied(world, "resident")
    made = cases(world, number)
    assert len(made) == len(ITEMS)
    assert {row.resident_id for row in made} == {world.people["resident"].id}
    assert "-B" in number
    row = application(world, number)
    assert (row.release, row.filed_by) == (ReleaseChoice.TOGETHER, None)
    assert state(world, number) == "SUBMITTED"
    (entry,) = world.rows(AuditEntryRow, AuditEntryRow.object == f"bundle-application:{number}")
    assert entry.details == {"bundle": CODE, "version": 1, "cases": 4, "release": "TOGETHER"}


def test_a_paper_given_once_is_given_to_every_case_that_needs_it(world: World) -> None:
    number = applied(world, supplied=[ID_CARD])
    found = [papers(world, row.id) for row in cases(world, number)]
    assert [each.get("ID-CARD", each.get("ID-CARDS", each.get("IDENTITY"))) for each in found] == [
        "SUPPLIED"
    ] * 4
    assert [each.get("LEASE") for each in found] == ["MISSING", None, None, "MISSING"]


def test_the_papers_are_counted_once_and_as_they_would_be_one_by_one(world: World) -> None:
    number = applied(world)
    once = seen(world, number, lambda rows: member_sql.papers_counted(rows, separately=False))
    separately = seen(world, number, lambda rows: member_sql.papers_counted(rows, separately=True))
    assert (once, separately) == (len(EVERY_KEY), sum(map(len, PAPERS.values())))


@EASY
@given(st.sets(st.sampled_from(ITEMS[1:])))
def test_the_promise_is_the_longest_of_its_members(world: World, optional: set[str]) -> None:
    wanted = [ITEMS[0], *sorted(optional)]
    number = applied(world, services=wanted, supplied=[])
    promised = [row.promised_days for row in cases(world, number)]
    assert promised == [PROMISED[code] for code in ITEMS if code in wanted]
    assert seen(world, number, member_sql.promise) == max(promised)


@EASY
@given(st.sets(st.sampled_from(EVERY_KEY)), st.sets(st.sampled_from(ITEMS[1:])))
def test_what_is_supplied_is_supplied_everywhere_and_nothing_else_is(
    world: World, keys: set[str], optional: set[str]
) -> None:
    wanted = [code for code in ITEMS if code in {ITEMS[0], *optional}]
    shared = {paper: each.key for each in SHARED for paper in each.of}
    known = {rules.paper_key((code, name), shared) for code in wanted for name, _ in PAPERS[code]}
    number = applied(world, services=wanted, supplied=sorted(keys & known))
    for code, row in zip(wanted, cases(world, number), strict=True):
        for name, found in papers(world, row.id).items():
            expected = "SUPPLIED" if rules.paper_key((code, name), shared) in keys else "MISSING"
            assert found == expected, (code, name)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"services": [ITEMS[1]]}, InvalidInput),  # the first matter may not be left out
        ({"services": [ITEMS[0], "NO-SUCH-ITEM"]}, InvalidInput),
        ({"services": []}, InvalidInput),
        ({"supplied": ["NO-SUCH-PAPER"]}, InvalidInput),
        ({"supplied": [LEASE, LEASE]}, InvalidInput),
        ({"form": [("colour", "red")]}, InvalidInput),
        ({"form": [("address", "甲"), ("address", "乙")]}, InvalidInput),
        ({"form": [("address", "长" * 501)]}, InvalidInput),
        ({"details": applicant(3, phone="123")}, InvalidPhone),
    ],
)
def test_all_cases_begin_or_none(world: World, changes: dict[str, object], refusal: type[Exception]) -> None:
    before = (len(world.rows(CaseRow)), len(world.rows(BundleApplicationRow)))
    with pytest.raises(refusal):
        applied(world, **changes)
    assert (len(world.rows(CaseRow)), len(world.rows(BundleApplicationRow))) == before


def test_who_may_not_apply_here_may_not_apply_for_a_bundle(world: World) -> None:
    for who, refusal in (("clerk-b", AreaOutsideGrant), ("auditor", Forbidden), ("admin", Forbidden)):
        with pytest.raises(refusal):
            applied(world, who)


def test_an_unknown_bundle_and_an_unknown_area_are_told_apart(world: World) -> None:
    who: ApplicantDetails = applicant(1)
    assert who.kind is Audience.PERSON
    with pytest.raises(NotFound, match="bundle"):
        world.act(
            "clerk",
            service.apply_for_bundle,
            bundle_code="NO-SUCH",
            area_id=world.areas["county"].id,
            applicant=who,
        )
    with pytest.raises(NotFound, match="area"):
        world.act(
            "clerk",
            service.apply_for_bundle,
            bundle_code=CODE,
            area_id=world.people["clerk"].id,
            applicant=who,
        )


def test_a_bundle_is_offered_until_before_the_day_on_which_it_ends(world: World) -> None:
    def end(on: dt.date | None) -> None:
        async def write(work: Work) -> None:
            await work.db.execute(update(BundleRow).where(BundleRow.code == CODE).values(effective_to=on))

        world.act("admin", write)

    end(MONDAY.date())
    with pytest.raises(NotFound, match="bundle"):
        applied(world)
    end(MONDAY.date() + dt.timedelta(days=1))
    applied(world)
    end(None)


def test_what_is_filled_in_stands_in_the_forms_order(world: World) -> None:
    number = applied(world, form=[("address", " 样本路 1 号 ")])
    assert application(world, number).form == [{"key": "address", "value": "样***"}]
    assert (application(world, number).form_sealed or b"").find("样本路".encode()) == -1
    seen_by_clerk = world.act("clerk", service.reveal_form, number=number, reason="上门前核对地址")
    assert seen_by_clerk == [{"key": "address", "value": "样本路 1 号"}]
