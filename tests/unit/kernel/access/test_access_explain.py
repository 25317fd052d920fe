"""An explanation names the assignment, the line and the area, and never contradicts the decision."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.access.compiled import shipped_policy
from bangban.kernel.access.explain import Answer, Explanation, Reason, explain
from bangban.kernel.access.grants import Grants
from bangban.kernel.access.guard import district_policy
from bangban.kernel.access.lines import LineSource, parse_policy
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import HELD_ROLES, Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import AreaId
from bangban.kernel.levels import AreaLevel

TODAY = date(2026, 3, 2)
TOWN, VILLAGE = UUID(int=0xAB), UUID(int=0xABC)
COUNTY_PATH = UUID(int=1).hex
TOWN_PATH = f"{COUNTY_PATH}.{TOWN.hex}"
VILLAGE_PATH = f"{TOWN_PATH}.{VILLAGE.hex}"
NAMES = {TOWN: "韩店镇", VILLAGE: "测试村"}


def clerk(role: Role = Role.WINDOW_CLERK, *, until: date | None = None, since: date = TODAY) -> Principal:
    at_town = Assignment(role, AreaId(TOWN), TOWN_PATH, AreaLevel.TOWN, since, until)
    return Principal(kind=PrincipalKind.STAFF, name="甲", district="zouping", assignments=(at_town,))


def ask(principal: Principal, permission: Permission, *, area: str | None = None) -> Explanation:
    return explain(principal, shipped_policy(), permission, on=TODAY, area_path=area)


def test_it_names_assignment_line_and_area() -> None:
    explanation = ask(clerk(), Permission.CASE_ACCEPT, area=VILLAGE_PATH)
    (finding,) = explanation.findings
    (line,) = finding.lines
    assert explanation.allowed
    assert line.text == "p, window-clerk, TOWN, case, accept, allow"
    english = explanation.text("en", area_names=NAMES)
    assert "甲 (STAFF) may accept (case:accept) in area 测试村." in english
    assert "✓ window clerk (town level @ 韩店镇): allows it" in english
    assert f"shipped policy, line {line.number}: {line.text}" in english
    chinese = explanation.text("zh-CN", area_names=NAMES)
    assert "在区域 测试村 可以受理 (case:accept)。" in chinese
    assert "✓ 窗口人员(镇街级 @ 韩店镇):允许" in chinese
    assert f"内置规则第 {line.number} 行" in chinese


def test_an_area_outside_is_the_reason() -> None:
    explanation = ask(clerk(), Permission.CASE_ACCEPT, area=f"{COUNTY_PATH}.{TOWN.hex}1")
    assert explanation.answer is Answer.NO
    assert [finding.reason for finding in explanation.findings] == [Reason.OUTSIDE]


def test_a_case_of_ones_own_is_told_apart() -> None:
    explanation = ask(clerk(), Permission.CASE_TAKE_OVER, area=VILLAGE_PATH)
    assert explanation.answer is Answer.OWN_ONLY
    assert not explanation.allowed
    assert explanation.findings[0].reason is Reason.ALLOWS_OWN
    assert "on their own cases only" in explanation.text("en")


def test_dates_and_kinds_are_reasons() -> None:
    before, after = TODAY - timedelta(1), TODAY + timedelta(1)
    ended = ask(clerk(since=before, until=before), Permission.CASE_ACCEPT)
    future = ask(clerk(since=after), Permission.CASE_ACCEPT)
    other = ask(clerk(Role.AUDITOR), Permission.AUDIT_READ)
    assert [each.findings[-1].reason for each in (ended, future, other)] == [
        Reason.ENDED,
        Reason.NOT_YET,
        Reason.OTHER_KIND,
    ]
    assert not ended.allowed
    assert not future.allowed
    assert not other.allowed


def test_the_denying_line_is_named_with_its_source() -> None:
    helper = clerk(Role.HELPER)
    shipped = ask(helper, Permission.CASE_ACCEPT)
    assert shipped.findings[0].reason is Reason.DENIED
    assert shipped.findings[0].lines[0].text == "p, helper, *, case, accept, deny"
    own = parse_policy("\np, helper, TOWN, case, pre-check, deny", source=LineSource.DISTRICT).lines
    denied = explain(helper, district_policy(own), Permission.CASE_PRE_CHECK, on=TODAY)
    assert "district policy, line 2: p, helper, TOWN, case, pre-check, deny" in denied.text("en")
    assert "地区规则第 2 行" in denied.text("zh")


def test_somebody_without_assignments_is_explained_too() -> None:
    nobody = Principal.anonymous(district="zouping")
    assert ask(nobody, Permission.CATALOG_READ).findings[0].lines[0].role == "*"
    refused = ask(nobody, Permission.POLICY_MANAGE)
    assert [finding.reason for finding in refused.findings] == [Reason.NO_LINE]
    assert "anonymous visitor" in refused.text("en")
    resident = ask(Principal(kind=PrincipalKind.RESIDENT), Permission.CASE_READ)
    assert resident.answer is Answer.OWN_ONLY


ASSIGNMENTS = st.lists(
    st.builds(
        Assignment,
        st.sampled_from(sorted(HELD_ROLES)),
        st.just(AreaId(TOWN)),
        st.sampled_from(["c", "c.t", "c.tt", "c.t.v"]),
        st.sampled_from([AreaLevel.COUNTY, AreaLevel.TOWN, AreaLevel.VILLAGE]),
        st.sampled_from([TODAY - timedelta(3), TODAY + timedelta(1)]),
        st.sampled_from([None, TODAY + timedelta(2)]),
    ),
    max_size=4,
)


@given(
    kind=st.sampled_from(PrincipalKind),
    assignments=ASSIGNMENTS,
    permission=st.sampled_from(Permission),
    area=st.sampled_from([None, "c", "c.t", "c.ttt", "c.t.v"]),
)
def test_the_findings_add_up_to_the_decision(
    kind: PrincipalKind, assignments: list[Assignment], permission: Permission, area: str | None
) -> None:
    principal = Principal(kind=kind, assignments=tuple(assignments))
    explanation = ask(principal, permission, area=area)
    scope = Grants(principal, shipped_policy(), on=TODAY).scope(permission)
    reasons = {finding.reason for finding in explanation.findings}
    assert explanation.findings
    assert explanation.allowed is (Reason.ALLOWS in reasons)
    assert (explanation.answer is not Answer.NO) is (
        scope.covers(area or "c", owned=True) if area else bool(scope)
    )
    if explanation.answer is Answer.OWN_ONLY:
        assert Reason.ALLOWS_OWN in reasons
    for finding in explanation.findings:
        assert bool(finding.lines) is (
            finding.reason in (Reason.ALLOWS, Reason.ALLOWS_OWN, Reason.DENIED, Reason.OUTSIDE)
        )
    assert explanation.text("zh")
    assert explanation.text("en")
