"""Rules of files: what may be asked for, for which case. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from bangban.features.cases.values import CaseState
from bangban.features.uploads.problems import (
    CaseOver,
    FileTooLarge,
    MaterialUnnamed,
    NameUnfit,
    TooManyFiles,
)
from bangban.features.uploads.values import FileKind, UploadPurpose
from bangban.kernel.files.desk import FileTerms
from bangban.kernel.identifiers.names import shown_name

LONGEST_NAME: Final = 120  # characters

ENDINGS: Final[Mapping[FileKind, tuple[str, ...]]] = {
    FileKind.PDF: (".pdf",),
    FileKind.PNG: (".png",),
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.OFD: (".ofd",),
    FileKind.DOCX: (".docx",),
    FileKind.XLSX: (".xlsx",),
}

_FAILED: Final = frozenset({CaseState.DECLINED, CaseState.WITHDRAWN, CaseState.TERMINATED})
_DONE: Final = frozenset({CaseState.COMPLETED, CaseState.CLOSED})
_OUT_OF_A_NAME: Final = frozenset('/\\:*?"<>|')


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file that somebody wants to send. ``size`` in bytes."""

    purpose: UploadPurpose
    name: str
    kind: FileKind
    size: int
    material_code: str | None = None


def check_wanted(
    wanted: Wanted,
    *,
    state: CaseState,
    awaits: bool = False,
    materials: Collection[str],
    files: int,
    terms: FileTerms,
) -> Wanted:
    """The file as it is asked for, with a clean name, for a case with these ``materials`` and so many ``files``.

    ``awaits``: its result stands on the condition that materials come.

    Raises:
        FileTooLarge, TooManyFiles: Past the installation's terms.
        NameUnfit: A path, a name that would be shown as something else, or an ending of another kind.
        MaterialUnnamed: A MATERIAL without its code, or a code without it.
        CaseOver: A material once there is a result; anything but a result once the case ended without one.
    """
    if not 0 < wanted.size <= terms.most_bytes:
        raise FileTooLarge(terms.most_bytes)
    if (wanted.purpose is UploadPurpose.MATERIAL) is not (wanted.material_code in materials):
        raise MaterialUnnamed
    if wanted.purpose is not UploadPurpose.MATERIAL and wanted.material_code is not None:
        raise MaterialUnnamed
    if state in _FAILED or (wanted.purpose is UploadPurpose.MATERIAL and state in _DONE and not awaits):
        raise CaseOver
    if files >= terms.most_of_case:
        raise TooManyFiles(most=terms.most_of_case)
    return Wanted(
        purpose=wanted.purpose,
        name=checked_name(wanted.name, wanted.kind),
        kind=wanted.kind,
        size=wanted.size,
        material_code=wanted.material_code,
    )


def checked_name(name: str, kind: FileKind) -> str:
    """The name in its composed form without the blanks around it. Raises NameUnfit."""
    plain = shown_name(name)
    fit = (
        plain is not None
        and len(plain) <= LONGEST_NAME
        and not plain.startswith(".")
        and not _OUT_OF_A_NAME & set(plain)
        and plain.lower().endswith(ENDINGS[kind])
    )
    if plain is None or not fit:
        raise NameUnfit(ENDINGS[kind])
    return plain
