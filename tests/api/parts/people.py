"""People, their posts and accounts, and portals."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from tests.api.asked import NOBODY
from tests.api.shapes import AREA, DISTRICT, Part, Root

STAFF_INPUTS: Final = dict.fromkeys(
    ("deactivateStaff", "reactivateStaff", "resetStaffPassword"), "StaffInput"
)


def _person(name: str, /, *found: str, **given: Any) -> Root:
    """Something done to a person of branch a by the administrator of all or of another part."""
    return Root(
        AREA,
        f"mutation($input: {STAFF_INPUTS.get(name, name[0].upper() + name[1:] + 'Input')}!)"
        f" {{ {name}(input: $input) {{ id }} }}",
        lambda world: {"input": {"staffId": str(world.people["leaver"].id), **given}},
        found or ("INVALID_INPUT",),
        "admin",
    )


def _portal(name: str, selection: str, /, **given: Any) -> Root:
    kind = "PortalInput" if name == "disablePortal" else name[0].upper() + name[1:] + "Input"
    return Root(
        AREA,
        f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {selection} }} }}",
        lambda _: {"input": given},
        ("INVALID_INPUT", "NOT_FOUND"),
        "admin",
    )


LIST: Final = {"name": "名单.csv", "content": base64.b64encode("姓名,登录名\n样本人,x y\n".encode()).decode()}

ROOTS: Final[Mapping[str, Root]] = {
    "Query.staff": Root(AREA, "{ staff(first: 100) { edges { node { id } } } }", caller="auditor"),
    "Query.teams": Root(DISTRICT, "{ teams(first: 100) { edges { node { id } } } }"),
    "Query.staffAccounts": Root(
        AREA, "{ staffAccounts(first: 100) { edges { node { id } } } }", caller="admin"
    ),
    "Query.portals": Root(AREA, "{ portals(first: 100) { edges { node { id } } } }", caller="admin"),
    "Mutation.importStaff": Root(
        AREA,
        "mutation($i: ImportStaffInput!) { importStaff(input: $i) { applied } }",
        lambda _: {"i": {"file": LIST, "apply": True}},
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.addStaff": Root(
        AREA,
        "mutation($i: AddStaffInput!) { addStaff(input: $i) { id } }",
        lambda world: {
            "i": {
                "name": "样本人",
                "post": {
                    "role": "helper",
                    "areaId": str(world.areas["grid-a"].id),
                    "since": "2026-02-02",
                    "until": "2026-02-01",
                },
            }
        },
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.updateStaff": _person("updateStaff", name=""),
    "Mutation.deactivateStaff": _person("deactivateStaff", "CONFLICT"),
    "Mutation.reactivateStaff": _person("reactivateStaff", "CONFLICT"),
    "Mutation.resetStaffPassword": _person("resetStaffPassword", "CONFLICT"),
    "Mutation.assignRole": Root(
        AREA,
        "mutation($i: AssignRoleInput!) { assignRole(input: $i) { id } }",
        lambda world: {
            "i": {
                "staffId": str(world.people["leaver"].id),
                "role": "helper",
                "areaId": str(world.areas["grid-a"].id),
                "since": "2026-02-02",
                "until": "2026-02-01",
            }
        },
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.endAssignment": Root(
        AREA,
        "mutation($i: EndAssignmentInput!) { endAssignment(input: $i) { id } }",
        lambda world: {"i": {"assignmentId": world.marks["post"], "until": "2020-01-01"}},
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.inviteStaff": Root(
        AREA,
        "mutation($i: InviteStaffInput!) { inviteStaff(input: $i) { notInvited { reason } } }",
        lambda world: {"i": {"staffIds": [str(world.people["leaver"].id)]}},
        (),
        "admin",
    ),
    "Mutation.createPortal": _portal("createPortal", "secret", name="样本门户", origins=["nonsense"]),
    "Mutation.updatePortal": _portal("updatePortal", "id", portalId=NOBODY, name="x"),
    "Mutation.rotatePortalSecret": _portal("rotatePortalSecret", "secret", portalId=NOBODY),
    "Mutation.disablePortal": _portal("disablePortal", "id", portalId=NOBODY),
}

PART: Final = Part(roots=ROOTS)
