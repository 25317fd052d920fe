"""Archives that somebody has been at: each refused with a reason, and nothing of them left anywhere."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.integration.features.archives.ground import KEY, Side, forged, member
from tests.integration.features.cases.casework import World

from bangban.features.archives.keys import ArchiveKey
from bangban.features.archives.problems import (
    ArchiveAltered,
    ArchiveTooNew,
    ArchiveUnreadable,
    PassphraseWrong,
    TrailUnsound,
    WrongKind,
)
from bangban.kernel.problems import Problem

SEALED_PHONE = re.compile(rb'"phone_sealed":"([^"]+)"')
CASES, AREAS, ENTRIES = "data/cases.jsonl", "data/area.jsonl", "audit/audit_entry.jsonl"


def doubled(raw: bytes) -> bytes:
    return raw + raw.splitlines(keepends=True)[0]


def row(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    """Change the first row of a file."""

    def changed(raw: bytes) -> bytes:
        first, *others = raw.splitlines(keepends=True)
        facts = json.loads(first)
        change(facts)
        return (
            json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" + b"".join(others)
        )

    return changed


def exchanged(raw: bytes) -> bytes:
    """Give each of two residents the other's sealed phone, and leave every other byte."""
    first, second = (found.group(1) for found in list(SEALED_PHONE.finditer(raw))[:2])
    assert first != second
    return raw.replace(first, b"<>").replace(second, first).replace(b"<>", second)


def without_mac(facts: dict[str, Any]) -> None:
    facts["tables"][0]["rows"] += 1


# By somebody without the key: whatever is changed, the keyed hash or the digests tell.
STRANGERS: dict[str, dict[str, Any]] = {
    "a changed byte": {"change": {CASES: lambda raw: raw.replace(b"TS2", b"TS3", 1)}},
    "a missing file": {"change": {AREAS: lambda raw: None}},
    "a missing line": {"change": {AREAS: lambda raw: raw.split(b"\n", 1)[1]}},
    "a doubled row": {"change": {AREAS: doubled}},
    "another manifest": {"manifest": without_mac},
    "a file more": {"add": [("data/more.jsonl", b"{}\n")]},
    "a way out": {"add": [("../../../../tmp/slipped", b"x")]},
    "an absolute way out": {"add": [("/tmp/slipped", b"x")]},
    "a file twice": {"add": [(CASES, b"{}\n")]},
}
# By somebody with the key, who makes counts, digests and the keyed hash agree: the contents themselves tell.
OWNERS: dict[str, tuple[dict[str, Any], type[Problem]]] = {
    "a doubled row": ({"change": {AREAS: doubled}}, ArchiveAltered),
    "a row that refers to nothing": (
        {"change": {CASES: row(lambda it: it.update(area_id="00000000-0000-7000-8000-000000000000"))}},
        ArchiveAltered,
    ),
    "a value of another type": (
        {"change": {CASES: row(lambda it: it.update(paused_days="soon"))}},
        ArchiveAltered,
    ),
    "a column less": ({"change": {CASES: row(lambda it: it.pop("state"))}}, ArchiveAltered),
    "a column more": ({"change": {CASES: row(lambda it: it.update(more=1))}}, ArchiveAltered),
    "a number that the database would not make": (
        {"change": {CASES: row(lambda it: it.update(number="TS20260101-000001"))}},
        ArchiveAltered,
    ),
    "no row": ({"change": {CASES: lambda raw: raw + b"[]\n"}}, ArchiveAltered),
    "half a letter": (
        {"change": {CASES: lambda raw: raw.replace(b'"note":null', b'"note":"\\ud800"', 1)}},
        ArchiveAltered,
    ),
    "a phone of another row": ({"change": {"data/resident.jsonl": exchanged}}, ArchiveAltered),
    "another district's profile": (
        {"change": {"data/profile.jsonl": row(lambda it: it.update(slug="elsewhere"))}},
        ArchiveAltered,
    ),
    "a count that lies": (
        {"manifest": lambda it: next(t for t in it["tables"] if t["name"] == "cases").update(rows=1)},
        ArchiveAltered,
    ),
    "a column that is said to be plain": (
        {
            "manifest": lambda it: next(
                c
                for t in it["tables"]
                if t["name"] == "cases"
                for c in t["columns"]
                if c["name"] == "phone_sealed"
            ).update(keeping="plain", context=None)
        },
        ArchiveAltered,
    ),
    "a credential": (
        {
            "manifest": lambda it: it["tables"].append(
                {**it["tables"][0], "name": "credential", "file": "data/credential.jsonl"}
            ),
            "add": [("data/credential.jsonl", b"")],
        },
        ArchiveAltered,
    ),
    "a table less": (
        {
            "change": {"data/violation.jsonl": lambda raw: None},
            "manifest": lambda it: it.update(tables=[t for t in it["tables"] if t["name"] != "violation"]),
        },
        ArchiveAltered,
    ),
    "a newer revision": ({"manifest": lambda it: it.update(revision="9999")}, ArchiveTooNew),
    "another district's slug": ({"manifest": lambda it: it.update(slug="elsewhere")}, ArchiveAltered),
    "an entry of the trail that was changed": (
        {
            "change": {
                ENTRIES: lambda raw: re.sub(b'"actor":"[^"]*"', b'"actor":"staff:nobody"', raw, count=1)
            }
        },
        TrailUnsound,
    ),
    "an entry that was taken out": ({"change": {ENTRIES: lambda raw: raw.split(b"\n", 1)[1]}}, TrailUnsound),
    "a lock that costs too much": (
        {"manifest": lambda it: it["lock"].update(n=2**20, r=32)},
        PassphraseWrong,
    ),
    "another kind": ({"manifest": lambda it: it.update(kind="backup")}, WrongKind),
    "a path in the manifest": (
        {"manifest": lambda it: it["tables"][0].update(file="../../etc/passwd")},
        ArchiveUnreadable,
    ),
    "a name that is SQL": (
        {"manifest": lambda it: it["tables"][0].update(name='x"; DROP SCHEMA platform; --')},
        ArchiveUnreadable,
    ),
}


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
