"""What a portal hands in: files of GraphQL, or the manifest that its build tool wrote. Pure but for reading files.

Manifests are JSON: an object of hashes and texts, as Relay's compiler and GraphQL Code Generator write it, or
Apollo's persisted query manifest. Whatever hash a manifest states must be the SHA-256 of its text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

MOST_BYTES: Final = 32 * 1024 * 1024  # of one file
_APOLLO: Final = "apollo-persisted-query-manifest"
_TEXTS: Final = (".graphql", ".gql")


@dataclass(frozen=True, slots=True)
class Offered:
    """A document that was handed in. ``place`` says where it stands, for whoever has to correct it."""

    place: str
    text: str

    @property
    def sha256(self) -> bytes:
        """What it is known by: the hash of exactly these characters as UTF-8."""
        return sha256_of(self.text)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one document, in both languages."""

    place: str
    zh: str
    en: str


def sha256_of(text: str) -> bytes:
    """The SHA-256 of a document's text. A text that is no Unicode has one too; it is refused elsewhere."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def read_offered(path: Path) -> tuple[list[Offered], list[Fault]]:
    """The documents of a folder, a GraphQL file or a manifest, and everything that is wrong with them."""
    offered: list[Offered] = []
    faults: list[Fault] = []
    for file in _files(path):
        for found in _read(file):
            (offered if isinstance(found, Offered) else faults).append(found)  # type: ignore[arg-type]  # told apart
    if not offered and not faults:
        faults.append(Fault(str(path), "这里没有查询文档。", "There are no documents here."))
    return offered, faults


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.suffix in _TEXTS)
    return [path]


def _read(file: Path) -> Iterator[Offered | Fault]:
    try:
        if file.stat().st_size > MOST_BYTES:
            yield Fault(str(file), "文件过大。", "The file is too large.")
            return
        text = file.read_bytes().decode("utf-8")  # as it is: line ends are part of what is hashed
    except OSError:
        yield Fault(str(file), "无法读取此文件。", "The file cannot be read.")
    except UnicodeDecodeError:
        yield Fault(str(file), "文件不是 UTF-8 编码。", "The file is not UTF-8.")
    else:
        if file.suffix in _TEXTS:
            yield Offered(str(file), text)
        else:
            yield from _of_manifest(file, text)


def _of_manifest(file: Path, text: str) -> Iterator[Offered | Fault]:
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError):
        yield Fault(
            str(file), "既不是 .graphql 文件,也不是 JSON 清单。", "It is neither a .graphql file nor JSON."
        )
        return
    if isinstance(manifest, dict) and manifest.get("format") == _APOLLO:
        yield from _of_apollo(file, manifest)
    elif isinstance(manifest, dict):
        for key, body in manifest.items():
            yield _checked(f"{file}#{key}", key, body)
    else:
        yield Fault(
            str(file),
            "清单应是“哈希→文本”的对象,或 Apollo 的 persisted query manifest。",
            "A manifest is an object of hashes and texts, or Apollo's persisted query manifest.",
        )


def _of_apollo(file: Path, manifest: dict[str, Any]) -> Iterator[Offered | Fault]:
    operations = manifest.get("operations")
    if manifest.get("version") != 1 or not isinstance(operations, list):
        yield Fault(
            str(file), "只支持版本 1 的清单。", "Only version 1 of this manifest's format is understood."
        )
        return
    for number, operation in enumerate(operations):
        entry = operation if isinstance(operation, dict) else {}
        name = entry.get("name")
        place = f"{file}#{name if isinstance(name, str) else number}"
        yield _checked(place, entry.get("id"), entry.get("body"))


def _checked(place: str, stated: object, body: object) -> Offered | Fault:
    if not isinstance(body, str) or not body.strip():
        return Fault(place, "没有文本。", "It has no text.")
    offered = Offered(place, body)
    given = stated.lower().removeprefix("sha256:") if isinstance(stated, str) else None
    if given == offered.sha256.hex():
        return offered
    return Fault(
        place,
        "所写的哈希不是其文本的 SHA-256(Relay 请将 persistConfig.algorithm 设为 SHA256)。",
        "The hash is not the SHA-256 of its text (Relay: set persistConfig.algorithm to SHA256).",
    )
