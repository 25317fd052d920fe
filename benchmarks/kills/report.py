"""How many were killed and how many survived, on the screen while it goes on and in ``benchmarks/kills.md``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).resolve().parents[1] / "kills.md"
KILLED: Final = {"worker": "process (SIGKILL)", "server": "PostgreSQL (SIGQUIT)"}
_HEAD: Final = """\
# Kills

`python -m benchmarks.kills --what onboarding|migration|all --times N --minutes M` writes this: something is killed at
every step of the work, whoever comes next takes the work up again, and then all is looked at. Numbers are survived
of killed. Each part keeps the result of its last run.
"""


@dataclass
class Score:
    """What came of the kills of one kind of work. ``conditions``: Markdown."""

    title: str
    points: tuple[tuple[str, str], ...]
    conditions: str
    tried: Counter[tuple[tuple[str, str], str]] = field(default_factory=Counter)
    survived: Counter[tuple[tuple[str, str], str]] = field(default_factory=Counter)

    def note(self, point: tuple[str, str], killed: str, *, survived: bool) -> None:
        """One kill."""
        self.tried[point, killed] += 1
        self.survived[point, killed] += survived

    @property
    def whole(self) -> bool:
        """Whether all survived, and everything was killed at least once."""
        everything = {(point, killed) for point in self.points for killed in KILLED}
        return self.survived == self.tried and everything <= self.tried.keys()

    def section(self) -> str:
        """As a part of the page."""
        lines = [f"## {self.title}", "", self.conditions]
        lines += [f"| step | moment | {' | '.join(KILLED.values())} |", "| --- | --- | ---: | ---: |"]
        for point in self.points:
            cells = [f"{self.survived[point, killed]}/{self.tried[point, killed]}" for killed in KILLED]
            lines.append(f"| {' | '.join((*point, *cells))} |")
        lines += ["", f"**{self.survived.total()} of {self.tried.total()} survived.**"]
        return "\n".join(lines) + "\n"


def write(scores: list[Score], page: Path = PAGE) -> None:
    """Put these scores onto the page, in the place of what was measured before."""
    kept: dict[str, str] = {}
    if page.exists():
        for part in page.read_text("utf-8").split("\n## ")[1:]:
            kept[part.partition("\n")[0]] = f"## {part.rstrip()}\n"
    kept |= {each.title: each.section() for each in scores}
    page.write_text("\n".join([_HEAD, *(kept[title] for title in sorted(kept, reverse=True))]), "utf-8")
