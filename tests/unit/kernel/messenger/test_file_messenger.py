"""The default messenger: one private file a message, whole, in order."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from bangban.kernel.messenger import FileMessenger, Message, Messenger, Template

AT = dt.datetime(2026, 6, 12, 9, 59, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def message(*, at: dt.datetime = AT, code: str = "123456") -> Message:
    return Message.of(
        Template.SIGN_IN_CODE,
        to="15400000001",
        district="zouping",
        at=at,
        language="zh-CN",
        brand="帮办",
        code=code,
        minutes=5,
    )


def send(folder: Path, *messages: Message) -> list[Path]:
    async def all_of_them() -> None:
        messenger: Messenger = FileMessenger(folder)
        await asyncio.gather(*(messenger.send(one) for one in messages))

    asyncio.run(all_of_them())
    return sorted(folder.iterdir())


def test_a_file_holds_exactly_what_gateways_read(tmp_path: Path) -> None:
    (file,) = send(tmp_path / "var" / "outbox", message())
    assert file.suffix == ".json"
    assert json.loads(file.read_text(encoding="utf-8")) == {
        "to": "15400000001",
        "district": "zouping",
        "template": "sign_in_code",
        "text": "【帮办】登录验证码 123456，5 分钟内有效。请勿告知他人，工作人员不会索要验证码。",
        "at": "2026-06-12T01:59:00.123Z",
    }


def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        (file,) = send(tmp_path / "outbox", message())
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_names_sort_by_moment_and_none_is_lost(tmp_path: Path) -> None:
    later = [message(at=AT + dt.timedelta(seconds=n), code=f"{n:06d}") for n in range(20)]
    files = send(tmp_path, *reversed(later), *(message() for _ in range(20)))
    assert len(files) == 40
    moments = [json.loads(file.read_text(encoding="utf-8"))["at"] for file in files]
    assert moments == sorted(moments)


def test_a_message_sent_again_with_its_key_is_still_one(tmp_path: Path) -> None:
    once = replace(message(), key="000000000007")
    (file,) = send(tmp_path, once, once, once)
    assert file.name.endswith("-000000000007.json")


def test_a_refused_write_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(json, "dump", full)
    with pytest.raises(OSError, match="No space left"):
        send(tmp_path, message())
    assert list(tmp_path.iterdir()) == []


def test_recipient_and_text_stay_out_of_logs() -> None:
    shown = repr(message(code="778899"))
    assert "15400000001" not in shown
    assert "778899" not in shown


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        message(at=AT.replace(tzinfo=None))
