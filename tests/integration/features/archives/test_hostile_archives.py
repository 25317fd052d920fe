"""Archives that somebody has been at: each refused with a reason, and nothing of them left anywhere."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.integration.features.archives.ground import KEY, Side, forged, member
from tests.integration.features.archives.tampered import AREAS, CASES, ENTRIES, OWNERS, STRANGERS
from tests.integration.features.cases.casework import World

from bangban.features.archives.keys import ArchiveKey
from bangban.features.archives.problems import (
    ArchiveAltered,
    ArchiveUnreadable,
    PassphraseWrong,
    TrailUnsound,
)


@pytest.mark.parametrize("what", STRANGERS)
def test_what_a_stranger_changed_is_refused(
    elsewhere: Side, world: World, archive: Path, tmp_path: Path, what: str
) -> None:
    changed = forged(archive, tmp_path / "changed.zip", **STRANGERS[what])
    with pytest.raises(ArchiveAltered):
        elsewhere.take_in(changed)
    assert elsewhere.traces(world.district.slug) == []
    assert not Path("/tmp/slipped").exists()


@pytest.mark.parametrize("what", OWNERS)
def test_what_the_owner_of_the_key_changed_is_refused(
    elsewhere: Side, world: World, archive: Path, tmp_path: Path, what: str
) -> None:
    how, problem = OWNERS[what]
    changed = forged(archive, tmp_path / "changed.zip", signed=True, **how)
    with pytest.raises(problem) as refused:
        elsewhere.take_in(changed)
    assert refused.type is problem
    assert elsewhere.traces(world.district.slug) == []
    assert elsewhere.traces("elsewhere") == []


def test_who_makes_everything_agree_but_has_no_key_is_found_out(
    elsewhere: Side, world: World, archive: Path, tmp_path: Path
) -> None:
    """A name is changed, counts and digests are made to fit: only the keyed hash of the manifest can tell."""
    renamed = forged(
        archive,
        tmp_path / "renamed.zip",
        change={AREAS: lambda raw: raw.replace(b'"name":"town-a"', b'"name":"town-x"', 1)},
        signed=True,
    )
    stranger = ArchiveKey.fresh()
    mac = stranger.mac(member(renamed, "manifest.json")).encode()
    changed = forged(renamed, tmp_path / "changed.zip", change={"manifest.mac": lambda _: mac})
    with pytest.raises(ArchiveAltered):
        elsewhere.take_in(changed)
    assert elsewhere.traces(world.district.slug) == []
    elsewhere.take_in(renamed)  # its owner may say of it what they like
    elsewhere.drop(world.district.slug)


def test_a_trail_that_was_written_anew_does_not_fit_the_checkpoint(
    elsewhere: Side, world: World, archive: Path, tmp_path: Path
) -> None:
    """Cut the newest seal and its entries off: the chain agrees with itself, the checkpoint does not."""
    seals = member(archive, "audit/audit_seal.jsonl").splitlines(keepends=True)
    upto = json.loads(seals[-2])["last_seq"]

    def cut(raw: bytes) -> bytes:
        return b"".join(each for each in raw.splitlines(keepends=True) if json.loads(each)["seq"] <= upto)

    changed = forged(
        archive,
        tmp_path / "cut.zip",
        change={"audit/audit_seal.jsonl": lambda _: b"".join(seals[:-1]), ENTRIES: cut},
        signed=True,
    )
    with pytest.raises(TrailUnsound):
        elsewhere.take_in(changed)
    assert elsewhere.traces(world.district.slug) == []


def test_a_bomb_is_not_unpacked(elsewhere: Side, world: World, archive: Path, tmp_path: Path) -> None:
    zeros = 80 * 1024 * 1024

    def swollen(facts: dict[str, Any]) -> None:
        next(t for t in facts["tables"] if t["name"] == "cases").update(bytes=zeros)

    bomb = forged(archive, tmp_path / "bomb.zip", change={CASES: lambda _: b"0" * zeros}, signed=True)
    with pytest.raises(ArchiveAltered):
        elsewhere.take_in(bomb)
    # Or one whose size is in no directory: it is read no further than the manifest says.
    lied = forged(archive, tmp_path / "lied.zip", change={CASES: lambda raw: raw * 3})
    with pytest.raises(ArchiveAltered):
        elsewhere.take_in(lied)
    assert elsewhere.traces(world.district.slug) == []


def test_what_is_no_archive_is_no_archive(elsewhere: Side, archive: Path, tmp_path: Path) -> None:
    raw = archive.read_bytes()
    for name, contents in {
        "empty": b"",
        "text": b"hello",
        "half": raw[: len(raw) // 2],
        "late": raw[:-7],
    }.items():
        file = tmp_path / name
        file.write_bytes(contents)
        with pytest.raises(ArchiveUnreadable):
            elsewhere.take_in(file)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("hello.txt", "hello")
    with pytest.raises(ArchiveUnreadable):
        elsewhere.take_in(tmp_path / "other.zip")


@pytest.mark.parametrize("place", range(3, 100, 16))
def test_a_flipped_bit_anywhere_is_found(
    elsewhere: Side, world: World, archive: Path, tmp_path: Path, place: int
) -> None:
    raw = bytearray(archive.read_bytes())
    raw[len(raw) * place // 100] ^= 0x10
    changed = tmp_path / "flipped.zip"
    changed.write_bytes(bytes(raw))
    try:
        elsewhere.take_in(changed)
    except (ArchiveAltered, ArchiveUnreadable, PassphraseWrong):
        assert elsewhere.traces(world.district.slug) == []
    else:  # a bit that no content depends on, such as one of a date
        assert elsewhere.verify(world.district.slug).sound
        elsewhere.drop(world.district.slug)


def test_the_manifest_alone_opens_nothing(archive: Path) -> None:
    assert KEY.mac(member(archive, "manifest.json")).encode() == member(archive, "manifest.mac").strip()
