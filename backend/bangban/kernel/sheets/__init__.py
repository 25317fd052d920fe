"""Tables that people send as files: CSV in the encodings that offices use, and XLSX.

Pure: bytes go in, lines with checked cells and precise faults come out. Nothing is guessed silently: what can be
read in one way only is read (full-width digits, dates as Excel's serial numbers), all else is a fault that names
line and column. ``docs/areas.md`` says for people what is done with each trouble.
"""

from bangban.kernel.sheets.columns import Column, Kind, Line, LineFault, Sheet
from bangban.kernel.sheets.problems import SheetUnreadable
from bangban.kernel.sheets.reading import MOST_BYTES, MOST_LINES, read_sheet

__all__ = [
    "MOST_BYTES",
    "MOST_LINES",
    "Column",
    "Kind",
    "Line",
    "LineFault",
    "Sheet",
    "SheetUnreadable",
    "read_sheet",
]
