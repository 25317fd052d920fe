"""Ids of another district, wherever an id can be given: the answer is that of an id of nothing."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any, Final

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from tests.api.access_roots import ROOTS
from tests.api.access_world import World
from tests.api.casework import Run
from tests.api.clients import Client, Place
from tests.api.foreign import arguments, document, places
from tests.api.root_world import filled_world, root_types, stranger
from tests.api.shapes import EVERYBODY, OPERATORS, PLATFORM
from tests.api.wire_ws import subscribed

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import DelegationRow
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamRow
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.web.services import AppServices

ELSEWHERE: Final = {EVERYBODY, OPERATORS, PLATFORM}
CALLERS: Final = 40
LINE_BY_LINE: Final = {
    "Mutation.removePolicyLines",
    "Mutation.importGroupLog",
}  # what is not there is passed over
KINDS: Final[dict[str, Any]] = {
    "area": AreaRow,
    "staff": StaffRow,
    "guide": StaffRow,
    "point": ServicePointRow,
    "team": TeamRow,
    "assignment": AssignmentRow,
    "window": ServiceWindowRow,
    "delegation": DelegationRow,
}


@pytest.fixture(scope="module")
def world(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    return filled_world("foreign-ids", installation, services, api, run)


@pytest.fixture(scope="module")
def theirs(rushan: Place, services: AppServices, run: Run) -> dict[str, str]:
    """Something of each kind that another district has; any of it, by the name of the kind."""

    async def find() -> dict[str, str]:
        async with platform_work(services.tenancy, services.tenancy.registry.get(rushan.slug)) as work:
            found = {name: await work.db.scalar(select(each.id).limit(1)) for name, each in KINDS.items()}
            return {name: str(each) for name, each in found.items() if each is not None}

    found: dict[str, str] = run(find())
    return found


def test_an_id_of_another_district_is_the_same_as_one_of_nothing(
    app: Starlette, world: World, theirs: dict[str, str]
) -> None:
    """Forty callers of one district, at every place that takes an id: word for word what nobody's id is told."""
    people = [who for who, each in world.people.items() if each.district == world.slug]
    some = Random(6).sample(sorted(people), CALLERS)
    clients = {
        who: stranger(world.client(who)) for who in {*some, *(r.caller for r in ROOTS.values())} & {*people}
    }
    asked_of = [
        place for type_ in root_types() for place in places(type_) if ROOTS[place.root].of not in ELSEWHERE
    ]
    told: Counter[str | None] = Counter()
    for turn, place in enumerate(asked_of):
        root, (kind, name) = ROOTS[place.root], place.root.split(".")
        definition = next(type_.fields[name] for type_ in root_types() if type_.name == kind)
        known = root.variables(world)
        usual = root.caller if root.caller in clients else f"{root.caller} COUNTY"
        foreign = next((id_ for each, id_ in theirs.items() if each in place.name.lower()), None)
        ids = (foreign or Random(turn).choice(sorted(theirs.values())), str(new_id()))
        for who in {usual, some[turn % CALLERS]}:
            caller = clients.get(who) or stranger(world.client(who))
            heard = []
            for id_ in ids:
                given = arguments(definition, known, place, id_)
                known_text = kind == "Mutation" and "($input:" in root.query
                text = root.query if known_text else document(kind.lower(), name, definition, given)
                if kind == "Subscription":
                    heard.append(str(world.run(subscribed(app, caller.init, text, given))).replace(id_, "ID"))
                else:
                    body = caller.http(text, **given).body
                    told[body["errors"][0]["extensions"]["code"] if "errors" in body else None] += 1
                    heard.append(json.dumps(body, ensure_ascii=False).replace(id_, "ID"))
                    assert kind == "Query" or place.root in LINE_BY_LINE or not body.get("data"), (
                        place,
                        body,
                    )
            assert heard[0] == heard[1], (str(place), who)
    assert told["NOT_FOUND"] > 40, told
