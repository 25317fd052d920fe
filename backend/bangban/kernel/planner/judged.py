"""Arguments that a rule looks at before a statement is asked: what it refuses never reaches PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from bangban.kernel.planner.parameters import Facts, Given, Path, Recipe
from bangban.kernel.problems import Problem


class OutOfOrder(Problem):
    """A question about some days or moments names a last one that lies before the first."""

    zh = "起止颠倒:{until}早于{since}。"
    en = "It ends before it begins: `{until}` lies before `{since}`."

    def __init__(self, since: str, until: str) -> None:
        super().__init__(fields=(since, until), since=since, until=until)


class OutOfRange(Problem):
    """A number is smaller or larger than what is answered."""

    zh = "{field}应在 {least} 到 {most} 之间。"
    en = "`{field}` must be between {least} and {most}."

    def __init__(self, field: str, *, least: int, most: int) -> None:
        super().__init__(fields=(field,), field=field, least=least, most=most)


@dataclass(frozen=True)
class Judged(Recipe):
    """The argument ``path`` of the field at ``site``, once ``judge`` has let it pass; it raises what it refuses."""

    judges: ClassVar[bool] = True
    site: Path
    path: Path
    judge: Callable[[Any], None]

    @property
    def place(self) -> Given:
        return Given(self.site, self.path)

    def value(self, given: Any, facts: Facts) -> Any:  # noqa: ARG002 - the recipes' signature
        self.judge(given)
        return given


@dataclass(frozen=True)
class Between:
    """Whether a number is one of those from ``least`` to ``most``; raises OutOfRange."""

    field: str
    least: int
    most: int

    def __call__(self, given: int) -> None:
        if not self.least <= given <= self.most:
            raise OutOfRange(self.field, least=self.least, most=self.most)


class Usual(StrEnum):
    """Which of the two is today where it is left out."""

    NEITHER = "NEITHER"
    SINCE = "SINCE"
    UNTIL = "UNTIL"


@dataclass(frozen=True)
class InOrder(Recipe):
    """``name``, one of ``since`` and ``until``, which stand at ``path`` in the arguments of the field at ``site``.

    Days or moments; ``usual`` says which of them is today where nothing is said. Raises OutOfOrder.
    """

    judges: ClassVar[bool] = True
    site: Path
    path: Path
    name: str
    usual: Usual

    @property
    def place(self) -> Given:
        return Given(self.site, self.path)

    def value(self, given: Any, facts: Facts) -> Any:
        said: Mapping[str, Any] = given or {}
        ends = {
            name: facts.values["today"] if said.get(name) is None and self.usual == usual else said.get(name)
            for name, usual in (("since", Usual.SINCE), ("until", Usual.UNTIL))
        }
        since, until = ends["since"], ends["until"]
        if since is not None and until is not None and until < since:
            raise OutOfOrder(*(".".join((*self.path, name)) for name in ends))
        return ends[self.name]
