"""``bangban messages test`` over a gateway on the loopback: what is said, and what it ends with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.kernel.messenger.gateways import Gateway, serving
from typer.testing import CliRunner, Result

from bangban.cli.commands import app
from bangban.settings import settings

PHONE = "15400000077"


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Gateway]:
    with serving() as found:
        monkeypatch.setenv("BANGBAN_VAR", str(tmp_path))
        monkeypatch.setenv("BANGBAN_SMS_URL", found.url)
        monkeypatch.setenv("BANGBAN_SMS_SECRET", "a-secret")
        settings.cache_clear()
        yield found
    settings.cache_clear()


def tried(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["messages", "test", *arguments])


def test_a_channel_that_works(gateway: Gateway) -> None:
    result = tried("--to", PHONE, "--district", "zouping", "--lang", "en")
    assert result.exit_code == 0
    assert "Handed over (phone)." in result.output
    (call,) = gateway.calls
    assert call.json["to"] == PHONE
    assert call.json["district"] == "zouping"


@pytest.mark.parametrize(("status", "said"), [(400, "answered 400"), (401, "answered 401")])
def test_one_that_does_not(gateway: Gateway, status: int, said: str) -> None:
    gateway.usual = (status, {"to": PHONE})
    result = tried("--to", PHONE, "--lang", "zh")
    assert result.exit_code == 1
    assert said in result.output
    assert "未送出" in result.output
    assert PHONE not in result.output


def test_what_has_no_channel_is_a_file(gateway: Gateway, tmp_path: Path) -> None:
    assert tried("--to", "someone@example.test").exit_code == 0
    (file,) = (tmp_path / "outbox").glob("*.json")
    assert json.loads(file.read_text("utf-8"))["to"] == "someone@example.test"
    assert gateway.calls == []
