"""The vocabulary is finite, well formed, and has a name in both languages for every member."""

from __future__ import annotations

import re

import pytest

from bangban.kernel.access.names import PERMISSION_NAMES, REACH_NAMES, ROLE_NAMES
from bangban.kernel.access.permission_reaches import reaches_of
from bangban.kernel.access.roles import AREA_REACHES, HELD_ROLES, STAFF_ROLES, Reach, Role
from bangban.kernel.access.vocabulary import PLATFORM_PERMISSIONS, Permission, find_permission
from bangban.kernel.levels import AreaLevel


@pytest.mark.parametrize("permission", Permission)
def test_a_permission_is_object_and_action(permission: Permission) -> None:
    assert re.fullmatch(r"[a-z]+:[a-z]+(-[a-z]+)*", permission.value)
    assert f"{permission.object}:{permission.action}" == permission.value
    assert find_permission(permission.object, permission.action) is permission
    assert reaches_of(permission)


def test_what_is_not_in_the_vocabulary_is_not_found() -> None:
    assert find_permission("audit", "accept") is None
    assert find_permission("case", "*") is None
    assert find_permission("", "") is None


def test_every_member_has_a_chinese_and_an_english_name() -> None:
    for names, members in ((ROLE_NAMES, Role), (REACH_NAMES, Reach), (PERMISSION_NAMES, Permission)):
        assert set(names) == set(members)
        for name in names.values():
            assert re.search(r"[一-鿿]", name.text("zh-CN"))
            assert re.fullmatch(r"[a-z -]+", name.text("en"))
        assert len({name.zh for name in names.values()}) == len(names)


def test_every_area_level_is_a_reach() -> None:
    assert {Reach.of(level) for level in AreaLevel} == AREA_REACHES


def test_employee_is_never_held() -> None:
    assert Role.EMPLOYEE not in HELD_ROLES
    assert Role.AUDITOR not in STAFF_ROLES


def test_no_platform_permission_can_be_held_inside_a_district() -> None:
    for permission in PLATFORM_PERMISSIONS:
        assert reaches_of(permission) <= {Reach.PLATFORM, Reach.OWN}


def test_cases_are_never_read_without_an_area_or_being_ones_own() -> None:
    for permission in Permission:
        if permission.object == "case" and permission is not Permission.CASE_APPLY:
            assert not reaches_of(permission) & {Reach.DISTRICT, Reach.PLATFORM}
