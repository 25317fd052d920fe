"""What strangers and owners of the key may do to an archive, and how each is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

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
