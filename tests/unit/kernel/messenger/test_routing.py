"""Each message goes one way: by the form of its address, as installation and district have it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence

import pytest

from bangban.kernel.messenger import Message, Template
from bangban.kernel.messenger.channel import NotSent, Undeliverable
from bangban.kernel.messenger.routing import FILE, Form, Router, form_of

PHONE, MAIL = "15400000077", "someone@example.test"


class Recording:
    """A channel that notes what it was given, or refuses it."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.got: list[str] = []
        self.refusal = refusal

    async def deliver(self, message: Message, to: str) -> None:
        self.got.append(to)
        if self.refusal is not None:
            raise self.refusal


def letter(to: str, *, otherwise: tuple[str, ...] = (), district: str | None = "zouping") -> Message:
    return Message.of(
        Template.CASE_COMPLETED,
        to=to,
        otherwise=otherwise,
        district=district,
        at=dt.datetime(2026, 6, 8, tzinfo=dt.UTC),
        key="1",
        brand="帮办",
        item="样例",
        number="S-1",
    )


def send(channels: Mapping[str, Recording], message: Message, **routes: object) -> None:
    asyncio.run(Router(channels, **routes).send(message))  # type: ignore[arg-type]  # routes of each test


@pytest.mark.parametrize(
    ("address", "form", "given"),
    [
        (PHONE, Form.PHONE, PHONE),
        ("+8615400000077", Form.PHONE, "+8615400000077"),
        (MAIL, Form.MAIL, MAIL),
        ("wechat:oAbc_1", Form.WECHAT, "oAbc_1"),
        ("wecom:zhang.san", Form.WECOM, "zhang.san"),
        ("staff:clerk", Form.STAFF, "staff:clerk"),
        ("clerk", Form.STAFF, "clerk"),
    ],
)
def test_an_address_shows_its_form(address: str, form: Form, given: str) -> None:
    assert form_of(address) == (form, given)


@pytest.mark.parametrize(
    ("to", "channel"),
    [
        (PHONE, "sms"),
        (MAIL, "smtp"),
        ("wechat:o1", "wechat"),
        ("wecom:z3", "wecom"),
        ("staff:clerk", FILE),
    ],
)
def test_each_form_has_its_channel(to: str, channel: str) -> None:
    channels = {name: Recording() for name in ("sms", "smtp", "wechat", "wecom", FILE)}
    send(channels, letter(to))
    assert {name for name, each in channels.items() if each.got} == {channel}


def test_what_is_not_set_up_goes_to_the_folder() -> None:
    channels = {FILE: Recording(), "smtp": Recording()}
    send(channels, letter(PHONE))
    assert channels[FILE].got == [PHONE]


def test_an_address_without_a_channel_gives_way_to_one_that_has_one() -> None:
    channels = {FILE: Recording(), "sms": Recording(), "wechat": Recording()}
    both = letter("wechat:o1", otherwise=(PHONE,))
    send(channels, both)
    assert [name for name, each in channels.items() if each.got] == ["wechat"]
    send(channels, both, districts={"zouping": {Form.WECHAT: []}})  # this district writes to phones
    del channels["wechat"]
    send(channels, both)
    assert channels["sms"].got == [PHONE, PHONE]
    del channels["sms"]
    send(channels, both)
    assert channels[FILE].got == ["o1"]


def test_a_district_may_go_its_own_way() -> None:
    channels = {name: Recording() for name in ("sms", "wechat", FILE)}
    districts: Mapping[str, Mapping[Form, Sequence[str]]] = {"rushan": {Form.PHONE: [FILE]}}
    send(channels, letter(PHONE), districts=districts)
    send(channels, letter(PHONE, district="rushan"), districts=districts)
    assert channels["sms"].got == [PHONE]
    assert channels[FILE].got == [PHONE]


def test_who_cannot_be_reached_one_way_is_reached_another() -> None:
    channels = {
        "sms": Recording(Undeliverable("sms", "answered 400")),
        "smtp": Recording(),
        FILE: Recording(),
    }
    send(channels, letter(PHONE, otherwise=(MAIL,)))
    assert channels["sms"].got == [PHONE]
    assert channels["smtp"].got == [MAIL]


def test_a_chain_of_channels_ends_with_the_first_that_takes_it() -> None:
    channels = {
        "wechat": Recording(Undeliverable("wechat", "answered 43004")),
        "sms": Recording(),
        FILE: Recording(),
    }
    send(channels, letter(PHONE), routes={Form.PHONE: ["wechat", "sms", FILE]})
    assert channels["sms"].got == [PHONE]
    assert channels[FILE].got == []


def test_a_failure_of_the_moment_is_not_sent_another_way_too() -> None:
    channels = {"sms": Recording(NotSent("sms", "no answer")), "smtp": Recording(), FILE: Recording()}
    with pytest.raises(NotSent):
        send(channels, letter(PHONE, otherwise=(MAIL,)))
    assert channels["smtp"].got == []


def test_nobody_takes_it_and_nothing_of_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    channels = {"sms": Recording(Undeliverable("sms", "answered 400")), FILE: Recording()}
    with pytest.raises(Undeliverable) as caught:
        send(channels, letter(PHONE))
    said = "".join(capsys.readouterr()) + str(caught.value) + repr(letter(PHONE, otherwise=(MAIL,)))
    assert "answered 400" in said
    for secret in (PHONE, MAIL, letter(PHONE).text):
        assert secret not in said
