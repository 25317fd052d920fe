"""Arguments for drawn operations: some that find something in a district, and some that do not."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from tests.api.drawing import OMITTED, Pools
from tests.api.truth import Truth

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.people.tables import StaffRow, TeamRow
from bangban.kernel.identifiers import sample_phone

WORDS = (
    "邹",
    "村",
    "证",
    "样本",
    "a",
    "",
    "%",
    "_",
    "\\",
    "'",
    "没有这样的",
    "样本村",
    "样本事项",
    sample_phone(1000),
)


def maybe(random: Random, *choices: Any, often: float = 0.5) -> Any:
    """One of the choices, or null, or nothing."""
    if random.random() > often:
        return OMITTED if random.random() < 0.8 else None
    return random.choice(choices)


def given(**values: Any) -> dict[str, Any]:
    """What was drawn, without what was left out."""
    return {name: value for name, value in values.items() if value is not OMITTED}


def page(random: Random, cursors: list[str]) -> dict[str, Any]:
    """A page of a list, after one of these if there are any."""
    after = maybe(random, *cursors, often=0.3) if cursors else OMITTED
    return {"first": maybe(random, 1, 2, 3, 5), "after": after}


def in_force(random: Random, versions: list[Any]) -> Any:
    """A day on which one of these versions begins, or the day before, or nothing; nothing where there are none."""
    if not versions:
        return OMITTED
    begin = random.choice(versions).effective_from
    return maybe(random, str(begin), str(begin - timedelta(days=1)), often=0.3)


def pools_of(truth: Truth) -> Pools:
    """Arguments that find something, and some that do not."""
    areas, services_, cases = truth.rows[AreaRow], truth.rows[ServiceItemRow], truth.rows[CaseRow]
    upper = [row for row in areas if row.path.count(".") < 2]
    tree = truth.cursors("tree", areas, lambda r: (r.path, r.id))
    position = truth.cursors("position", areas[:80], lambda r: (r.position, r.id))
    codes = truth.cursors("service", services_, lambda r: (r.code, r.id))
    newest = truth.cursors("newest", cases, lambda r: (r.submitted_at, r.id))
    oldest = truth.cursors("oldest", cases, lambda r: (r.submitted_at, r.id))
    staff = truth.cursors("staff", truth.rows[StaffRow][:200], lambda r: (r.id,))
    team = truth.cursors("team", truth.rows[TeamRow], lambda r: (r.key, r.id))
    account = truth.cursors("account", truth.rows[StaffRow][:200], lambda r: (r.id,))
    portal = truth.cursors("portal", truth.rows[StaffRow][:20], lambda r: (r.id,))
    states = [state.name for state in {row.state for row in cases}]

    def area(random: Random) -> str:
        return str(random.choice(upper).id)

    def number(random: Random) -> str:
        return str(random.choice([row.number for row in cases] + ["ZZ20000101-000001"]))

    def case_filter(random: Random) -> Any:
        return given(
            states=maybe(random, states, states[:3], states[-1:], [], often=0.3),
            areaId=maybe(random, area(random), often=0.3),
            serviceCode=maybe(random, "TPL-RESIDENCE-PERMIT", "NONE", often=0.2),
            mine=maybe(random, True, False, often=0.3),
            light=maybe(random, "GREEN", "YELLOW", "RED", "OVERDUE", often=0.2),
            search=maybe(random, number(random), *WORDS, often=0.2),
        )

    def case_arguments(random: Random) -> dict[str, Any]:
        order = maybe(random, "NEWEST", "OLDEST", "DUE_FIRST")
        cursors = {"OLDEST": oldest, "DUE_FIRST": []}.get(order, newest) if isinstance(order, str) else newest
        after = maybe(random, *cursors, often=0.3) if cursors else OMITTED
        return {
            "filter": maybe(random, case_filter(random)),
            "orderBy": order,
            "first": maybe(random, 1, 2, 5),
            "after": after,
        }

    return {
        ("Query", "area"): lambda r: {
            "id": maybe(r, str(r.choice(areas).id), often=0.4),
            "code": maybe(r, r.choice(areas).code, "000", often=0.4),
        },
        ("Query", "areas"): lambda r: {
            "under": maybe(r, area(r), often=0.3),
            "level": maybe(r, "COUNTY", "TOWN", "VILLAGE", "GRID", often=0.3),
            "search": maybe(r, *WORDS, often=0.3),
            **page(r, tree),
        },
        ("Area", "children"): lambda r: page(r, position),
        ("Query", "service"): lambda r: given(
            code=r.choice([r.choice(services_).code, "NONE"]), on=in_force(r, services_)
        ),
        ("Query", "services"): lambda r: {
            "filter": maybe(
                r,
                given(
                    search=maybe(r, *WORDS, often=0.3),
                    audience=maybe(r, "PERSON", "LEGAL_ENTITY", often=0.3),
                    kind=maybe(r, "LICENCE", "PAYMENT", "PUBLIC_SERVICE", often=0.3),
                    handledIn=maybe(r, area(r), often=0.3),
                    level=maybe(r, "COUNTY", "TOWN", often=0.2),
                ),
            ),
            "on": in_force(r, services_),
            **page(r, codes),
        },
        ("Query", "case"): lambda r: {"number": number(r)},
        ("Query", "cases"): case_arguments,
        ("Query", "staff"): lambda r: {
            "filter": maybe(
                r,
                given(
                    role=maybe(r, "helper", "window-clerk", "guide", "none", often=0.4),
                    areaId=maybe(r, area(r), often=0.4),
                    search=maybe(r, *WORDS, often=0.2),
                ),
            ),
            **page(r, staff),
        },
        ("Team", "headcount"): lambda r: {"on": maybe(r, "2019-12-31", "2024-02-29", "2060-01-01")},
        ("Query", "teams"): lambda r: page(r, team),
        ("Query", "staffAccounts"): lambda r: {
            "filter": maybe(
                r,
                given(
                    state=maybe(r, "NO_LOGIN", "NOT_INVITED", "JOINED", "INACTIVE", often=0.3),
                    search=maybe(r, "helper", *WORDS, often=0.3),
                ),
            ),
            **page(r, account),
        },
        ("Query", "portals"): lambda r: page(r, portal),
    }
