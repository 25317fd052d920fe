"""Mail over SMTP, with STARTTLS and a sign-in. The standard library's client, in a thread of its own."""

from __future__ import annotations

import asyncio
import hashlib
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from bangban.kernel.messenger.channel import NotSent, Undeliverable
from bangban.kernel.messenger.message import Message

_NAME: Final = "smtp"
_SUBJECTS: Final = ("【帮办】消息通知", "Bangban: a message for you")


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """Where mail is handed over. ``user`` None: without a sign-in. ``timeout`` in seconds, of each step."""

    host: str
    port: int = 587
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = True
    timeout: float = 10.0
    context: ssl.SSLContext | None = field(default=None, repr=False)  # None: the system's authorities


class SmtpChannel:
    """Mail. The same message has the same Message-ID, by which mail systems know a repetition."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def deliver(self, message: Message, to: str) -> None:
        """Hand one mail over. Raises ``Undeliverable`` where the server wants none of it, else ``NotSent``."""
        try:
            mail = self._mail(message, to)
        except (
            ValueError,
            IndexError,
            HeaderParseError,
        ):  # what the library raises of addresses that are none
            raise Undeliverable(_NAME, "no address") from None
        await asyncio.to_thread(self._hand_over, mail)

    def _mail(self, message: Message, to: str) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        chinese = message.language.lower().startswith("zh")
        mail["Subject"] = _SUBJECTS[0 if chinese else 1]
        mail["From"] = self._server.sender
        mail["To"] = Address(addr_spec=to)
        mail["Date"] = message.at
        mail["Auto-Submitted"] = "auto-generated"
        if message.key is not None:
            digest = hashlib.sha256(f"{message.district} {message.key}".encode()).hexdigest()[:32]
            mail["Message-ID"] = f"<{digest}@{self._server.sender.rpartition('@')[2]}>"
        mail.set_content(message.text + "\n", charset="utf-8", cte="base64")
        return mail

    def _hand_over(self, mail: EmailMessage) -> None:
        server = self._server
        # What the library raises names people and texts, so nothing of it is passed on.
        try:
            client = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        except (OSError, smtplib.SMTPException):
            raise NotSent(_NAME, "no connection") from None
        try:
            if server.starttls:
                client.starttls(context=server.context or ssl.create_default_context())
            if server.user is not None:
                client.login(server.user, server.password or "")
            client.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _failure(max(codes, default=450), "recipient refused") from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError):
            raise NotSent(_NAME, "sign-in or sender refused") from None  # somebody has to mend the settings
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code, "refused") from None
        except (OSError, smtplib.SMTPException):
            raise NotSent(_NAME, "connection lost") from None
        finally:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
            client.close()


def _failure(code: int, why: str) -> Exception:
    return Undeliverable(_NAME, f"{why} ({code})") if code >= 500 else NotSent(_NAME, f"{why} ({code})")
