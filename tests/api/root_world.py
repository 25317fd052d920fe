"""The district that has something for every root field to be asked about, and who asks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from graphql import GraphQLObjectType
from sqlalchemy import select
from starlette.applications import Starlette
from tests.api.access_building import build, hire_operators
from tests.api.access_roots import ROOTS
from tests.api.access_world import World
from tests.api.asked import WHY
from tests.api.casework import Run, fresh
from tests.api.clients import Client, Reply
from tests.api.fleet_desk import task_of
from tests.api.parts import parts
from tests.api.wire_ws import Heard, subscribed

from bangban.features.cases.tables import CaseRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.personal_data.tables import VALUE_CONTEXT, DataField, DataRequestRow, DataRequestState
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web.schema import core_schema
from bangban.web.services import AppServices


def root_types() -> Iterator[GraphQLObjectType]:
    schema = core_schema()
    for type_ in (schema.query_type, schema.mutation_type, schema.subscription_type):
        assert type_ is not None
        yield type_


def filled_world(
    slug: str, installation: Installation, services: AppServices, api: Client, run: Run
) -> World:
    """A district with something of branch a for each root field, and people of every role in it."""
    world = build(slug, installation, services, api, run)

    async def fill(work: Work) -> None:
        n = fresh()
        await world.resident(work, "resident", n)
        await world.resident(work, "another resident", fresh())
        holder = world.people["helper GRID"].id
        assert holder is not None
        world.marks["number"] = await world.case(work, "grid-a", holder=holder, n=n)
        world.marks["request"] = await _asked(work, world.marks["number"])
        for role in ("window-clerk", "supervisor", "auditor", "admin"):
            await world.hire(work, f"{role} elsewhere", (role, "town-b", work.today, None))
        leaver = await world.hire(work, "leaver", ("helper", "grid-a", work.today, None))
        await work.db.flush()
        post = select(AssignmentRow.id).where(AssignmentRow.staff_id == leaver)
        world.marks["post"] = str((await work.db.scalars(post)).one())
        work.db.add(
            StaffRow(id=new_id(), key="p", name="样本门户", login="p", portal_origins=["https://portal.test"])
        )
        work.record(
            action="case:apply", object=f"case:{world.marks['number']}", area_id=world.areas["grid-a"].id
        )

    world.inside(fill)
    for part in parts():
        world.inside(partial(part.fill, world=world))
    run(hire_operators(world))
    world.marks["task"] = task_of(services, run, world.slug)
    return world


async def _asked(work: Work, number: str) -> str:
    """An open request to have the phone of a case corrected."""
    case = (await work.db.scalars(select(CaseRow).where(CaseRow.number == number))).one()
    row = DataRequestRow(
        id=new_id(),
        resident_id=case.resident_id,
        case_id=case.id,
        field=DataField.PHONE,
        value_sealed=work.vault.seal(sample_phone(fresh()), context=VALUE_CONTEXT),
        value_masked="***",
        reason=WHY["reason"],
        state=DataRequestState.OPEN,
        asked_at=work.now,
        due_on=work.today,
    )
    work.db.add(row)
    await work.db.flush()
    return str(row.id)


class Stranger(NamedTuple):
    """A caller, over HTTP and over WebSocket."""

    http: Client
    init: dict[str, Any]


def asked(app: Starlette, world: World, name: str, who: Stranger) -> Heard:
    """What a root field answers."""
    root = ROOTS[name]
    if name.startswith("Subscription."):
        heard: Heard = world.run(subscribed(app, who.init, root.query, root.variables(world)))
        return heard
    reply: Reply = who.http(root.query, **root.variables(world))
    errors = reply.body.get("errors")
    return Heard(reply.body.get("data"), errors[0]["extensions"]["code"] if errors else None)


def stranger(client: Client, **headers: str) -> Stranger:
    """The same caller both ways; a header given here wins."""
    http = client.as_(**headers)
    init = {
        "authorization": http.headers.get("Authorization"),
        "district": http.headers.get("X-District"),
    }
    return Stranger(http, {name: value for name, value in init.items() if value is not None})
