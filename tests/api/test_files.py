"""Files from the asking to the erasing, and everybody who may not."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.api.casework import NOWHERE, Desk, applied, done, fresh, lacking, seen, tried
from tests.api.clients import Place, refusal
from tests.api.filing import (
    ASK,
    FETCH,
    FILES,
    PDF,
    SUPPLY,
    asked,
    delivered,
    files_of,
    get,
    object_of,
    offered,
    put,
    sent,
    wanted,
)
from tests.samples import SAMPLES, pdf

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.tables import CaseRow
from bangban.features.districts.platform import platform_work
from bangban.features.personal_data.retention import erase_due
from bangban.features.uploads.service import offer_file
from bangban.features.uploads.service.asking import EXPIRED
from bangban.features.uploads.service.fetching import OVER
from bangban.features.uploads.service.sweeping import ERASED
from bangban.features.uploads.tables import FileAddressRow, UploadRow
from bangban.features.uploads.values import MEDIA_TYPES, FileKind
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import AreaId, new_id
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.work import Work

TOWN, OTHER_TOWN = "371681101", "371681102"


def test_a_material_goes_the_whole_way(desk: Desk, n: int, number: str) -> None:
    me, clerk = desk.resident(n), desk.staff("clerk-town")
    content = pdf(padding=300_000)
    file_id = sent(
        me, number, content, purpose="MATERIAL", materialCode="DWELLING", name=" 房产证\u0301.PDF "
    )
    (file,) = files_of(clerk, number)
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert (file["id"], file["state"], file["size"]) == (file_id, "STORED", len(content))
    assert file["suppliedAt"] is None
    assert seen(me, number)["materials"][1] == {  # type: ignore[index]  # it is there
        "code": "DWELLING", "state": "MISSING", "required": True, "reason": None
    }  # fmt: skip
    case = me(SUPPLY, i={"number": number, "fileIds": [file_id]}).data["supplyFiles"]
    assert {each["code"]: each["state"] for each in case["materials"]}["DWELLING"] == "SUPPLIED"
    assert files_of(me, number)[0]["suppliedAt"] is not None
    answer = get(clerk.as_(), offered(clerk, file_id))
    assert (answer.status, answer.content) == (200, content)
    assert answer.headers["content-type"] == MEDIA_TYPES[FileKind.PDF]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"file.PDF\"; filename*=UTF-8''%E6%88%BF%E4%BA%A7%E8%AF%81%CC%81.PDF"
    )
    acts = [action for _, action in desk.trail(f"case:{number}")]
    assert acts[1:] == ["upload:put", "upload:store", "case:supply", "upload:read", "file:fetch"]


@pytest.mark.parametrize("kind", FileKind)
def test_every_kind_of_file_is_taken(desk: Desk, n: int, number: str, kind: FileKind) -> None:
    content = SAMPLES[kind]
    file_id = sent(desk.resident(n), number, content, kind=kind.value, name=f"样本.{kind.value.lower()}")
    assert get(desk.resident(n), offered(desk.resident(n), file_id)).content == content


def test_results_come_from_whoever_completes_the_case(desk: Desk, n: int, number: str) -> None:
    for login in (None, "helper-town"):
        client = desk.resident(n) if login is None else desk.staff(login)
        assert refusal(client(ASK, i=wanted(number, purpose="RESULT")))[0] == "FORBIDDEN"
    clerk = desk.staff("clerk-town")
    file_id = sent(clerk, number, purpose="RESULT")
    done(desk.resident(n), "supplyMaterials", number=number, codes=["ID-CARD", "DWELLING", "PHOTO"])
    for name in ("preCheckCase", "acceptCase"):
        done(clerk, name, number=number)
    assert (
        refusal(desk.resident(n)(FETCH, i={"fileId": file_id}))[0] == "NOT_FOUND"
    )  # not before it is decided
    done(clerk, "completeCase", number=number, outcome="GRANTED", opinion="准予办理")
    assert get(desk.resident(n), offered(desk.resident(n), file_id)).content == PDF


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"size": 0}, "INVALID_INPUT", "input.size"),
        ({"size": 20 * 1024 * 1024 + 1}, "INVALID_INPUT", "input.size"),
        ({"name": "../../etc/passwd.pdf"}, "INVALID_INPUT", "input.name"),
        ({"name": "..\\x.pdf"}, "INVALID_INPUT", "input.name"),
        ({"name": ".pdf"}, "INVALID_INPUT", "input.name"),
        ({"name": "fdp.exe\u202e.pdf"}, "INVALID_INPUT", "input.name"),
        ({"name": "a\r\nSet-Cookie: x.pdf"}, "INVALID_INPUT", "input.name"),
        ({"name": "页面.html"}, "INVALID_INPUT", "input.name"),
        ({"name": "长" * 117 + ".pdf"}, "INVALID_INPUT", "input.name"),
        ({"purpose": "MATERIAL"}, "INVALID_INPUT", "input.materialCode"),
        ({"purpose": "MATERIAL", "materialCode": "NONE"}, "INVALID_INPUT", "input.materialCode"),
        ({"materialCode": "DWELLING"}, "INVALID_INPUT", "input.materialCode"),
        ({"number": NOWHERE}, "NOT_FOUND", "input.number"),
    ],
)
def test_what_cannot_be_asked_for(
    desk: Desk, n: int, number: str, changes: dict[str, Any], code: str, field: str
) -> None:
    assert refusal(desk.resident(n)(ASK, i=wanted(number, **changes))) == (code, [field])
    assert files_of(desk.resident(n), number) == []


def test_nobody_sends_sees_or_fetches_what_belongs_to_another(
    desk: Desk, n: int, number: str, zibo: Place
) -> None:
    me, other, auditor = desk.resident(n), desk.resident(fresh()), desk.staff("auditor")
    file_id, place = sent(me, number), asked(me, number)
    for stranger in (other, desk.staff("clerk-town"), zibo.sign_in("admin"), desk.place.anonymous):
        assert put(stranger, place["address"], PDF).code in {"NOT_FOUND", "UNAUTHENTICATED"}
    assert put(desk.place.api, place["address"], PDF).status == 404
    assert files_of(other, number) == []
    assert refusal(other(FETCH, i={"fileId": file_id}))[0] == "NOT_FOUND"
    assert refusal(zibo.sign_in("admin")(FETCH, i={"fileId": file_id}))[0] in {"NOT_FOUND", "FORBIDDEN"}
    assert refusal(auditor(FETCH, i={"fileId": file_id}))[0] == "FORBIDDEN"
    assert refusal(desk.place.anonymous(FILES, n=number))[0] == "UNAUTHENTICATED"
    (masked, _) = files_of(auditor, number)
    assert (masked["name"], masked["state"], masked["size"]) == ("***", "STORED", len(PDF))
    # The one it was given to still may.
    assert put(me, place["address"], PDF).status == 200


def test_a_case_takes_files_while_they_can_still_matter(desk: Desk, n: int, number: str) -> None:
    me, clerk = desk.resident(n), desk.staff("clerk-town")
    file_id = sent(me, number, purpose="MATERIAL", materialCode="PHOTO")
    other = applied(me, desk.area(TOWN), n=n)
    for files, given in (([file_id], other), ([file_id, file_id], number), ([], number)):
        reply = me(SUPPLY, i={"number": given, "fileIds": files})
        assert refusal(reply)[1] == ["input.fileIds"]
    waiting = asked(me, number, purpose="MATERIAL", materialCode="PHOTO")["fileId"]
    assert refusal(me(SUPPLY, i={"number": number, "fileIds": [waiting]})) == ("CONFLICT", ["input.fileIds"])
    signed = sent(me, number)
    assert refusal(me(SUPPLY, i={"number": number, "fileIds": [signed]}))[0] == "NOT_FOUND"
    done(clerk, "preCheckCase", number=number, missing=lacking(["ID-CARD", "DWELLING", "PHOTO"]))
    assert (
        me(SUPPLY, i={"number": number, "fileIds": [file_id]}).data["supplyFiles"]["state"]
        == "AWAITING_MATERIALS"
    )
    done(me, "withdrawCase", number=number)
    for purpose in ({"purpose": "MATERIAL", "materialCode": "PHOTO"}, {"purpose": "OTHER"}):
        assert refusal(me(ASK, i=wanted(number, **purpose)))[0] == "ILLEGAL_TRANSITION"
    assert tried(me, "supplyMaterials", number=number, codes=["PHOTO"]).code == "ILLEGAL_TRANSITION"


def test_what_never_came_is_swept_and_what_came_stays(desk: Desk, n: int, number: str) -> None:
    me = desk.resident(n)
    never, came = asked(me, number)["fileId"], sent(me, number)
    path = offered(me, came)
    for file_id in (never, came, never):
        delivered(desk, EXPIRED, file_id)
    states = [(each["state"], each["rejection"]) for each in files_of(me, number)]
    assert states == [("REJECTED", "EXPIRED"), ("STORED", None)]
    assert get(me, path).content == PDF
    offered(me, came)
    rows = select(FileAddressRow.id).where(FileAddressRow.upload_id == UUID(came))
    address = desk.scalar(rows)
    for _ in range(2):
        delivered(desk, OVER, str(address))
    assert desk.scalar(rows) is None


def test_files_go_with_the_personal_data_of_their_case(desk: Desk, n: int, number: str) -> None:
    me = desk.resident(n)
    file_id = sent(me, number)
    done(me, "withdrawCase", number=number)

    async def years_later(work: Work) -> None:
        long_ago = work.now - timedelta(days=365 * 40)
        await work.db.execute(update(CaseRow).where(CaseRow.number == number).values(ended_at=long_ago))
        await erase_due(work)

    desk.inside(years_later)
    row = desk.inside(lambda work: work.db.get(UploadRow, UUID(file_id)))
    assert (row.state, row.name, row.sha256) == ("ERASED", None, None)
    delivered(desk, ERASED, file_id)
    assert not object_of(desk, file_id)
    assert refusal(desk.staff("admin")(FETCH, i={"fileId": file_id}))[0] == "FORBIDDEN"


def test_what_is_missing_from_the_store_is_said_to_be(desk: Desk, n: int, number: str) -> None:
    me = desk.resident(n)
    file_id = sent(me, number)
    folder = desk.services.settings.files_folder / desk.place.slug
    kept = folder / UUID(file_id).hex
    raw = kept.read_bytes()
    kept.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    assert get(me, offered(me, file_id)).status == 500
    kept.unlink()
    assert get(me, offered(me, file_id)).code == "CONFLICT"


def test_a_retry_is_given_the_same_address(desk: Desk, n: int, number: str) -> None:
    me = desk.resident(n)
    keyed = {"Idempotency-Key": f"upload-{n}"}
    first, again = (me(ASK, headers=keyed, i=wanted(number)).data for _ in range(2))
    assert first == again
    assert len(files_of(me, number)) == 1
    assert json.dumps(first).count("/uploads/") == 1


def test_whoever_sees_a_case_by_one_post_does_not_read_its_papers_by_another(
    desk: Desk, n: int, number: str
) -> None:
    """An administrator of the whole district who also helps in another town sees the case, and no more."""
    file_id = UUID(sent(desk.resident(n), number))
    services, slug = desk.services, desk.place.slug

    async def tried_by(*posts: tuple[Role, str | None]) -> None:
        async with services.tenancy.write(services.registry.get(slug), await principal(posts)) as work:
            await offer_file(work, services.files, file_id=file_id)

    async def principal(posts: tuple[tuple[Role, str | None], ...]) -> Principal:
        async with platform_work(services.tenancy, services.registry.get(slug)) as work:
            held = []
            for role, code in posts:
                wanted = AreaRow.parent_id.is_(None) if code is None else AreaRow.code == code
                area = (await work.db.scalars(select(AreaRow).where(wanted))).one()
                held.append(
                    Assignment(
                        role=role,
                        area_id=AreaId(area.id),
                        area_path=area.path,
                        level=area.level,
                        since=date(2026, 1, 1),
                    )
                )
        return Principal(
            kind=PrincipalKind.STAFF, id=new_id(), district=slug, name="样本", assignments=tuple(held)
        )

    with pytest.raises(Forbidden):
        desk.run(tried_by((Role.ADMIN, None), (Role.HELPER, OTHER_TOWN)))
    desk.run(tried_by((Role.ADMIN, None), (Role.HELPER, TOWN)))
