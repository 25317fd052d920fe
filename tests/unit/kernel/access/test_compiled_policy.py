"""The compiled table is what Casbin's stock enforcer says of the whole vocabulary, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, product

import casbin
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bangban.kernel.access.compiled import (
    CompiledPolicy,
    build_enforcer,
    compile_policy,
    shipped_policy,
    shipped_text,
)
from bangban.kernel.access.lines import PolicyLine, RoleLink, find_link_faults
from bangban.kernel.access.permission_reaches import reaches_of
from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import ACTIONS, OBJECTS, WILDCARD, Permission, find_permission

# One example asks thousands of questions, so a failure is shown as found and not shrunk.
SLOW = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
VOCABULARY = tuple(product(Role, Reach, Permission))
ROLES = st.sampled_from(["*", "*", *Role])
LEVELS = st.sampled_from(["*", "*", *Reach])
# Few objects, so that lines meet, contradict and override each other.
PAIRS = st.sampled_from(
    [
        (subject, action)
        for subject, action in product(["*", "case", "audit"], ["*", "read", "verify", "accept"])
        if "*" in (subject, action) or find_permission(subject, action)
    ]
)
LINES = st.lists(
    st.builds(
        lambda role, level, pair, effect: PolicyLine(role, level, *pair, effect),
        ROLES,
        LEVELS,
        PAIRS,
        st.sampled_from(["allow", "allow", "deny"]),
    ),
    max_size=10,
)
LINKS = st.lists(
    st.builds(RoleLink, st.sampled_from(Role), st.sampled_from(Role)), max_size=4, unique=True
).filter(lambda links: not find_link_faults(links))


def answers_of_one_enforcer(
    lines: Sequence[PolicyLine], links: Sequence[RoleLink], requests: Sequence[tuple[Role, Reach, Permission]]
) -> set[tuple[Role, Reach, Permission]]:
    """What one stock enforcer that holds every line answers."""
    enforcer = build_enforcer([line.text for line in lines], [(link.role, link.base) for link in links])
    return {
        (role, level, permission)
        for role, level, permission in requests
        if enforcer.enforce(role.value, level.value, permission.object, permission.action)
    }


def answers_of(policy: CompiledPolicy) -> set[tuple[Role, Reach, Permission]]:
    return {request for request in VOCABULARY if policy.allows(*request)}


def test_the_enforcer_is_the_stock_one() -> None:
    assert type(build_enforcer((), ())) is casbin.Enforcer


def lines_on(permission: Permission, lines: Sequence[PolicyLine]) -> list[PolicyLine]:
    """Those of the lines that name the permission's object and its action, or a wildcard instead."""
    return [
        line
        for line in lines
        if line.object in (WILDCARD, permission.object) and line.action in (WILDCARD, permission.action)
    ]


def test_the_shipped_table_is_what_the_stock_enforcer_answers_over_the_whole_vocabulary() -> None:
    """An enforcer for each permission, which holds the lines on it: the next tests show that no other counts."""
    text = shipped_text()
    expected: set[tuple[Role, Reach, Permission]] = set()
    for permission in Permission:
        requests = list(product(Role, Reach, [permission]))
        expected |= answers_of_one_enforcer(lines_on(permission, text.lines), text.links, requests)
    assert answers_of(shipped_policy()) == expected


def test_a_line_that_names_another_object_or_action_says_nothing_however_wide_it_is() -> None:
    """Every line that is not on a permission is one of these, or narrower."""
    for permission in Permission:
        wide = [
            *(PolicyLine("*", "*", other, "*") for other in OBJECTS if other != permission.object),
            *(PolicyLine("*", "*", "*", other) for other in ACTIONS if other != permission.action),
        ]
        requests = [(role, level, permission) for role, level in zip(Role, cycle(Reach), strict=False)]
        assert answers_of_one_enforcer(wide, (), requests) == set()
        own = PolicyLine("*", "*", permission.object, permission.action)
        assert answers_of_one_enforcer([*wide, own], (), requests) == set(requests)


def test_one_stock_enforcer_that_holds_every_shipped_line_answers_as_the_table() -> None:
    text = shipped_text()
    requests = VOCABULARY[::37]
    expected = {request for request in requests if shipped_policy().allows(*request)}
    assert answers_of_one_enforcer(text.lines, text.links, requests) == expected


def test_denials_and_wildcards_compile_to_what_one_stock_enforcer_answers_over_the_whole_vocabulary() -> None:
    texts = (
        "employee, *, case, *, allow",
        "*, DISTRICT, *, read, allow",
        "leader, COUNTY, *, *, allow",
        "helper, *, *, read, deny",
        "*, GRID, case, accept, deny",
        "guide, TOWN, *, *, deny",
        "operator, *, *, *, allow",
        "operator, OWN, *, *, deny",
    )
    lines = [PolicyLine(*text.split(", ")) for text in texts]
    links = [RoleLink("guide", "employee"), RoleLink("helper", "guide"), RoleLink("leader", "employee")]
    expected = answers_of_one_enforcer(lines, links, VOCABULARY)
    assert answers_of(compile_policy(lines, links=links)) == expected
    assert len(expected) > 100


@settings(SLOW, max_examples=12)
@given(lines=LINES, links=LINKS, part=st.integers(0, 7))
def test_any_policy_compiles_to_what_one_stock_enforcer_answers(
    lines: list[PolicyLine], links: list[RoleLink], part: int
) -> None:
    requests = VOCABULARY[part::8]
    compiled = compile_policy(lines, links=links)
    expected = answers_of_one_enforcer(lines, links, requests)
    assert {request for request in requests if compiled.allows(*request)} == expected


@settings(SLOW, max_examples=4)
@given(own=LINES, requests=st.lists(st.sampled_from(VOCABULARY), min_size=100, max_size=100))
def test_lines_after_the_shipped_ones_compile_to_what_the_enforcer_answers(
    own: list[PolicyLine], requests: list[tuple[Role, Reach, Permission]]
) -> None:
    text = shipped_text()
    lines = (*text.lines, *own)
    compiled = compile_policy(lines, links=text.links)
    expected = answers_of_one_enforcer(lines, text.links, requests)
    assert {request for request in requests if compiled.allows(*request)} == expected


@settings(SLOW, max_examples=8)
@given(lines=LINES, links=LINKS)
def test_a_verdict_names_lines_that_add_up_to_it(lines: list[PolicyLine], links: list[RoleLink]) -> None:
    policy = compile_policy(lines, links=links)
    for request in VOCABULARY[:: 1 + len(VOCABULARY) // 700]:
        verdict = policy.explain(*request)
        assert verdict.allowed == (bool(verdict.allowing) and not verdict.denying)


@pytest.mark.parametrize("wildcards", list(product([False, True], repeat=4))[1:])
def test_a_wildcard_deny_wins_wherever_the_wildcard_stands(wildcards: tuple[bool, ...]) -> None:
    fields = ["helper", "TOWN", "case", "read"]
    denial = [("*" if wild else name) for name, wild in zip(fields, wildcards, strict=True)]
    allow = PolicyLine(*fields)
    for lines in ([allow, PolicyLine(*denial, "deny")], [PolicyLine(*denial, "deny"), allow]):
        assert not compile_policy(lines).allows(Role.HELPER, Reach.TOWN, Permission.CASE_READ)


def test_a_deny_says_nothing_of_its_neighbours() -> None:
    lines = [
        PolicyLine("helper", "TOWN", "case", "read"),
        PolicyLine("helper", "VILLAGE", "case", "read"),
        PolicyLine("guide", "TOWN", "case", "read"),
        PolicyLine("helper", "TOWN", "case", "read", "deny"),
    ]
    policy = compile_policy(lines)
    assert not policy.allows(Role.HELPER, Reach.TOWN, Permission.CASE_READ)
    assert policy.allows(Role.HELPER, Reach.VILLAGE, Permission.CASE_READ)
    assert policy.allows(Role.GUIDE, Reach.TOWN, Permission.CASE_READ)


def test_allowances_and_denials_are_inherited_downwards_only() -> None:
    links = (RoleLink("guide", "employee"), RoleLink("helper", "guide"))
    allowed = compile_policy([PolicyLine("employee", "TOWN", "case", "read")], links=links)
    for role in Role:
        expected = role in (Role.EMPLOYEE, Role.GUIDE, Role.HELPER)
        assert allowed.allows(role, Reach.TOWN, Permission.CASE_READ) is expected
    lines = [PolicyLine("helper", "TOWN", "case", "read"), PolicyLine("guide", "*", "*", "*", "deny")]
    assert not compile_policy(lines, links=links).allows(Role.HELPER, Reach.TOWN, Permission.CASE_READ)


def test_an_empty_policy_allows_nothing() -> None:
    assert answers_of(compile_policy(())) == set()


def test_a_name_that_is_unknown_is_refused_and_leaves_no_trace() -> None:
    policy = shipped_policy()
    assert not policy.allows("root", Reach.COUNTY, Permission.CASE_READ)  # type: ignore[arg-type]  # on purpose
    assert not policy.allows(Role.HELPER, "*", Permission.CASE_READ)  # type: ignore[arg-type]  # on purpose
    assert not policy.allows(Role.HELPER, Reach.TOWN, "*")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(TypeError):
        policy._table[Role.HELPER, Reach.TOWN] = frozenset(Permission)  # type: ignore[index]  # on purpose


def test_the_version_follows_the_lines() -> None:
    line = PolicyLine("helper", "TOWN", "case", "read")
    assert compile_policy([line]) == compile_policy([line])
    assert hash(compile_policy([line])) == hash(compile_policy([line]))
    assert compile_policy([line]) != compile_policy([PolicyLine("helper", "TOWN", "case", "read", "deny")])
    assert compile_policy([line]) != compile_policy([line], links=(RoleLink("guide", "helper"),))


def test_shipped_lines_name_only_what_can_be_held() -> None:
    """Only the public lines use a wildcard to allow, and no line grants what nobody could ever use."""
    for line in shipped_text().lines:
        if line.effect != "allow":
            continue
        assert line.object in OBJECTS
        assert line.action in ACTIONS
        permission = find_permission(line.object, line.action)
        assert permission is not None
        assert Reach(line.level) in reaches_of(permission), line.text
        if line.role == "*":
            assert Reach(line.level) in (Reach.DISTRICT, Reach.PLATFORM)
        else:
            assert Reach(line.level) in Role(line.role).reaches, line.text


def test_every_permission_is_granted_to_somebody() -> None:
    granted = {permission for _, _, permission in answers_of(shipped_policy())}
    assert granted == set(Permission)


def test_no_shipped_line_is_dead_or_written_twice() -> None:
    lines = shipped_text().lines
    assert len({line.text for line in lines}) == len(lines)
    policy = shipped_policy()
    for line in lines:
        if line.effect == "allow" and line.role != "*":
            permission = find_permission(line.object, line.action)
            assert permission is not None
            assert policy.allows(Role(line.role), Reach(line.level), permission), line.text
