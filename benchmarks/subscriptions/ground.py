"""Who watches, and the one case that they watch."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select

from bangban.cli.opening import open_installation
from bangban.features.accounts.tokens import TokenIssuer, issuer_of
from bangban.features.areas.tables import AreaRow
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.ids import new_id
from bangban.settings import Settings

PATIENCE: Final = 30.0  # seconds that anything here may take
ROOT: Final = Path(__file__).resolve().parents[2]
OPERATIONS: Final = ROOT / "schema" / "graphql" / "operations"
DISTRICT: Final = "zouping"
VILLAGE: Final = "371681101200"


@dataclass(frozen=True)
class Case:
    """The case that changes."""

    id: str
    number: str


@dataclass(frozen=True)
class Ground:
    """Who watches, and how to tell them of a change."""

    area_id: str
    tokens: Sequence[str]
    channel: str
    schema: str


async def ground(chosen: Settings, subscribers: int) -> Ground:
    """Zouping, and so many clerks of the whole county."""
    async with open_installation(chosen) as opened:
        tenancy, names = opened.tenancy, opened.installation.names
        await onboard(opened.installation, tenancy, read_profile(chosen.tenants / DISTRICT))
        district = tenancy.registry.get(DISTRICT)
        async with platform_work(tenancy, district) as work:
            areas = dict((await work.db.execute(select(AreaRow.code, AreaRow.id))).all())
            county = (await work.db.scalars(select(AreaRow.id).where(AreaRow.parent_id.is_(None)))).one()
            people = [new_id() for _ in range(subscribers)]
            work.db.add_all(
                StaffRow(id=each, key=f"watcher-{n}", name="样本人") for n, each in enumerate(people)
            )
            await work.db.flush()
            work.db.add_all(
                AssignmentRow(
                    id=new_id(), staff_id=each, role="window-clerk", area_id=county, since=work.today
                )
                for each in people
            )
        issuer = TokenIssuer(opened.installation.ring.signing_key(), issuer=issuer_of(names.tag), seconds=600)
        now = datetime.now(UTC)
        tokens = [
            issuer.issue(
                Principal(kind=PrincipalKind.STAFF, id=each, district=DISTRICT, session_id=new_id()),
                now=now,
                not_after=now + timedelta(seconds=600),
            ).text
            for each in people
        ]
        return Ground(str(areas[VILLAGE]), tokens, names.channel, district.schema)


def applied(where: Ground, port: int) -> Case:
    """A case applied for by the first of the subscribers."""
    given = {
        "serviceCode": "TPL-RESIDENCE-PERMIT",
        "areaId": where.area_id,
        "supplied": ["ID-CARD", "DWELLING", "PHOTO"],
        "applicant": {
            "kind": "PERSON",
            "name": "样本人",
            "identityNumber": sample_resident_id(1),
            "phone": sample_phone(1),
        },
    }
    query = "mutation($i: ApplyForCaseInput!) { applyForCase(input: $i) { id number } }"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {where.tokens[0]}"}
    connection.request("POST", "/graphql", json.dumps({"query": query, "variables": {"i": given}}), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    if "errors" in answer:
        raise RuntimeError(str(answer))
    return Case(**answer["data"]["applyForCase"])
