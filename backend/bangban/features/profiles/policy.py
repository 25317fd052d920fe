"""``policy.csv``: access lines that a district adds to the shipped policy, in the shipped file's own form."""

from __future__ import annotations

from pathlib import Path

from bangban.features.profiles.documents import read_text
from bangban.features.profiles.faults import FaultList
from bangban.kernel.access.guard import read_own_lines
from bangban.kernel.access.lines import PolicyLine
from bangban.kernel.access.problems import PolicyFaulty


def read_policy(path: Path, faults: FaultList) -> tuple[PolicyLine, ...]:
    """The file's lines, judged as the platform judges them; a district without the file has none."""
    if not path.exists():
        return ()
    text = read_text(path, faults)
    if text is None:
        return ()
    try:
        return read_own_lines(text)
    except PolicyFaulty as faulty:
        for fault in faulty.faults:
            faults.error(path, fault.number, f"本行{fault.zh}。", f"This line {fault.en}.")
        return ()
