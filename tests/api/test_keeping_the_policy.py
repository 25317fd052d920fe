"""An administrator keeps the district's policy lines through the API; nobody can lock the district out."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from sqlalchemy import select
from tests.api.access_building import build
from tests.api.access_world import World
from tests.api.casework import Run, together
from tests.api.clients import Client, refusal

from bangban.kernel.access.guard import MOST_OWN_LINES
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

ADD = "mutation($input: AddPolicyLinesInput!) { addPolicyLines(input: $input) { applied added removed } }"
REMOVE = "mutation($input: RemovePolicyLinesInput!) { removePolicyLines(input: $input) { applied removed } }"
IMPORT = (
    "mutation($input: ImportPolicyLinesInput!) { importPolicyLines(input: $input)"
    " { applied added removed faults { line message } } }"
)
LINES = "query($shipped: Boolean) { policyLines(shipped: $shipped) { id source number role level action effect } }"
DRIFT = "{ templateDrift { code } }"


@pytest.fixture(scope="module")
def world(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    return build("policy-kept", installation, services, api, run)


@pytest.fixture(scope="module")
def admin(world: World) -> Client:
    return world.client("admin COUNTY")


def line(role: str, level: str, permission: str, effect: str = "ALLOW") -> dict[str, str]:
    subject, action = permission.split(":")
    return {"role": role, "level": level, "object": subject, "action": action, "effect": effect}


def file(text: str) -> dict[str, str]:
    return {"name": "规则.csv", "content": base64.b64encode(text.encode()).decode()}


def own(admin: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = admin(LINES).data["policyLines"]
    return found


def emptied(admin: Client) -> None:
    admin(REMOVE, input={"ids": [each["id"] for each in own(admin)]})


def test_a_line_counts_from_the_next_request_on_and_until_it_is_removed(world: World, admin: Client) -> None:
    leader = world.client("leader COUNTY")
    assert leader(DRIFT).code == "FORBIDDEN"
    given = [line("leader", "COUNTY", "catalog:manage")]
    done = admin(ADD, input={"lines": given}).data["addPolicyLines"]
    assert done == {"applied": True, "added": ["p, leader, COUNTY, catalog, manage, allow"], "removed": []}
    assert leader(DRIFT).data["templateDrift"]
    assert admin(ADD, input={"lines": given}).data["addPolicyLines"]["added"] == []
    (kept,) = own(admin)
    assert (kept["source"], kept["number"], kept["effect"]) == ("DISTRICT", 1, "ALLOW")
    for removed in (["p, leader, COUNTY, catalog, manage, allow"], []):
        done = admin(REMOVE, input={"ids": [kept["id"]]}).data["removePolicyLines"]
        assert done == {"applied": True, "removed": removed}
    assert leader(DRIFT).code == "FORBIDDEN"

    async def trail(work: Work) -> list[dict[str, Any]]:
        entry = AuditEntryRow
        rows = await work.db.scalars(
            select(entry.details).where(entry.object == "policy:lines").order_by(entry.seq.desc()).limit(2)
        )
        return list(rows.all())

    text = "p, leader, COUNTY, catalog, manage, allow"
    assert world.inside(trail) == [{"added": [], "removed": [text]}, {"added": [text], "removed": []}]


def test_every_process_is_told_of_a_change(world: World, admin: Client) -> None:
    heard: list[str] = []
    told = asyncio.Event()

    async def note(slug: str, _: str) -> None:
        heard.append(slug)
        told.set()

    world.services.listener.on("policy.changed", note)
    admin(ADD, input={"lines": [line("helper", "GRID", "case:pre-check")]})
    world.run(asyncio.wait_for(told.wait(), timeout=60))
    assert heard == [world.slug]
    emptied(admin)


def test_the_shipped_lines_are_listed_after_the_districts_own(world: World, admin: Client) -> None:
    admin(ADD, input={"lines": [line("helper", "GRID", "case:pre-check")]})
    for who in ("admin COUNTY", "auditor COUNTY"):
        found = world.client(who)(LINES, shipped=True).data["policyLines"]
        assert (found[0]["source"], found[0]["level"]) == ("DISTRICT", "GRID")
        assert len(found) > 100
        assert all(each["source"] == "SHIPPED" and each["id"] is None for each in found[1:])
    emptied(admin)


@pytest.mark.parametrize(
    "given",
    [
        line("admin", "COUNTY", "policy:manage", "DENY"),
        line("admin", "COUNTY", "policy:read", "DENY"),
        line("*", "*", "policy:*", "DENY"),
        line("employee", "*", "*:*", "DENY"),
        line("admin", "DISTRICT", "session:sign-in", "DENY"),
        line("auditor", "COUNTY", "audit:read", "DENY"),
        line("operator", "PLATFORM", "district:manage"),
        line("anonymous", "DISTRICT", "case:read"),
        line("leader", "COUNTY", "case:*"),
        line("nobody", "COUNTY", "case:read"),
    ],
    ids=lambda given: " ".join(given.values()),
)
def test_a_line_that_locks_out_or_reaches_too_far_takes_all_lines_with_it(
    admin: Client, given: dict[str, str]
) -> None:
    lines = [line("helper", "GRID", "case:pre-check"), given]
    assert refusal(admin(ADD, input={"lines": lines})) == ("INVALID_INPUT", ["input.lines.1"])
    assert own(admin) == []


def test_of_two_administrators_at_once_one_is_refused_where_both_would_be_too_much(
    world: World, admin: Client
) -> None:
    actions = ["read", "apply", "pre-check", "supply", "accept", "complete", "decline", "withdraw", "suspend"]
    actions += ["resume", "hand-over", "take-over", "return", "terminate", "reveal", "rate"]
    roles = ["dispatcher", "window-clerk", "guide", "helper", "supervisor", "leader"]
    every = [
        line(role, level, f"case:{action}", "DENY")
        for role in roles
        for level in ("TOWN", "VILLAGE", "GRID", "MICRO_GRID")
        for action in actions
    ]
    half = MOST_OWN_LINES // 2 + 1
    sent = [every[:half], every[half : 2 * half]]
    replies = world.run(together(*(admin.send(ADD, input={"lines": each}) for each in sent)))
    assert sorted("errors" in each.body for each in replies) == [False, True]
    (lost,) = (each for each in replies if "errors" in each.body)
    assert refusal(lost) == ("INVALID_INPUT", ["input.lines"])
    assert len(own(admin)) == half
    emptied(admin)


def test_a_file_is_seen_then_taken_and_the_same_again_changes_nothing(admin: Client) -> None:
    table = "角色,层级,对象,操作,效力\n帮办代办员,网格级,case,pre-check,允许\nguide,TOWN,case,apply,拒绝\n"
    text = "# 样例\np, helper, GRID, case, pre-check, allow\n"
    both = ["p, helper, GRID, case, pre-check, allow", "p, guide, TOWN, case, apply, deny"]
    seen = admin(IMPORT, input={"file": file(table)}).data["importPolicyLines"]
    assert seen == {"applied": False, "added": both, "removed": [], "faults": []}
    assert own(admin) == []
    for added in (both, []):
        done = admin(IMPORT, input={"file": file(table), "apply": True}).data["importPolicyLines"]
        assert (done["applied"], done["added"]) == (True, added)
    done = admin(IMPORT, input={"file": file(text), "apply": True}).data["importPolicyLines"]
    assert (done["added"], done["removed"]) == ([], [])
    done = admin(IMPORT, input={"file": file(text), "apply": True, "replace": True}).data["importPolicyLines"]
    assert (done["added"], done["removed"]) == ([], both[1:])
    emptied(admin)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("# 样例\n\np, helper, GRID, case, pre-check, allow\np, admin, COUNTY, policy, read, deny\n", [4]),
        ("p, helper, GRID, case\np, nobody, GRID, case, read, allow\n", [1, 2]),
        ("角色,层级,对象,操作\n帮办代办员,网格级,case,pre-check\n\nnobody,GRID,case,read\n", [4]),
        ("角色,层级,对象,操作\n,GRID,case,read\n", [2]),
    ],
)
def test_every_faulty_line_of_a_file_is_named_and_nothing_is_taken(
    admin: Client, text: str, wrong: list[int]
) -> None:
    seen = admin(IMPORT, input={"file": file(text)}).data["importPolicyLines"]
    assert (seen["applied"], seen["added"]) == (False, [])
    assert [each["line"] for each in seen["faults"]] == wrong
    code, fields = refusal(admin(IMPORT, input={"file": file(text), "apply": True}))
    assert code == "INVALID_INPUT"
    assert all(field.startswith("input.file.line.") for field in fields)
    assert own(admin) == []


def test_nobody_else_reads_or_keeps_the_policy(world: World) -> None:
    given = {"lines": [line("helper", "GRID", "case:pre-check")]}
    for who in ("admin TOWN", "auditor COUNTY", "leader COUNTY"):
        assert refusal(world.client(who)(ADD, input=given))[0] == "FORBIDDEN"
    assert refusal(world.anonymous(ADD, input=given))[0] == "UNAUTHENTICATED"
    assert world.client("leader COUNTY")(LINES).code == "FORBIDDEN"
    assert world.anonymous(LINES).code == "UNAUTHENTICATED"


def test_what_belongs_to_no_area_is_not_kept_by_a_part_of_the_district(world: World, admin: Client) -> None:
    permissions = ("policy:manage", "catalog:manage", "calendar:manage")
    admin(ADD, input={"lines": [line("admin", "TOWN", each) for each in permissions]})
    town = world.client("admin TOWN")
    for query in (
        "mutation { removePolicyLines(input: {ids: []}) { applied } }",
        "mutation { adoptTemplate(input: {apply: false}) { applied } }",
        'mutation { closeDay(input: {day: "2024-07-02", reason: "样例"}) { applied } }',
    ):
        assert town(query).code == "FORBIDDEN"
    emptied(admin)


def test_the_same_key_adds_once(admin: Client) -> None:
    key = {"Idempotency-Key": "add-one-line"}
    given = {"lines": [line("helper", "GRID", "case:pre-check")]}
    first = admin(ADD, headers=key, input=given)
    emptied(admin)
    assert admin(ADD, headers=key, input=given).data == first.data
    assert own(admin) == []
