"""A district's vault: sealed for one place, hashed for one purpose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.vault import DistrictVault, SealBroken
from bangban.kernel.vault.aead import AES_256_GCM, seal_bytes

VAULT = DistrictVault(bytes(range(32)))
OTHER = DistrictVault(bytes(32))
PHONE = "case.applicant.phone"


@given(st.text(), st.text())
def test_what_is_sealed_opens_again_in_its_own_context(text: str, context: str) -> None:
    assert VAULT.open(VAULT.seal(text, context=context), context=context) == text


def test_it_opens_in_no_other_context_and_no_other_district() -> None:
    sealed = VAULT.seal("15400000001", context=PHONE)
    with pytest.raises(SealBroken):
        VAULT.open(sealed, context="case.applicant.identity")
    with pytest.raises(SealBroken):
        OTHER.open(sealed, context=PHONE)


def test_equal_texts_are_sealed_differently_and_hide_theirs() -> None:
    seals = {VAULT.seal("15400000001", context=PHONE) for _ in range(50)}
    assert len(seals) == 50
    assert not any(b"154000" in sealed for sealed in seals)


def test_the_first_byte_names_the_algorithm() -> None:
    assert VAULT.seal("x", context=PHONE)[0] == AES_256_GCM
    for unknown in (b"", b"\x00", b"\xff" + VAULT.seal("x", context=PHONE)[1:]):
        with pytest.raises(SealBroken, match="algorithm"):
            VAULT.open(unknown, context=PHONE)


@given(st.data())
def test_a_seal_changed_in_any_byte_is_broken(data: st.DataObject) -> None:
    sealed = bytearray(VAULT.seal("15400000001", context=PHONE))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        VAULT.open(bytes(sealed), context=PHONE)


@given(st.integers(0, 39))
def test_a_seal_cut_short_is_broken(length: int) -> None:
    with pytest.raises(SealBroken):
        VAULT.open(VAULT.seal("15400000001", context=PHONE)[:length], context=PHONE)


def test_sealed_bytes_that_are_no_text_are_broken() -> None:
    sealed = seal_bytes(VAULT._seal_key, b"\xff\xfe", bound=PHONE.encode())
    with pytest.raises(SealBroken, match="no text"):
        VAULT.open(sealed, context=PHONE)


@given(st.text(), st.text())
def test_look_up_hashes_are_equal_for_equal_texts_only(one: str, other: str) -> None:
    first, second = (VAULT.lookup_hash(text, purpose="phone") for text in (one, other))
    assert len(first) == 32
    assert (first == second) is (one == other)


def test_look_up_hashes_differ_by_purpose_and_district() -> None:
    hashes = {
        VAULT.lookup_hash("15400000001", purpose="phone"),
        VAULT.lookup_hash("15400000001", purpose="identity"),
        OTHER.lookup_hash("15400000001", purpose="phone"),
    }
    assert len(hashes) == 3


def test_stored_forms_stay_readable() -> None:
    # Sealed and hashed by the first release: later ones must open and find them.
    sealed = bytes.fromhex("0199eb5f7410195274979a0929a4c756c0b1ce7e03e6028996f4885f40b3fe43b01d0dce5169ab5a")
    assert VAULT.open(sealed, context=PHONE) == "15400000001"
    assert (
        VAULT.lookup_hash("15400000001", purpose="phone").hex()
        == "d79151f4f6c0b683761f66d5b202e75d746675beba27b46ab20780fd42b2f211"
    )


def test_a_data_key_has_32_bytes_and_does_not_show() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        DistrictVault(b"short")
    assert repr(VAULT) == "DistrictVault()"
