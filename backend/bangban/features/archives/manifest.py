"""What an archive says of itself: ``manifest.json``. ``docs/archives.md`` describes it for others."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bangban.features.archives.keys import Lock
from bangban.features.archives.problems import ArchiveUnreadable
from bangban.kernel.tenancy.names import IDENTIFIER_PATTERN, SLUG_PATTERN

FORMAT: Final = "bangban-archive/1"
AUDIT_TABLES: Final = ("audit_entry", "audit_seal")
INDEX: Final = "attachments/index.jsonl"
CONTENTS: Final = "attachments/contents"

Identifier = Annotated[str, Field(pattern=f"^{IDENTIFIER_PATTERN.pattern}$")]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Kind(StrEnum):
    """What a file is for."""

    ARCHIVE = "archive"  # to leave with: opens anywhere with its passphrase, carries no credentials
    BACKUP = "backup"  # to stay at home: opens under the installation's own keys, carries everything


class Keeping(StrEnum):
    """How a column's values stand in a data file."""

    PLAIN = "plain"
    SEALED = "sealed"  # sealed in the database too
    PERSONAL = "personal"  # sealed in the archive only
    REBUILT = "rebuilt"  # not in the file: a look-up hash, made anew of another column
    GENERATED = "generated"  # in the file for readers, made by the database when it is loaded


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnFacts(_Facts):
    """One column. ``context``: what its seals are bound to; ``of`` and ``purpose``: what a hash is made of."""

    name: Identifier
    type: str
    keeping: Keeping
    context: str | None = None
    of: str | None = None
    purpose: str | None = None


class LinesFacts(_Facts):
    """A file of lines."""

    file: str
    rows: int = Field(ge=0)
    bytes: int = Field(ge=0)
    sha256: Digest


class TableFacts(LinesFacts):
    """One table and its data file. ``identity``: the column that numbers rows, ``last`` the last number given."""

    name: Identifier
    key: tuple[Identifier, ...]
    columns: tuple[ColumnFacts, ...]
    identity: Identifier | None = None
    last: int | None = None


class Attachments(_Facts):
    """What kept files hold: one sealed file after the other in ``contents``, as the lines of ``index`` say."""

    index: LinesFacts
    contents: str
    bytes: int = Field(ge=0)


class Attachment(_Facts):
    """One file's line in the index: ``bytes`` of ``contents``, with their digest; ``size`` in the clear.

    Not ``whole``: the file store had lost it or gave something else, and whatever there is of it is of no use.
    """

    id: UUID
    size: int = Field(gt=0)
    bytes: int = Field(ge=0)
    sha256: Digest
    whole: bool


class LeftOut(_Facts):
    """A table that does not leave."""

    table: Identifier
    why: str


class Proof(_Facts):
    """The trail's length and, where something is sealed, its last seal: a checkpoint signed by the installation."""

    entries: int
    seals: int
    checkpoint: dict[str, Any] | None


class Manifest(_Facts):
    """The whole of it. ``district`` holds the registry's facts, ``home`` the wrapped data key of a backup."""

    format: str = Field(pattern=f"^{FORMAT}$")
    kind: Kind
    product: str
    installation: str
    slug: str = Field(pattern=f"^{SLUG_PATTERN.pattern}$")
    district: dict[str, Any]
    revision: str
    taken_at: datetime = Field(alias="takenAt")
    lock: Lock | None = None
    home: str | None = None
    tables: tuple[TableFacts, ...]
    left_out: tuple[LeftOut, ...] = Field(alias="leftOut")
    files_left_out: int = Field(
        default=0, ge=0, alias="filesLeftOut"
    )  # kept ones, whose contents are not in it
    # Before files had contents in archives there stood an empty list.
    attachments: Annotated[Attachments | None, BeforeValidator(lambda given: given or None)] = None
    audit: Proof

    @property
    def files(self) -> int:
        """How many files' contents are in it."""
        return 0 if self.attachments is None else self.attachments.index.rows - self.files_left_out

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables)

    def table(self, name: str) -> TableFacts:
        """The facts of a table; raises KeyError."""
        return {each.name: each for each in self.tables}[name]

    def text(self) -> bytes:
        """The file's contents, the same for the same facts."""
        facts = self.model_dump(mode="json", by_alias=True)
        return (json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_manifest(raw: bytes) -> Manifest:
    """The manifest in a file's contents. Raises ArchiveUnreadable."""
    try:
        found = Manifest.model_validate_json(raw)
    except ValidationError:
        raise ArchiveUnreadable("its manifest is not one", "清单无法识别") from None
    names = [table.name for table in found.tables]
    files = [table.file for table in found.tables]
    held = found.attachments
    misplaced = held is not None and (held.index.file, held.contents) != (INDEX, CONTENTS)
    if len(set(names)) != len(names) or files != [file_of(name) for name in names] or misplaced:
        raise ArchiveUnreadable("its manifest contradicts itself", "清单自相矛盾")
    return found


def file_of(table: str) -> str:
    """Where a table's rows stand in the archive."""
    folder = "audit" if table in AUDIT_TABLES else "data"
    return f"{folder}/{table}.jsonl"
