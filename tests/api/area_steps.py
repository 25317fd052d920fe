"""What it takes to send each change of the area tree."""

from __future__ import annotations

import base64
from collections.abc import Callable
from itertools import count
from typing import Any

from tests.api.casework import Desk
from tests.api.clients import Client
from tests.api.named import sent_by
from tests.api.shapes import Step

_numbers = count(1)


def admin_of(desk: Desk) -> Client:
    return desk.staff("admin")


def park(desk: Desk, *, retired: bool = False) -> str:
    """The id of a fresh area, which is in use or not."""
    given = {"parentId": desk.area("371681"), "name": f"样本园区{next(_numbers)}", "kind": "PARK"}
    added, _ = sent_by(admin_of(desk), "AddArea", {"input": given})
    found = str(added.data["addArea"]["id"])
    if retired:
        sent_by(admin_of(desk), "RetireArea", {"input": {"areaId": found}})
    return found


def area_file() -> dict[str, str]:
    table = f"键,名称,上级,类型\nsample-{next(_numbers)},样本园区,371681,园区\n"
    return {"name": "areas.csv", "content": base64.b64encode(table.encode("gbk")).decode()}


def grids(desk: Desk) -> Step:
    client = desk.others["zibo-hitech"].sign_in("admin")
    return client, {"grids": [{"parent": "370303105201", "suffix": str(100 + next(_numbers))}], "apply": True}


_GIVEN: dict[str, Callable[[Desk], dict[str, Any]]] = {
    "ImportAreas": lambda d: {"file": area_file(), "apply": True},
    "ImportOfficialAreas": lambda _: {"apply": True},
    "AddArea": lambda d: {"parentId": d.area("371681"), "name": f"园区{next(_numbers)}", "kind": "PARK"},
    "RenameArea": lambda d: {"areaId": park(d), "name": f"新名{next(_numbers)}"},
    "MoveArea": lambda d: {"areaId": moving(d), "toParentId": park(d)},
    "RetireArea": lambda d: {"areaId": park(d)},
    "RestoreArea": lambda d: {"areaId": park(d, retired=True)},
    "MergeAreas": lambda d: {"areaIds": [park(d)], "intoId": park(d)},
    "SplitArea": lambda d: {
        "areaId": park(d),
        "into": [{"name": f"{part}{next(_numbers)}", "childIds": []} for part in ("东园", "西园")],
    },
}


def moving(desk: Desk) -> str:
    """The id of a fresh village."""
    given = {"parentId": park(desk), "name": f"样本村{next(_numbers)}", "kind": "VILLAGE"}
    added, _ = sent_by(admin_of(desk), "AddArea", {"input": given})
    return str(added.data["addArea"]["id"])


def _keeping(name: str) -> Callable[[Desk], Step]:
    return lambda desk: (admin_of(desk), _GIVEN[name](desk))


STEPS: dict[str, Callable[[Desk], Step]] = {
    "AddGrids": grids,
    **{name: _keeping(name) for name in _GIVEN},
}
