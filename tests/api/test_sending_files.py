"""The bytes of a file on their way in: by one address, once, in time, as it is and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from starlette.applications import Starlette
from tests.api.casework import Desk
from tests.api.clients import refusal
from tests.api.filing import FETCH, PDF, asked, carried, files_of, get, object_of, offered, put
from tests.samples import SAMPLES, pdf

from bangban.features.uploads.values import FileKind
from bangban.kernel.files.addresses import Address
from bangban.web.deadlines import Deadlines


def test_an_address_is_used_once_and_in_time(desk: Desk, n: int, number: str) -> None:
    me, addresses = desk.resident(n), desk.services.files.addresses
    given = asked(me, number)
    assert put(me, given["address"], PDF).status == 200
    assert put(me, given["address"], PDF).status == 404
    path = offered(me, given["fileId"])
    assert get(me, path.replace("/files/", "/uploads/")).status == 405
    assert put(me, path.replace("/files/", "/uploads/"), PDF).status == 404
    assert get(me, path).status == 200
    assert get(me, path).status == 404
    now, file_id = datetime.now(UTC), UUID(asked(me, number)["fileId"])
    over = addresses.token(Address("send", desk.place.slug, file_id, now - timedelta(seconds=1)))
    elsewhere = addresses.token(Address("send", "zibo-hitech", file_id, now + timedelta(seconds=60)))
    for token in (over, elsewhere, "x.y", "x", path.rpartition("/")[2]):
        assert put(me, f"/uploads/{token}", PDF).code == "NOT_FOUND"
    for token in (over, "x.y", "%00", "a" * 5000):
        assert get(me, f"/files/{token}").status == 404


def test_of_two_that_send_to_one_address_one_does(desk: Desk, n: int, number: str) -> None:
    me, given = desk.resident(n), asked(desk.resident(n), number)

    async def both() -> list[int]:
        answers = await asyncio.gather(*(carried(me, "PUT", given["address"], content=PDF) for _ in range(4)))
        return sorted(each.status for each in answers)

    assert desk.run(both()) == [200, 404, 404, 404]
    path = offered(me, given["fileId"])

    async def fetch() -> list[int]:
        answers = await asyncio.gather(*(carried(me, "GET", path) for _ in range(4)))
        return sorted(each.status for each in answers)

    assert desk.run(fetch()) == [200, 404, 404, 404]


@pytest.mark.parametrize(
    ("content", "size", "rejection"),
    [
        (PDF[:-1], len(PDF), "INCOMPLETE"),
        (PDF + b"x", len(PDF), "INCOMPLETE"),
        (b"", len(PDF), "INCOMPLETE"),
        (b"x" * 5_000_000, 10, "INCOMPLETE"),
        (SAMPLES[FileKind.PNG], None, "NOT_WHAT_IT_SAYS"),
        (b"<html><script>alert(1)</script>", None, "ACTIVE_CONTENT"),
        (pdf(b"<< /S /JavaScript /JS (x) >>"), None, "ACTIVE_CONTENT"),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_what_is_not_right_is_not_kept(
    desk: Desk, n: int, number: str, content: bytes, size: int | None, rejection: str, chunked: bool
) -> None:
    me = desk.resident(n)
    given = asked(me, number, size=size or len(content))

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 30_000):
            yield content[start : start + 30_000]

    answer = put(me, given["address"], pieces() if chunked else content)
    assert (answer.status, answer.code) == (422, "INVALID_INPUT")
    (file,) = files_of(me, number)
    assert (file["state"], file["rejection"], file["sha256"]) == ("REJECTED", rejection, None)
    assert not object_of(desk, given["fileId"])
    assert refusal(me(FETCH, i={"fileId": given["fileId"]})) == ("CONFLICT", ["input.fileId"])
    assert put(me, given["address"], PDF).status == 404


def test_a_slow_body_loses_its_turn(
    desk: Desk, n: int, number: str, app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, given = desk.resident(n), asked(desk.resident(n), number)
    monkeypatch.setattr(app.state.uploads, "_bodies", Deadlines(0.05))

    async def trickle() -> AsyncIterator[bytes]:
        yield PDF[:10]
        await asyncio.Event().wait()

    inside = desk.services.admission.files.free
    assert put(me, given["address"], trickle()).status == 408
    assert desk.services.admission.files.free == inside
    (file,) = files_of(me, number)
    assert (file["state"], file["rejection"]) == ("REJECTED", "INCOMPLETE")
    assert not object_of(desk, given["fileId"])


def test_there_is_room_for_so_many_files_and_no_more(desk: Desk, n: int, number: str) -> None:
    me, given = desk.resident(n), asked(desk.resident(n), number)
    room = desk.services.admission.files
    taken = 0
    while room.enter(desk.place.slug):
        taken += 1
    try:
        answer = put(me, given["address"], PDF)
    finally:
        for _ in range(taken):
            room.leave(desk.place.slug)
    assert (answer.status, answer.code) == (503, "UNAVAILABLE")
    assert put(me, given["address"], PDF).status == 200  # the address was not used up


def test_a_body_is_sent_as_it_is_and_by_its_method(desk: Desk, n: int, number: str) -> None:
    me, given = desk.resident(n), asked(desk.resident(n), number)
    assert put(me, given["address"], PDF, headers={"Content-Encoding": "gzip"}).code == "BAD_REQUEST"
    for method in ("POST", "GET", "DELETE", "HEAD"):
        assert me.run(carried(me, method, given["address"])).status == 405
    page = {"Origin": "https://elsewhere.example"}
    assert put(me, given["address"], PDF, headers=page).code == "FORBIDDEN"
    assert me.run(carried(me, "OPTIONS", given["address"], headers=page)).status == 403
    assert put(me, given["address"], PDF).status == 200
