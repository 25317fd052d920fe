"""A checkpoint's file: read back as written, and refused when anything in it was changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bangban.kernel.audit.checkpoint import (
    Checkpoint,
    CheckpointForged,
    CheckpointUnreadable,
    read_checkpoint,
)
from bangban.kernel.vault.keyring import KeyRing, MasterKey

CHECKPOINT = Checkpoint(
    district="zouping",
    seal=3,
    last_seq=30,
    digest=bytes(range(32)),
    at=datetime(2026, 11, 21, 1, 2, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    return KeyRing(MasterKey.fresh())


def test_it_is_read_back_as_it_was_written(ring):
    signed = CHECKPOINT.signed(ring.signing_key())
    assert read_checkpoint(CHECKPOINT.text()) == CHECKPOINT
    assert read_checkpoint(signed.text(), keys=ring.verifying_keys()) == signed


def test_a_former_key_still_vouches_for_it(ring):
    signed = CHECKPOINT.signed(ring.signing_key())
    assert read_checkpoint(signed.text(), keys=ring.rotated().verifying_keys()) == signed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("district", "rushan"),
        ("seal", 4),
        ("lastSeq", 31),
        ("digest", "00" * 32),
        ("at", "2026-11-22T01:02:00+00:00"),
        ("signature", None),
        ("signature", "a..b"),
        ("signature", "不是签名"),
    ],
)
def test_a_changed_fact_breaks_the_signature(ring, name, value):
    facts = json.loads(CHECKPOINT.signed(ring.signing_key()).text())
    with pytest.raises(CheckpointForged):
        read_checkpoint(json.dumps(facts | {name: value}), keys=ring.verifying_keys())


def test_an_unsigned_one_and_another_installations_are_refused(ring):
    stranger = CHECKPOINT.signed(KeyRing(MasterKey.fresh()).signing_key())
    for text in (CHECKPOINT.text(), stranger.text()):
        with pytest.raises(CheckpointForged):
            read_checkpoint(text, keys=ring.verifying_keys())


@pytest.mark.parametrize("text", ["", "{}", "[]", "7", '{"format": "bangban-audit-checkpoint/1"}', "\x00"])
def test_anything_else_is_said_to_be_no_checkpoint(text):
    with pytest.raises(CheckpointUnreadable):
        read_checkpoint(text)
