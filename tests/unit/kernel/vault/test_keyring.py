"""Master keys: what is derived, what is wrapped, and what a rotation leaves readable."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt

from bangban.kernel.vault import (
    KeyRing,
    MasterKey,
    MasterKeyWrong,
    SealBroken,
    new_data_key,
    rewrap_data_keys,
)

RING = KeyRing(MasterKey(bytes(range(32))))
OTHER = KeyRing(MasterKey(bytes(32)))


def test_what_is_derived_is_the_same_in_every_process_and_version() -> None:
    # These values are stored and signed with: were they to change, installations could not start.
    assert RING.key_id == "d3809bb5b5f8"
    assert RING.app_password("t1") == "e5RlzAX3R8APvNTewD7gyNx3iZ3JIqfi0tkZEdOIIbY"
    assert RING.signing_key().kid == "SJiLTXZiq731tE44JvG8XVhWkyywcnt3jlH3rcEGVRE"


def test_every_purpose_and_every_key_derives_something_else() -> None:
    derived = [
        RING.derive("a"),
        RING.derive("b"),
        OTHER.derive("a"),
        RING.app_password("a").encode(),
        RING.app_password("b").encode(),
        OTHER.app_password("a").encode(),
    ]
    assert len(set(derived)) == len(derived)
    assert len(RING.derive("a", 48)) == 48


def test_tokens_of_the_signing_key_verify_with_its_public_half_alone() -> None:
    key = RING.signing_key()
    assert isinstance(key.private_key, ec.EllipticCurvePrivateKey)
    assert (key.curve_name, key.alg, key.kid) == ("P-256", "ES256", key.thumbprint())
    token = jwt.encode({"alg": "ES256", "kid": key.kid}, {"sub": "x"}, key)
    public = type(key).import_key(key.as_dict(private=False))
    assert jwt.decode(token, public, algorithms=["ES256"]).claims == {"sub": "x"}


def test_a_rotation_keeps_former_tokens_and_passwords_known() -> None:
    rotated = RING.rotated()
    assert rotated.key_id != RING.key_id
    assert rotated.previous == (RING.current,)
    assert [key.kid for key in rotated.verifying_keys()] == [
        rotated.signing_key().kid,
        RING.signing_key().kid,
    ]
    assert rotated.app_passwords("t") == (rotated.app_password("t"), RING.app_password("t"))
    assert rotated.derive_all("p") == (rotated.derive("p"), RING.derive("p"))


def test_a_data_key_opens_for_its_own_district_and_installation_only() -> None:
    data_key = new_data_key()
    wrapped = RING.wrap_data_key(data_key, tag="t1", slug="zouping")
    assert RING.unwrap_data_key(wrapped, tag="t1", slug="zouping") == data_key
    for tag, slug in (("t1", "rushan"), ("t2", "zouping")):
        with pytest.raises(SealBroken):
            RING.unwrap_data_key(wrapped, tag=tag, slug=slug)


def test_another_master_key_is_named_as_the_wrong_one() -> None:
    wrapped = RING.wrap_data_key(new_data_key(), tag="t1", slug="zouping")
    with pytest.raises(MasterKeyWrong) as refused:
        OTHER.unwrap_data_key(wrapped, tag="t1", slug="zouping")
    for language in ("zh-CN", "en"):
        assert RING.key_id in refused.value.message(language)
        assert OTHER.key_id in refused.value.message(language)
        assert "BANGBAN_MASTER_KEY" in refused.value.message(language)


def test_the_wrong_key_has_a_sentence_where_no_id_is_known() -> None:
    assert MasterKeyWrong().message("en").startswith("This is the wrong master key: it")
    assert "主密钥不符" in MasterKeyWrong().message("zh")


@given(st.data())
def test_a_wrapped_key_changed_in_any_byte_opens_nothing(data: st.DataObject) -> None:
    wrapped = bytearray(RING.wrap_data_key(bytes(32), tag="t", slug="s"))
    place = data.draw(st.integers(0, len(wrapped) - 1))
    wrapped[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises((SealBroken, MasterKeyWrong)):
        RING.unwrap_data_key(bytes(wrapped), tag="t", slug="s")


@given(st.binary(max_size=80))
def test_bytes_that_never_were_a_wrapped_key_open_nothing(noise: bytes) -> None:
    with pytest.raises((SealBroken, MasterKeyWrong)):
        RING.unwrap_data_key(noise, tag="t", slug="s")


def test_rewrapping_a_registry_after_a_rotation() -> None:
    keys = {f"d{n}": new_data_key() for n in range(3)}
    registry = {slug: RING.wrap_data_key(key, tag="t", slug=slug) for slug, key in keys.items()}
    rotated = RING.rotated()
    registry["new"] = rotated.wrap_data_key(new_data_key(), tag="t", slug="new")
    changes = dict(rewrap_data_keys(rotated, registry.items(), tag="t"))
    assert set(changes) == set(keys)
    current_alone = KeyRing(rotated.current)
    for slug, key in keys.items():
        assert rotated.is_current(changes[slug])
        assert current_alone.unwrap_data_key(changes[slug], tag="t", slug=slug) == key
    assert not dict(rewrap_data_keys(rotated, (registry | changes).items(), tag="t"))


def test_rewrapping_stops_at_a_key_that_does_not_open() -> None:
    registry = [("zouping", OTHER.wrap_data_key(new_data_key(), tag="t", slug="zouping"))]
    with pytest.raises(MasterKeyWrong):
        list(rewrap_data_keys(RING, registry, tag="t"))


def test_no_secret_shows_in_a_representation() -> None:
    ring = KeyRing(MasterKey(b"s" * 32), (MasterKey(b"t" * 32),))
    assert "ssss" not in repr(ring)
    assert "tttt" not in repr(ring)


def test_a_master_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey(b"short")
