"""A resident binds WeChat: one account at a time, told of first, and gone with the rest of their data."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.api.casework import REQUIRED, Desk, applied, done, fresh, lacking, mutation_of
from tests.api.clients import Client, Reply
from tests.integration.kernel.messenger.gateways import Gateway, serving

from bangban.features.accounts.residents import find_resident, ways_to_resident
from bangban.features.accounts.tables import ResidentRow
from bangban.features.personal_data.retention import erase_due
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.messenger import Message
from bangban.kernel.messenger.file_messenger import FileMessenger
from bangban.kernel.messenger.http_calls import client
from bangban.kernel.messenger.templates import Template
from bangban.kernel.messenger.wechat import OfficialAccount, WeChatLogin
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

VILLAGE = "371681101200"
CODE = "011samplecode"
BIND = mutation_of("setMyWechat", "wechatSince")


class Asking:
    """The login, with a client for each call: tests come from more than one loop."""

    def __init__(self, gateway: Gateway) -> None:
        self._account = OfficialAccount(
            app_id="app-1", secret="of-tests", template_id="t", url=gateway.url, pause=0.001
        )

    async def openid_of(self, code: str) -> str:
        async with client(5.0) as http:
            return await WeChatLogin(http, self._account).openid_of(code)


@contextmanager
def wechat(services: AppServices) -> Iterator[Gateway]:
    with serving() as gateway:
        object.__setattr__(services, "wechat", Asking(gateway))
        try:
            yield gateway
        finally:
            object.__setattr__(services, "wechat", None)


@pytest.fixture
def gateway(services: AppServices) -> Iterator[Gateway]:
    with wechat(services) as found:
        yield found


def bind(who: Client, code: str | None = CODE) -> Reply:
    return who(BIND, input={"code": code})


def openid(n: int) -> str:
    return f"oSample{n:021}"


def ways(desk: Desk, phone: str) -> tuple[str, ...]:
    """Where the messages of the resident with this phone go."""

    async def find(work: Work) -> Any:
        row = await find_resident(work, phone)
        assert row is not None
        return ways_to_resident(work.vault, wechat=row.wechat_sealed, phone=phone)

    return tuple(desk.inside(find))


def test_a_code_binds_and_null_unbinds(desk: Desk, gateway: Gateway) -> None:
    n = fresh()
    me = desk.resident(n)
    assert me("{ myData { wechatSince } }").data["myData"]["wechatSince"] is None
    gateway.usual = (200, {"openid": openid(n)})
    assert bind(me).data["setMyWechat"]["wechatSince"] is not None
    phone = sample_phone(n)
    assert ways(desk, phone) == (f"wechat:{openid(n)}", phone)
    assert bind(me, None).data["setMyWechat"]["wechatSince"] is None
    assert ways(desk, phone) == (phone,)
    entries = select(AuditEntryRow.details["wechat"].astext).where(AuditEntryRow.details.has_key("wechat"))

    async def recorded(work: Work) -> list[str | None]:
        return list(await work.db.scalars(entries.order_by(AuditEntryRow.seq)))

    assert list(desk.inside(recorded))[-2:] == ["bound", "unbound"]


def test_a_child_is_told_of_a_parents_matters_too(desk: Desk, gateway: Gateway) -> None:
    parent, child = fresh(), fresh()
    gateway.usual = (200, {"openid": openid(child)})
    for n in (parent, child):
        assert bind(desk.resident(n)).data["setMyWechat"]["wechatSince"] is not None
    assert ways(desk, sample_phone(parent))[0] == ways(desk, sample_phone(child))[0]
    bind(desk.resident(child), None)
    assert ways(desk, sample_phone(parent))[0] == f"wechat:{openid(child)}"


def test_the_same_request_again_asks_nobody(desk: Desk, gateway: Gateway) -> None:
    n = fresh()
    gateway.answers = [(200, {"openid": openid(n)})]
    gateway.usual = (200, {"errcode": 40163})
    me = desk.resident(n).as_(**{"Idempotency-Key": f"wechat-{n}-of-one-request"})
    assert bind(me).body == bind(me).body
    assert len(gateway.calls) == 1


def test_a_code_that_was_used_is_refused_and_nothing_changes(desk: Desk, gateway: Gateway) -> None:
    n = fresh()
    gateway.usual = (200, {"errcode": 40163, "errmsg": "code been used"})
    assert bind(desk.resident(n)).code == "INVALID_INPUT"
    gateway.usual = (500, {})
    assert bind(desk.resident(n)).code == "UNAVAILABLE"
    assert desk.resident(n)("{ myData { wechatSince } }").data["myData"]["wechatSince"] is None


def test_nobody_but_a_resident_and_nothing_where_there_is_no_account(desk: Desk) -> None:
    with wechat(desk.services) as gateway:
        assert bind(desk.staff("clerk-town")).code == "FORBIDDEN"
        assert bind(desk.place.anonymous).code == "UNAUTHENTICATED"
        assert gateway.calls == []
    assert bind(desk.resident(fresh())).code == "CONFLICT"


def test_the_case_is_told_of_over_wechat_first(
    desk: Desk, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    n, send, sent = fresh(), FileMessenger.send, asyncio.Event()

    async def told(self: FileMessenger, message: Message) -> None:
        await send(self, message)
        if message.template is Template.NOTICE_ISSUED:
            sent.set()

    monkeypatch.setattr(FileMessenger, "send", told)
    me = desk.resident(n)
    gateway.usual = (200, {"openid": openid(n)})
    bind(me)
    number = applied(me, desk.area(VILLAGE), n=n)
    done(desk.staff("clerk-county"), "preCheckCase", number=number, missing=lacking(REQUIRED))
    desk.run(asyncio.wait_for(sent.wait(), timeout=60))
    (text,) = desk.messages(f"wechat:{openid(n)}", Template.NOTICE_ISSUED)
    assert number in text
    assert desk.messages(sample_phone(n), Template.NOTICE_ISSUED) == []


def test_it_goes_with_the_account(desk: Desk, gateway: Gateway) -> None:
    n = fresh()
    me = desk.resident(n)
    gateway.usual = (200, {"openid": openid(n)})
    bind(me)

    async def age(work: Work) -> None:
        row = await find_resident(work, sample_phone(n))
        assert row is not None
        row.created_at = datetime(2019, 1, 1, tzinfo=UTC)

    desk.inside(age)
    assert desk.inside(erase_due).accounts == 1
    hashes = select(func.count()).where(
        ResidentRow.wechat_sealed.is_not(None), ResidentRow.phone_sealed.is_(None)
    )
    assert desk.scalar(hashes) == 0
