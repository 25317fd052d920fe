"""Which channel takes a message: by the form of the address, as the installation and the district have it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeAlias

import structlog

from bangban.kernel.messenger.channel import Channel, NotSent, Undeliverable
from bangban.kernel.messenger.message import Message

_log = structlog.get_logger(__name__)


class Form(StrEnum):
    """The form of an address."""

    PHONE = "phone"
    MAIL = "mail"
    WECHAT = "wechat"  # wechat:OPENID
    WECOM = "wecom"  # wecom:USERID, of staff in enterprise WeChat
    STAFF = "staff"  # staff:LOGIN, of people without a contact


FILE: Final = "file"
"""The channel that is always there."""

Routes: TypeAlias = Mapping[Form, Sequence[str]]
USUAL: Final[Routes] = {
    Form.PHONE: ("sms",),
    Form.MAIL: ("smtp",),
    Form.WECHAT: ("wechat",),
    Form.WECOM: ("wecom",),
    Form.STAFF: (FILE,),
}
"""Channels by the form of address, in the order in which they are tried. One that is not set up is passed over, and
so is an address without any; where none is left, it is the folder of files."""

_PHONE: Final = re.compile(r"\+?[0-9]{5,20}")


def form_of(address: str) -> tuple[Form, str]:
    """The form of an address, and what a channel is given of it."""
    prefix, colon, rest = address.partition(":")
    if colon and prefix in (Form.WECHAT, Form.WECOM):
        return Form(prefix), rest
    if _PHONE.fullmatch(address):
        return Form.PHONE, address
    if "@" in address:
        return Form.MAIL, address
    return Form.STAFF, address


class Router:
    """A messenger that hands each message to the first channel that takes it.

    Where a person has several addresses they are tried in order. A channel that cannot deliver gives way to the
    next; one that fails for the moment does not, since the message would come twice when it is tried again.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        routes: Routes | None = None,
        districts: Mapping[str, Routes] | None = None,
    ) -> None:
        """``channels`` has at least ``FILE``. ``districts`` have routes of their own, by slug."""
        self._channels = dict(channels)
        self._routes = {**USUAL, **(routes or {})}
        self._districts = {slug: {**self._routes, **own} for slug, own in (districts or {}).items()}

    async def send(self, message: Message) -> None:
        """Hand ``message`` over. Raises ``NotSent`` where a later try may do, ``Undeliverable`` where none will."""
        refused: Undeliverable | None = None
        for to, names in self._ways(message):
            for name in names:
                try:
                    await self._channels[name].deliver(message, to)
                except Undeliverable as error:
                    refused = error
                    self._note(message, name, str(error))
                except NotSent as error:
                    self._note(message, name, str(error))
                    raise
                else:
                    return
        if refused is not None:
            raise refused

    def _ways(self, message: Message) -> Sequence[tuple[str, Sequence[str]]]:
        """The person's addresses with the channels that are there for each; the folder where there is none at all."""
        routes = self._districts.get(message.district or "", self._routes)
        forms = [form_of(address) for address in (message.to, *message.otherwise)]
        found = [(to, [name for name in routes[form] if name in self._channels]) for form, to in forms]
        return [each for each in found if each[1]] or [(found[0][0], [FILE])]

    @staticmethod
    def _note(message: Message, channel: str, why: str) -> None:
        # Neither address nor text, nor what the other side said beyond its code.
        _log.warning(
            "message not delivered",
            channel=channel,
            why=why,
            template=message.template.value,
            district=message.district,
            key=message.key,
        )
