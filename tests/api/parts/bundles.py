"""Bundles and applications for several matters, as the API's common tests need to know them."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

from sqlalchemy import select
from tests.api.access_world import ITEM, SINCE, World
from tests.api.casework import NOWHERE, PERMIT, Desk, applicant, applied, fresh, mutation_of
from tests.api.clients import Client
from tests.api.shapes import AREA, DISTRICT, OFFICE, Attempt, Part, Root, Step

from bangban.features.bundles.drafts import BundleDraft, FormField, SharedMaterial
from bangban.features.bundles.service import publish_bundles
from bangban.features.bundles.tables import BundleRow
from bangban.features.bundles.values import BundleKind
from bangban.features.cases.tables import CaseRow
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.joint.values import ReleaseChoice
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

BUNDLE: Final = "SAMPLE-BUNDLE"
SECOND: Final = "TPL-SOCIAL-SECURITY-CARD"
VILLAGE: Final = "371681101200"
PHOTO: Final = "PHOTO"
ROOM: Final = "room"
_numbers = count(1)


# ---------------------------------------------------------------------- the world of the access tests


async def _fill(work: Work, world: World) -> None:
    """A bundle, and an application in branch a whose one case is over."""
    bundle = BundleRow(
        id=new_id(),
        code=BUNDLE,
        version=1,
        kind=BundleKind.MATTERS,
        name="样本一件事",
        lead_department="样本部门",
        items=[ITEM],
        optional=[],
        fields=[],
        materials=[],
        effective_from=SINCE,
    )
    case = (await work.db.scalars(select(CaseRow).where(CaseRow.number == world.marks["number"]))).one()
    application = BundleApplicationRow(
        id=new_id(),
        stem="AW",
        bundle_id=bundle.id,
        area_id=case.area_id,
        resident_id=case.resident_id,
        release=ReleaseChoice.TOGETHER,
        submitted_at=work.now,
    )
    work.db.add(bundle)
    await work.db.flush()
    work.db.add(application)
    await work.db.flush()
    work.db.add(BundleMemberRow(case_id=case.id, application_id=application.id, position=0))
    await work.db.flush()
    world.marks["application"] = application.number


def _root(name: str, *found: str, **more: Any) -> Root:
    return Root(
        AREA,
        mutation_of(name, "id"),
        lambda world: {"input": {"number": world.marks["application"], **more}},
        found,
    )


def _applying(world: World) -> dict[str, Any]:
    firm = applicant(1, kind="LEGAL_ENTITY")  # refused by a rule, so that no case is made
    return {"input": {"bundleCode": BUNDLE, "areaId": str(world.areas["grid-a"].id), "applicant": firm}}


BUNDLE_INPUT: Final = {
    "code": "SAMPLE-0001",
    "name": "样例一件事",
    "leadDepartment": "样例部门",
    "services": ["SAMPLE-A", "SAMPLE-B"],
    "basedOn": 99,
}

# ---------------------------------------------------------------------- the desk of the named operations


async def offer(work: Work) -> None:
    draft = BundleDraft(
        code=BUNDLE,
        name="样本一件事",
        lead_department="样本部门",
        items=(PERMIT, SECOND),
        materials=(
            SharedMaterial(key="ID-CARD", name="身份证", of=((PERMIT, "ID-CARD"), (SECOND, "ID-CARD"))),
            SharedMaterial(key=PHOTO, name="相片", of=((PERMIT, PHOTO), (SECOND, PHOTO))),
        ),
        fields=(FormField(key=ROOM, zh="房号", en="Room", required=False),),
        effective_from=SINCE,
    )
    await publish_bundles(work, [(draft, "sample")])


def _given(desk: Desk, n: int, **more: Any) -> dict[str, Any]:
    desk.inside(offer)
    return {"bundleCode": BUNDLE, "areaId": desk.area(VILLAGE), "applicant": applicant(n), **more}


def _applied(desk: Desk, **more: Any) -> tuple[Client, dict[str, Any]]:
    """A resident, and the application that they have just made."""
    n = fresh()
    client = desk.resident(n)
    reply = client(mutation_of("applyForBundle", "number members { number }"), input=_given(desk, n, **more))
    return client, reply.data["applyForBundle"]


def _apply(desk: Desk) -> Step:
    n = fresh()
    return desk.resident(n), _given(desk, n, supplied=["ID-CARD", PHOTO])


def _supply(desk: Desk) -> Step:
    client, made = _applied(desk)
    return client, {"number": made["number"], "materials": [PHOTO]}


def _withdraw(desk: Desk) -> Step:
    client, made = _applied(desk)
    return client, {"number": made["number"], "reason": "不办了"}


def _reveal(desk: Desk) -> Step:
    _, made = _applied(desk, form=[{"key": ROOM, "value": "3号楼402"}])
    return desk.staff("supervisor"), {"number": made["number"], "reason": "上门前核对地址"}


def _release(desk: Desk) -> Step:
    client, made = _applied(desk)
    return client, {"number": made["number"], "inParts": True}


def _join(desk: Desk) -> Step:
    n = fresh()
    client = desk.resident(n)
    numbers = [applied(client, desk.area(VILLAGE), n=n) for _ in range(2)]
    return client, {"caseNumbers": numbers}


def _publish(desk: Desk) -> Step:
    given = {
        "code": f"SAMPLE-{next(_numbers):04d}",
        "name": "样例一件事",
        "leadDepartment": "样例部门",
        "services": [PERMIT, SECOND],
        "materials": [
            {
                "key": "ID-CARD",
                "name": "身份证",
                "of": [
                    {"serviceCode": PERMIT, "materialCode": "ID-CARD"},
                    {"serviceCode": SECOND, "materialCode": "ID-CARD"},
                ],
            }
        ],
    }
    return desk.staff("admin"), given


PART = Part(
    roots={
        "Query.bundles": Root(DISTRICT, "{ bundles(first: 100) { edges { node { id code } } } }"),
        "Mutation.publishBundle": Root(
            OFFICE,
            mutation_of("publishBundle", "id"),
            lambda _: {"input": BUNDLE_INPUT},
            ("CONFLICT",),
            "admin",
        ),
        "Query.bundleApplication": Root(
            AREA,
            "query($n: String!) { bundleApplication(number: $n) { id } }",
            lambda world: {"n": world.marks["application"]},
        ),
        "Query.bundleCounts": Root(
            AREA,
            "query($c: String!) { bundleCounts(code: $c) { requests } }",
            lambda _: {"c": BUNDLE},
            wrong_area="DATA",  # counts say nothing of anybody
        ),
        "Query.bundleApplications": Root(
            AREA, "{ bundleApplications(first: 100) { edges { node { id } } } }"
        ),
        "Mutation.applyForBundle": Root(
            AREA,
            mutation_of("applyForBundle", "id"),
            _applying,
            ("INVALID_INPUT",),
            wrong_area="FORBIDDEN",
        ),
        "Mutation.supplyBundleMaterials": _root("supplyBundleMaterials", "INVALID_INPUT", materials=["NONE"]),
        "Mutation.withdrawBundle": _root("withdrawBundle", "ILLEGAL_TRANSITION"),
        "Mutation.revealBundleForm": Root(
            AREA,
            "mutation($input: RevealBundleFormInput!) { revealBundleForm(input: $input) { key } }",
            lambda world: {"input": {"number": world.marks["application"], "reason": "核对申请信息"}},
            ("CONFLICT",),
        ),
        "Mutation.releaseResults": _root("releaseResults", "CONFLICT"),
        "Mutation.issueTogether": Root(
            AREA,
            mutation_of("issueTogether", "id"),
            lambda world: {"input": {"caseNumbers": [world.marks["number"]]}},
            ("INVALID_INPUT",),
        ),
    },
    attempts={
        Permission.BUNDLE_READ: Attempt("{ bundleApplications { totalCount } }", {}),
        Permission.BUNDLE_APPLY: Attempt(
            mutation_of("withdrawBundle", "id"), {"input": {"number": NOWHERE}}, frozenset({"NOT_FOUND"})
        ),
        Permission.BUNDLE_RELEASE: Attempt(
            mutation_of("releaseResults", "id"), {"input": {"number": NOWHERE}}, frozenset({"NOT_FOUND"})
        ),
    },
    bounds={
        "Bundles": 1,
        "BundleApplication": 1,
        "BundleApplications": 1,
        "BundleCounts": 1,
        "PublishBundle": 7,
        "ApplyForBundle": 13,
        "SupplyBundleMaterials": 12,
        "WithdrawBundle": 13,
        "RevealBundleForm": 9,
        "ReleaseResults": 8,
        "IssueTogether": 11,
    },
    steps={
        "PublishBundle": _publish,
        "ApplyForBundle": _apply,
        "SupplyBundleMaterials": _supply,
        "WithdrawBundle": _withdraw,
        "RevealBundleForm": _reveal,
        "ReleaseResults": _release,
        "IssueTogether": _join,
    },
    variables={
        "Bundles": lambda desk: {"filter": {"code": BUNDLE}},
        "BundleApplication": lambda desk: {"number": _applied(desk)[1]["number"]},
        "BundleCounts": lambda _: {"code": BUNDLE},
        "BundleApplications": lambda _: {"filter": {"bundleCode": BUNDLE, "state": "SUBMITTED"}},
    },
    fill=_fill,
)
