"""What it takes to send each change of what a district goes by: its catalog, its policy, its calendar."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from tests.api.casework import Desk, fresh
from tests.api.named import sent_by
from tests.api.parts.catalog import ITEM_INPUT
from tests.api.shapes import Step
from tests.unit.features.catalog.drawn_items import DRAFT

from bangban.features.catalog.templates import TemplateCatalog
from bangban.kernel.levels import AreaLevel


def item_of(n: int) -> dict[str, Any]:
    """An own item that nobody has."""
    return {**ITEM_INPUT, "code": f"SAMPLE-BOUND-{n}", "noMaterialsReason": "样例", "basedOn": 0}


def published(desk: Desk) -> str:
    """The code of a fresh own item."""
    given = item_of(fresh())
    sent_by(desk.staff("admin"), "PublishServiceItem", {"input": given})
    return str(given["code"])


def offered(desk: Desk) -> str:
    """The code of a fresh item of the template."""
    draft = replace(DRAFT, code=f"SAMPLE-OFFER-{fresh()}", handled_at=(AreaLevel.COUNTY,))
    cast("dict[str, Any]", desk.services.catalogs)["county"] = TemplateCatalog("county", [(draft, None)])
    return draft.code


# Denials of what nobody here is going to do.
_LINES = (
    {"role": "guide", "level": level, "object": "case", "action": action, "effect": "DENY"}
    for action in ("apply", "pre-check", "supply", "withdraw", "reveal")
    for level in ("VILLAGE", "GRID", "MICRO_GRID")
)


_DAYS = (f"2024-07-{day:02}" for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19))  # working days
_RESTS = (f"2024-07-{day:02}" for day in (6, 7, 13, 14, 20, 21))  # at weekends


def added(desk: Desk) -> str:
    """The id of a fresh policy line."""
    admin = desk.staff("admin")
    sent_by(admin, "AddPolicyLines", {"input": {"lines": [next(_LINES)]}})
    found = sent_by(admin, "PolicyLines", {})[0].data["policyLines"]
    return str(found[-1]["id"])


def closed(desk: Desk) -> str:
    """A day that the district has just closed."""
    day = next(_DAYS)
    sent_by(desk.staff("admin"), "CloseDay", {"input": {"day": day, "reason": "样例"}})
    return day


ITEM_TABLE = (
    "code,name,kind,audience,case_type,promised_working_days,legal_working_days,max_trips,no_materials_reason,"
    "channels,handled_at,legal_basis,result\n"
    "SAMPLE-BOUND-{n},样例,公共服务,自然人,即办件,0,0,1,样例,网上办,县,样例法,样例证\n"
)


def table(text: str) -> dict[str, str]:
    """A file as the API takes it."""
    return {"name": "样例.csv", "content": base64.b64encode(text.encode()).decode()}


STEPS: dict[str, Callable[[Desk], Step]] = {
    "AdoptTemplate": lambda d: (d.staff("admin"), {"codes": [offered(d)]}),
    "TakeOverTemplateItems": lambda d: (d.staff("admin"), {"codes": [offered(d)]}),
    "PublishServiceItem": lambda d: (d.staff("admin"), item_of(fresh())),
    "AddPolicyLines": lambda d: (d.staff("admin"), {"lines": [next(_LINES)]}),
    "RemovePolicyLines": lambda d: (d.staff("admin"), {"ids": [added(d)]}),
    "ImportPolicyLines": lambda d: (
        d.staff("admin"),
        {"file": table("p, {role}, {level}, {object}, {action}, deny".format(**next(_LINES))), "apply": True},
    ),
    "CloseDay": lambda d: (d.staff("admin"), {"day": next(_DAYS), "reason": "样例"}),
    "OpenDay": lambda d: (d.staff("admin"), {"day": next(_RESTS), "reason": "样例"}),
    "ResetDay": lambda d: (d.staff("admin"), {"day": closed(d)}),
    "ImportLocalDays": lambda d: (
        d.staff("admin"),
        {"file": table(f"日期,安排,理由\n{next(_DAYS)},休,样例"), "apply": True},
    ),
    "WithdrawServiceItem": lambda d: (d.staff("admin"), {"code": published(d)}),
    "ImportServiceItems": lambda d: (
        d.staff("admin"),
        {"file": table(ITEM_TABLE.format(n=fresh())), "apply": True},
    ),
}
