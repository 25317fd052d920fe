"""Files in the API: what is sent, and what is said of lines at fault."""

from __future__ import annotations

from collections.abc import Iterable

import strawberry

from bangban.kernel.sheets.columns import LineFault


@strawberry.input(description="A file that is sent along 文件.")
class FileInput:
    name: str = strawberry.field(description="Its name, shown to people only 文件名.")
    content: bytes = strawberry.field(description="Its bytes 内容.")


@strawberry.type(description="What is wrong in a line of a file 文件中的错误.")
class ImportFault:
    line: int = strawberry.field(description="Line of the file, the header being the first 行号.")
    column: str | None = strawberry.field(description="Header of the column, if it is one cell 列名.")
    message: str = strawberry.field(description="What is wrong, in the caller's language 原因.")


def import_faults(faults: Iterable[LineFault], language: str) -> list[ImportFault]:
    """The faults in the caller's language."""
    return [
        ImportFault(line=fault.line, column=fault.column, message=fault.message(language)) for fault in faults
    ]
