"""Which kind of caller a staff account is, by the roles it holds today."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from bangban.features.accounts.principals import Duty, staff_principal
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel

AREA = new_id()


def account(*roles: str) -> Principal | None:
    return staff_principal(
        slug="zouping",
        staff_id=UUID(int=1),
        name="林晓梅",
        language="zh-CN",
        duties=[
            Duty(
                role=role,
                area_id=AREA,
                area_path=AREA.hex,
                level=AreaLevel.COUNTY,
                since=date(2026, 1, 1),
                until=None,
            )
            for role in roles
        ],
    )


@pytest.mark.parametrize(
    ("roles", "kind"),
    [
        (("window-clerk",), PrincipalKind.STAFF),
        (("admin", "supervisor"), PrincipalKind.STAFF),
        (("auditor",), PrincipalKind.AUDITOR),
        (("auditor", "helper"), PrincipalKind.STAFF),
        (("portal",), PrincipalKind.PORTAL),
        (("portal", "guide"), PrincipalKind.STAFF),
    ],
)
def test_the_roles_decide(roles: tuple[str, ...], kind: PrincipalKind) -> None:
    found = account(*roles)
    assert found is not None
    assert found.kind is kind
    assert [each.role.value for each in found.assignments] == [role for role in roles if role != "portal"]


@pytest.mark.parametrize("roles", [(), ("operator",), ("resident",), ("made-up",)])
def test_without_a_role_that_can_be_held_there_is_nobody(roles: tuple[str, ...]) -> None:
    assert account(*roles) is None
