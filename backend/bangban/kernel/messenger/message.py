"""What is sent to a person, and the one interface that sends it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from bangban.kernel.messenger.own_texts import OwnTexts, render
from bangban.kernel.messenger.templates import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. ``to`` is a phone or an address; ``district`` a slug, None for the platform's own."""

    to: str = field(repr=False)  # personal data and sign-in codes stay out of logs
    district: str | None
    template: Template
    text: str = field(repr=False)
    at: dt.datetime
    language: str = "zh-CN"
    key: str | None = None  # the same message again carries the same key, so that it goes out once
    otherwise: tuple[str, ...] = field(default=(), repr=False)  # further addresses of the same person

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("The moment of a message needs a time zone; this one has none.")

    @classmethod
    def of(
        cls,
        template: Template,
        *,
        to: str,
        district: str | None,
        at: dt.datetime,
        language: str = "zh-CN",
        key: str | None = None,
        own: OwnTexts | None = None,
        otherwise: tuple[str, ...] = (),
        **facts: object,
    ) -> Message:
        """The message that ``template`` gives with these facts, in the district's ``own`` words where it has any.

        Raises ``ValueError`` as ``render`` does.
        """
        text = render(template, language, own=own, **facts)
        return cls(
            to=to,
            district=district,
            template=template,
            text=text,
            at=at,
            language=language,
            key=key,
            otherwise=otherwise,
        )


class Messenger(Protocol):
    """Whatever carries messages: a folder by default, a short-message gateway in production."""

    async def send(self, message: Message) -> None:
        """Hand ``message`` over for delivery; an error means that it was not handed over."""
