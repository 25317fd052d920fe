"""Addresses say what they said when they were given out, and nobody can make one up."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.files.addresses import Address, Addresses, AddressUnknown
from bangban.kernel.ids import new_id

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KEY, FORMER = os.urandom(32), os.urandom(32)
OURS = Addresses(lambda: (KEY, FORMER))
GIVEN = Address("send", "zouping", new_id(), NOW + timedelta(seconds=60))
TOKEN = OURS.token(GIVEN)


def test_an_address_is_known_again_until_it_is_over() -> None:
    assert OURS.read(TOKEN, use="send", now=NOW) == GIVEN
    assert Addresses(lambda: (os.urandom(32), KEY)).read(TOKEN, use="send", now=NOW) == GIVEN  # keys rotate
    for use, now in (("file", NOW), ("send", GIVEN.until), ("send", GIVEN.until + timedelta(days=1))):
        with pytest.raises(AddressUnknown):
            OURS.read(TOKEN, use=use, now=now)


def test_another_installations_address_is_none() -> None:
    with pytest.raises(AddressUnknown):
        Addresses(lambda: (os.urandom(32),)).read(TOKEN, use="send", now=NOW)


def test_one_address_cannot_be_turned_into_another() -> None:
    told, _, mac = TOKEN.partition(".")
    raw = base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))
    forged = base64.urlsafe_b64encode(raw.replace(b"zouping", b"rushan1")).rstrip(b"=").decode()
    spelt = told[:-1] + chr(ord(told[-1]) + 1)  # the same bytes, perhaps, in other letters
    for token in (f"{forged}.{mac}", f"{spelt}.{mac}", told, f"{told}.", f"{told}.{mac}A", f".{mac}", ""):
        with pytest.raises(AddressUnknown):
            OURS.read(token, use="send", now=NOW)


@given(token=st.text() | st.builds("{}.{}".format, st.text(), st.text()))
def test_whatever_is_made_up_is_unknown(token: str) -> None:
    with pytest.raises(AddressUnknown):
        OURS.read(token, use="send", now=NOW)
