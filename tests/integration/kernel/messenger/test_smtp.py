"""Mail: encrypted, signed in, in Chinese; and what the server says decides whether to try again."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.integration.kernel.messenger.letters import CODE, MAIL, heard, letter, listening

from bangban.kernel.messenger import Message
from bangban.kernel.messenger.channel import NotSent, Undeliverable
from bangban.kernel.messenger.smtp import SmtpChannel, SmtpServer

PASSWORD = "a-password-of-the-mail-server"


@dataclass
class Box:
    """What a mail server was given; ``answers`` at each step instead of its own."""

    mails: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, to: str, _options: Any) -> str:
        envelope.rcpt_tos.append(to)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.mails.append(cast("EmailMessage", message_from_bytes(envelope.content, policy=policy.default)))
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def signed_in(self, _server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == PASSWORD.encode()
        if right:
            self.users.append(given.login.decode())
        return AuthResult(success=right, handled=right)


@dataclass(frozen=True)
class Certificate:
    """The server's context, and the one of a client that trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder: Path = tmp_path_factory.mktemp("smtp")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    file = folder / "both.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + pem
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return Certificate(server, ssl.create_default_context(cadata=pem.decode()))


@contextmanager
def running(box: Box, certificate: Certificate | None) -> Iterator[int]:
    """A mail server on a free port of the loopback; with a certificate it asks for encryption and a sign-in."""
    options: dict[str, Any] = {}
    if certificate is not None:
        options = {
            "tls_context": certificate.server,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": box.signed_in,
        }
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> asyncio.Server:
        return await loop.create_server(
            lambda: SMTP(box, hostname="mail.test", loop=loop, **options), "127.0.0.1", 0
        )

    async def stop(server: asyncio.Server) -> None:
        server.close()
        others = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(5)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def deliver(port: int, message: Message, to: str = MAIL, **options: Any) -> None:
    server = SmtpServer(
        **{"host": "127.0.0.1", "port": port, "sender": "hall@example.test", "timeout": 5.0, **options}
    )
    asyncio.run(SmtpChannel(server).deliver(message, to))


def plain(port: int, message: Message, to: str = MAIL) -> None:
    deliver(port, message, to, starttls=False)


def test_mail_goes_out_encrypted_and_signed_in_and_says_what_it_says(certificate: Certificate) -> None:
    box = Box()
    with running(box, certificate) as port:
        deliver(port, letter(to=MAIL), context=certificate.client, user="hall", password=PASSWORD)
    (mail,) = box.mails
    assert box.encrypted == [True]
    assert box.users == ["hall"]
    assert (mail["To"], mail["From"]) == (MAIL, "hall@example.test")
    assert mail["Subject"] == "【帮办】消息通知"
    assert mail.get_content().strip() == letter().text
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(certificate: Certificate) -> None:
    box = Box()
    with running(box, certificate) as port, pytest.raises(NotSent):
        deliver(port, letter(to=MAIL), user="hall", password=PASSWORD)  # the system's authorities
    assert box.mails == []


def test_without_encryption_nothing_goes_out_unless_the_settings_say_so() -> None:
    box = Box()
    with running(box, None) as port:
        with pytest.raises(NotSent):
            deliver(port, letter(to=MAIL))
        assert box.mails == []
        plain(port, letter(to=MAIL, language="en"))
    assert box.mails[0]["Subject"] == "Bangban: a message for you"


def test_a_wrong_password_is_for_somebody_to_mend(certificate: Certificate) -> None:
    box = Box()
    with running(box, certificate) as port, pytest.raises(NotSent, match="sign-in"):
        deliver(port, letter(to=MAIL), context=certificate.client, user="hall", password="wrong")


def test_a_repetition_has_the_same_id_and_another_message_another() -> None:
    box = Box()
    with running(box, None) as port:
        for message in (letter(to=MAIL), letter(to=MAIL), letter(to=MAIL, key="000000000008")):
            plain(port, message)
    first, again, other = (mail["Message-ID"] for mail in box.mails)
    assert first == again != other


@pytest.mark.parametrize(
    ("step", "answer", "refusal"),
    [
        ("RCPT", "550 no such mailbox", Undeliverable),
        ("RCPT", "450 mailbox busy", NotSent),
        ("DATA", "554 not wanted", Undeliverable),
        ("DATA", "452 no room", NotSent),
    ],
)
def test_the_servers_word_decides_whether_to_try_again(
    step: str, answer: str, refusal: type[Exception]
) -> None:
    box = Box(answers={step: answer})
    with running(box, None) as port, pytest.raises(refusal):
        plain(port, letter(to=MAIL))


@pytest.mark.parametrize("to", ["a@b.test\r\nBcc: c@d.test", "no address", "", "@", "a@b.test, c@d.test"])
def test_an_address_is_one_address(to: str) -> None:
    box = Box()
    with running(box, None) as port, pytest.raises(Undeliverable):
        plain(port, letter(to=MAIL), to)
    assert box.mails == []


def test_nobody_there() -> None:
    with pytest.raises(NotSent, match="no connection"):
        deliver(1, letter(to=MAIL))


def test_of_no_failure_anything_is_heard(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    listening(caplog)
    caplog.set_level("CRITICAL", logger="mail.log")  # the test's own server's
    said = ""
    for answer in ("550 no someone@example.test here", "450 later", "250 OK"):
        with running(Box(answers={"RCPT": answer}), None) as port:
            try:
                plain(port, letter(to=MAIL))
            except (NotSent, Undeliverable):
                said += traceback.format_exc()
    said += heard(caplog, capsys)
    for secret in (MAIL, CODE, letter().text):
        assert secret not in said
    assert "Traceback" in said
