"""Policy text is read strictly: unknown names, wrong shapes and circles are refused by line number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.access.compiled import compile_policy
from bangban.kernel.access.lines import LineSource, PolicyLine, RoleLink, ancestry_of, parse_policy
from bangban.kernel.access.problems import PolicyFaulty


def faults_of(text: str, source: LineSource = LineSource.DISTRICT) -> list[tuple[int, str]]:
    with pytest.raises(PolicyFaulty) as caught:
        parse_policy(text, source=source)
    return [(fault.number, fault.en) for fault in caught.value.faults]


def test_lines_keep_the_number_they_stand_at() -> None:
    text = "# comment\n\np, helper, GRID, case, pre-check, allow\n  p,guide , TOWN,case,  read, deny  \n"
    lines = parse_policy(text, source=LineSource.DISTRICT).lines
    assert [(line.number, line.text) for line in lines] == [
        (3, "p, helper, GRID, case, pre-check, allow"),
        (4, "p, guide, TOWN, case, read, deny"),
    ]


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("p, hepler, TOWN, case, read, allow", "role, “hepler”"),
        ("p, helper, CITY, case, read, allow", "level, “CITY”"),
        ("p, helper, town, case, read, allow", "level, “town”"),
        ("p, helper, TOWN, cases, read, allow", "object, “cases”"),
        ("p, helper, TOWN, case, reads, allow", "action, “reads”"),
        ("p, helper, TOWN, audit, accept, allow", "permission, “audit:accept”"),
        ("p, helper, TOWN, case, read, permit", "effect, “permit”"),
        ("p, help*, TOWN, case, read, allow", "role, “help*”"),
        ("p, helper, TOWN, case, , allow", "action, “”"),
        ("p, .*, TOWN, case, read, deny", "role, “.*”"),
    ],
)
def test_a_name_outside_the_vocabulary_is_refused(line: str, unknown: str) -> None:
    assert faults_of(f"\n{line}\n") == [(2, f"names an unknown {unknown}")]


@pytest.mark.parametrize(
    "line",
    [
        "helper, TOWN, case, read, allow",
        "p, helper, TOWN, case, read",
        "p, helper, TOWN, case, read, allow, allow",
        "p2, helper, TOWN, case, read, allow",
        "e, some(where (p.eft == allow))",
        "p helper TOWN case read allow",
    ],
)
def test_a_line_of_another_shape_is_refused(line: str) -> None:
    (fault,) = faults_of(line)
    assert fault[0] == 1
    assert "is not of the form" in fault[1]


def test_every_fault_is_named_at_once_in_both_languages() -> None:
    with pytest.raises(PolicyFaulty) as caught:
        parse_policy("p, x, TOWN, case, read, allow\nnonsense\ng, a, b", source=LineSource.DISTRICT)
    assert [fault.number for fault in caught.value.faults] == [1, 2, 3]
    assert caught.value.fields == ("lines.1", "lines.2", "lines.3")
    assert "第 2 行" in caught.value.message("zh-CN")
    assert "line 2 " in caught.value.message("en")
    assert "{" not in caught.value.message("en")


def test_braces_in_a_name_do_not_disturb_the_message() -> None:
    (fault,) = faults_of("p, {code}, TOWN, case, read, allow")
    assert "{code}" in fault[1]


def test_a_long_name_is_not_repeated_in_full() -> None:
    (fault,) = faults_of(f"p, {'x' * 5000}, TOWN, case, read, allow")
    assert len(fault[1]) < 100


def test_a_district_cannot_change_inheritance() -> None:
    assert faults_of("g, helper, admin") == [(1, "changes role inheritance, which no district may")]


def test_inheritance_names_known_roles_and_runs_in_no_circle() -> None:
    shipped = LineSource.SHIPPED
    assert faults_of("g, helper, nobody", shipped) == [(1, "names an unknown role, “nobody”")]
    assert {number for number, _ in faults_of("g, helper, guide\ng, guide, helper", shipped)} == {1, 2}
    assert faults_of("g, helper, helper", shipped)
    with pytest.raises(PolicyFaulty):
        compile_policy((), links=(RoleLink("guide", "guide"),))


def test_a_role_inherits_however_far() -> None:
    links = (RoleLink("helper", "guide"), RoleLink("guide", "employee"), RoleLink("leader", "admin"))
    assert ancestry_of("helper", links) == {"helper", "guide", "employee"}
    assert ancestry_of("employee", links) == {"employee"}


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    message = "read"
    try:
        parse_policy(text, source=LineSource.DISTRICT)
    except PolicyFaulty as problem:
        message = problem.message("zh")
    assert message == "read" or message.startswith("权限规则有误:第 ")


def test_compiling_refuses_unknown_names_too() -> None:
    with pytest.raises(PolicyFaulty) as caught:
        compile_policy([PolicyLine("helper", "TOWN", "case", "fly", number=7)])
    assert caught.value.fields == ("lines.7",)
