"""Ways to change what an archive says of its files, by somebody who has its key and makes all digests agree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from bangban.features.archives.manifest import CONTENTS, INDEX

Change = Callable[[bytes], bytes | None]
NOBODY_FIRST = "00000000-0000-7000-8000-000000000000"
NOBODY = "ffffffff-0000-7000-8000-000000000000"


def entries(raw: bytes) -> list[dict[str, Any]]:
    """The lines of a file."""
    return [json.loads(line) for line in raw.splitlines()]


def lines(found: list[dict[str, Any]]) -> bytes:
    """A file of these lines, as PostgreSQL writes them."""
    return b"".join(
        json.dumps(each, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for each in found
    )


def first(**changes: Any) -> Change:
    """Change the first line."""

    def changed(raw: bytes) -> bytes:
        found = entries(raw)
        found[0] |= changes
        return lines(found)

    return changed


def flipped(raw: bytes) -> bytes:
    """One bit of what the first file holds is another one."""
    return raw[:40] + bytes([raw[40] ^ 1]) + raw[41:]


def rows_exchanged(raw: bytes) -> bytes:
    """The two rows tell of each other's contents."""
    one, other = entries(raw)
    told = ("size", "sha256")
    return lines(
        [{**one, **{each: other[each] for each in told}}, {**other, **{each: one[each] for each in told}}]
    )


def exchanged(index: bytes, contents: bytes) -> dict[str, Change]:
    """Two files get each other's contents."""
    one, other = entries(index)
    swapped = lines([{**other, "id": one["id"]}, {**one, "id": other["id"]}])
    cut = one["bytes"]
    return {INDEX: lambda _: swapped, CONTENTS: lambda _: contents[cut:] + contents[:cut]}


def one_less(index: bytes, contents: bytes) -> dict[str, Change]:
    """The first file is not in it."""
    one, other = entries(index)
    return {INDEX: lambda _: lines([other]), CONTENTS: lambda _: contents[one["bytes"] :]}


def one_more(index: bytes, contents: bytes) -> dict[str, Change]:
    """The second file's contents are there for another one too, which no case has."""
    one, other = entries(index)
    more = lines([one, other, {**other, "id": NOBODY}])
    return {INDEX: lambda _: more, CONTENTS: lambda _: contents + contents[one["bytes"] :]}


def last_less(index: bytes, contents: bytes) -> dict[str, Change]:
    """The second file is not in it."""
    one, _ = entries(index)
    return {INDEX: lambda _: lines([one]), CONTENTS: lambda _: contents[: one["bytes"]]}


def one_before(index: bytes, contents: bytes) -> dict[str, Change]:
    """The first file's contents are there for another one too, which no case has."""
    one, other = entries(index)
    more = lines([{**one, "id": NOBODY_FIRST}, one, other])
    return {INDEX: lambda _: more, CONTENTS: lambda _: contents[: one["bytes"]] + contents}


def changed_content(index: bytes, contents: bytes) -> dict[str, Change]:
    """A bit of the first file's contents is another one."""
    raw, found = flipped(contents), entries(index)
    found[0]["sha256"] = hashlib.sha256(raw[: found[0]["bytes"]]).hexdigest()
    return {INDEX: lambda _: lines(found), CONTENTS: lambda _: raw}


OWNERS: dict[str, Callable[[bytes, bytes], dict[str, Change]]] = {
    "two files exchanged": exchanged,
    "two files exchanged with their rows": exchanged,
    "a kept file less": one_less,
    "the last file less": last_less,
    "a file of nobody": one_more,
    "a file of nobody before others": one_before,
    "a changed file": changed_content,
    "a file twice": lambda *_: {INDEX: lambda raw: raw + raw.splitlines(keepends=True)[1]},
    "another size": lambda *_: {INDEX: first(size=5)},
    "a line that is none": lambda *_: {INDEX: lambda raw: raw + b"{}\n"},
    "a file that is said to be lost": lambda *_: {INDEX: first(whole=False)},
}
"""What a change does to the archive's index and contents."""

STRANGERS: dict[str, dict[str, Change]] = {
    "a changed bit": {CONTENTS: flipped},
    "a missing byte": {CONTENTS: lambda raw: raw[:-1]},
    "a byte more": {CONTENTS: lambda raw: raw + b"x"},
    "no contents": {CONTENTS: lambda _: None},
    "no index": {INDEX: lambda _: None},
    "another index": {INDEX: first(whole=False)},
    "another file": {"attachments/more": lambda _: b"x"},
}
"""By somebody without the key, who leaves the manifest as it is."""
