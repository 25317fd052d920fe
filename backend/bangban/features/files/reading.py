"""Tables that were sent, read without holding up other requests.

One file at a time in a process: reading a large one takes a second of the processor and up to some 200 MB, so files
wait for one another rather than share what requests need.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from bangban.kernel.sheets import MOST_LINES, Column, Sheet, SheetUnreadable, read_sheet

_READER: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sheets")


async def read_table(
    content: bytes,
    *,
    name: str,
    columns: Sequence[Column],
    most_lines: int = MOST_LINES,
    field: str = "input.file",
) -> Sheet:
    """``read_sheet`` in the thread that reads files; ``field`` is what sent it. Raises SheetUnreadable."""
    read = partial(read_sheet, content, name=name, columns=columns, most_lines=most_lines)
    try:
        return await asyncio.get_running_loop().run_in_executor(_READER, read)
    except SheetUnreadable as unreadable:
        unreadable.fields = (field,)
        raise
