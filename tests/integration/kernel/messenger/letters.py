"""Messages of which nothing may be seen in a log."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest

from bangban.kernel.messenger import Message, Template

AT = dt.datetime(2026, 6, 8, 2, tzinfo=dt.UTC)
PHONE, MAIL, OPENID = "15400000077", "someone@example.test", "oSampleOpenId"
CODE = "778899"


def letter(**changes: Any) -> Message:
    given: dict[str, Any] = {
        "to": PHONE,
        "district": "zouping",
        "at": AT,
        "key": "000000000007",
        "brand": "帮办",
        "code": CODE,
        "minutes": 5,
        **changes,
    }
    return Message.of(Template.SIGN_IN_CODE, **given)


def heard(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> str:
    """Whatever was logged, by whichever library, at whichever level."""
    return "".join(capsys.readouterr()) + "".join(record.getMessage() for record in caplog.records)


def listening(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
