"""Refusals about files that are sent to be imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bangban.kernel.faulty import faults_counted
from bangban.kernel.problems import Problem
from bangban.kernel.sheets.columns import LineFault

MOST_NAMED: Final = 20  # faults in the sentence; the fields and the preview name all


class ImportRefused(Problem):
    """Nothing of a file was taken, since lines of it are at fault.

    ``fields`` has ``<file>.line.<number>`` or ``<file>.line.<number>.<column>`` for each fault, in the file's order.
    """

    zh = "文件中有 {count} 处错误,未导入任何内容:{listed_zh}"
    en = "Nothing was imported, since the file has {counted}: {listed_en}"

    def __init__(self, faults: Sequence[LineFault], *, field: str = "input.file") -> None:
        self.faults = tuple(faults)
        more = len(self.faults) - MOST_NAMED
        super().__init__(
            fields=tuple(
                f"{field}.line.{fault.line}" + (f".{fault.column}" if fault.column else "")
                for fault in self.faults
            ),
            count=len(self.faults),
            counted=faults_counted(len(self.faults)),
            listed_zh="".join(_zh(fault) for fault in self.faults[:MOST_NAMED])
            + (f"另有 {more} 处。" if more > 0 else ""),
            listed_en=" ".join(_en(fault) for fault in self.faults[:MOST_NAMED])
            + (f" And {more} more." if more > 0 else ""),
        )


def _zh(fault: LineFault) -> str:
    return f"第 {fault.line} 行" + (f"“{fault.column}”" if fault.column else "") + f":{fault.zh}"


def _en(fault: LineFault) -> str:
    return f"Line {fault.line}" + (f", {fault.column}" if fault.column else "") + f": {fault.en}"
