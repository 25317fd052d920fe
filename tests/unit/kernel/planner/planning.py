"""Plans operations without a database: the contract, a caller who may do as told, and the planner."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from graphql import (
    FragmentDefinitionNode,
    GraphQLObjectType,
    OperationDefinitionNode,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from bangban.kernel.access.grants import Scope
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.parameters import Facts
from bangban.kernel.planner.planner import Planner, Ready
from bangban.kernel.planner.selection import Selected, Selector
from bangban.web.schema import core_schema

ROOT = "01972b3c00007000800000000000000a"


@dataclass
class Told:
    """Grants that are what a test says; the whole district where it says nothing."""

    scopes: dict[Permission, Scope] = field(default_factory=dict)

    def scope(self, permission: Permission) -> Scope:
        return self.scopes.get(permission, Scope(whole=True))


def facts(grants: Told | None = None, *, kind: str = "STAFF", **values: Any) -> Facts:
    """What a request of this kind of caller brings."""
    known: dict[str, Any] = {
        "today": date(2026, 11, 21),
        "ordinal": 1700,
        "next_ordinal": 1701,
        "days_left": 30,
        "now": datetime(2026, 11, 21, 2, tzinfo=UTC),
        "local_minute": '{"day": "2026-11-21", "key": "Sa", "minute": 600}',
        "local_days": '{"zone": "Asia/Shanghai", "days": []}',
        "handling": ["window-clerk TOWN"],
        "templates": "[]",
        "shipped_wordings": "[]",
        "zone": ZoneInfo("Asia/Shanghai"),
        "me": None,
        "kind": kind,
        "name": None,
        "permissions": [],
        "duty": None,
        "language": "zh-CN",
        "ticket": b"ticket",
        "district_slug": "zouping",
        "district_status": "LIVE",
        "allowed_origins": [],
        "trusted_documents_only": False,
        "fleet_head": "0010",
        "fleet_known": ["0010"],
    }
    derivations = {
        "identity": lambda text: f"hash of {text}",
        "phone": lambda text: f"hash of {text}",
        "visitor": lambda text: f"hash of {text}",
        "local_minute": lambda at: f'{{"day": "{at:%Y-%m-%d}", "key": "Mo", "minute": 600}}',
        "local_days": lambda _: '{"zone": "Asia/Shanghai", "days": []}',
        "days_off": lambda _: [],
        "paper_number": lambda code: f"number of {code}",
        "paper_id": lambda code: f"id of {code}",
        "paper_kind": lambda code: f"kind of {code}",
        "paper_mark": lambda code: f"mark of {code}",
        "calendar_year": lambda year: f'{{"year": {year}}}',
    }
    told: Any = grants or Told()
    return Facts(grants=told, principal_kind=kind, values=known | values, derivations=derivations)


def tree_of(text: str, **variables: Any) -> tuple[Selected, ...]:
    """The selected fields of a document's one operation."""
    document = parse(text)
    assert not validate(core_schema(), document)
    (operation,) = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    values = get_variable_values(core_schema(), operation.variable_definitions or (), variables)
    assert not isinstance(values, list), values
    root = core_schema().get_root_type(operation.operation)
    assert isinstance(root, GraphQLObjectType)
    return Selector(fragments, values).tree(root, [operation.selection_set])


def planned(
    text: str,
    *,
    planner: Planner | None = None,
    given: Facts | None = None,
    audit: bool = False,
    platform: bool = False,
    **variables: Any,
) -> Ready:
    """The statement for a document."""
    used = Planner() if planner is None else planner  # an empty one is false
    return used.operation(tree_of(text, **variables), given or facts(), audit=audit, platform=platform)
