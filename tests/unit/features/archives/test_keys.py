"""Keys of archives: a passphrase opens one, nothing else does, and a value opens in its own place only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.archives.keys import ArchiveKey, backup_key, lock, unlock
from bangban.features.archives.problems import ArchiveAltered, PassphraseWeak, PassphraseWrong

PASSPHRASE = "河边的柳树发芽了 2026 年"
KEY = ArchiveKey.fresh()


def test_the_passphrase_opens_the_lock_and_another_does_not() -> None:
    locked = lock(KEY, PASSPHRASE)
    assert unlock(locked, PASSPHRASE).secret == KEY.secret
    assert locked != lock(KEY, PASSPHRASE)
    for wrong in ("", PASSPHRASE + " ", PASSPHRASE.upper() + "x"):
        with pytest.raises(PassphraseWrong):
            unlock(locked, wrong)
    for changed in ({"n": 2**14}, {"salt": "AAAA"}, {"sealed": locked.sealed[:-4]}, {"sealed": "!"}):
        with pytest.raises(PassphraseWrong):
            unlock(locked.model_copy(update=changed), PASSPHRASE)


def test_a_lock_that_wants_gigabytes_is_not_tried() -> None:
    with pytest.raises(PassphraseWrong):
        unlock(lock(KEY, PASSPHRASE).model_copy(update={"n": 2**20, "r": 32}), PASSPHRASE)


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaaaaaa", "abcabcabcabcabc"])
def test_a_passphrase_that_is_soon_guessed_is_refused(weak: str) -> None:
    with pytest.raises(PassphraseWeak):
        lock(KEY, weak)


@given(st.text(st.characters(exclude_categories=("Cs",))), st.text(max_size=20), st.text(max_size=20))
def test_a_value_opens_in_its_own_place_and_looks_the_same_each_time(
    text: str, place: str, other: str
) -> None:
    sealed = KEY.seal(text, place=place)
    assert sealed == KEY.seal(text, place=place)
    assert KEY.open(sealed, place=place) == text
    if other != place:
        assert KEY.seal(text, place=other) != sealed
        with pytest.raises(ArchiveAltered):
            KEY.open(sealed, place=other)
    with pytest.raises(ArchiveAltered):
        ArchiveKey.fresh().open(sealed, place=place)


def test_a_backups_key_follows_from_the_districts_and_is_not_it() -> None:
    data_key = bytes(range(32))
    assert backup_key(data_key).secret == backup_key(data_key).secret != data_key
    assert backup_key(bytes(32)).secret != backup_key(data_key).secret
