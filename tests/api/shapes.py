"""The shapes in which the API's tests say what they know of a root field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.api.access_world import World
from tests.api.casework import Desk
from tests.api.clients import Client

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

EVERYBODY = "everybody"  # platform-wide and open, or about the caller alone
DISTRICT = "district"  # open inside one district
AREA = "area"  # of an area, or of the caller
OFFICE = "office"  # of the whole district, for those who keep it: held at its root or not at all
PLATFORM = "platform"  # of operators of more than one duty, or of administrators too; needs no district
OPERATORS = "operators"  # of the platform's operators and of nobody else


class Root(NamedTuple):
    """How a root field is asked, about something of branch a, and who may get an answer."""

    of: str
    query: str
    variables: Callable[[World], dict[str, Any]] = lambda _: {}
    found: tuple[str, ...] = ()  # codes that are an answer and no refusal of access
    caller: str = "window-clerk"  # the role whose permission it is
    wrong_area: str = (
        ""  # what people of another area are told, where it is not the usual; "DATA": the answer
    )
    may_be_empty: bool = False  # whoever may ask is answered with nothing here


class Attempt(NamedTuple):
    """A request for one permission, and the refusals that come from a rule behind access."""

    query: str
    variables: dict[str, Any]
    passed: frozenset[str] = frozenset()


Step = tuple[Client, dict[str, Any]]
"""Who sends a named mutation, and its input: something fresh for it to do."""


async def _nothing(work: Work, world: World) -> None:
    """The world as it is."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What the API's tests need to know of one part of it; each module of ``tests.api.parts`` has one, PART."""

    roots: Mapping[str, Root] = field(default_factory=dict)  # by "Query.name": who may and who may not
    attempts: Mapping[Permission, Attempt] = field(default_factory=dict)  # permissions that are about no case
    on_case: Mapping[Permission, Callable[[str, World], Attempt]] = field(
        default_factory=dict
    )  # those that are about the case with this number
    bounds: Mapping[str, int] = field(default_factory=dict)  # statements of each named operation
    steps: Mapping[str, Callable[[Desk], Step]] = field(default_factory=dict)  # each named mutation
    variables: Mapping[str, Callable[[Desk], dict[str, Any]]] = field(default_factory=dict)  # named queries
    watched: Mapping[str, Callable[[Desk], dict[str, Any]]] = field(
        default_factory=dict
    )  # named subscriptions
    logins: Mapping[str, str] = field(default_factory=dict)  # who sends a named query or watches
    elsewhere: frozenset[str] = frozenset()  # root queries that the planner's oracle leaves to other tests
    fill: Callable[[Work, World], Awaitable[None]] = _nothing  # what the world of the access tests needs
