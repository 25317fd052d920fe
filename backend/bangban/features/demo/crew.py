"""Who of the staff deals with one case: whom the district's policy lets do each of the acts over its area."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from bangban.features.demo.stage import Item, Member, Place, Stage
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import Permission

MOST_RECEIVERS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Crew:
    """``filer`` may apply for people here, ``checker`` pre-checks, ``decider`` accepts, ends and completes.

    ``receivers`` may be handed the case. Whoever is None is nobody here.
    """

    filer: Principal | None
    checker: Principal
    decider: Principal
    supplier: Principal | None
    dispatcher: Principal | None
    supervisor: Principal | None
    receivers: tuple[Principal, ...]


def find_crew(stage: Stage, item: Item, place: Place, rng: Random) -> Crew | None:
    """The people for a case of this item here, or None where nobody may check or decide it."""
    checker = stage.pick(rng, Permission.CASE_PRE_CHECK, place.path, levels=item.checked_at)
    decider = stage.pick(rng, Permission.CASE_ACCEPT, place.path, levels=item.handled_at)
    if checker is None or decider is None or not _decides(stage, item, place, decider):
        return None
    return Crew(
        filer=stage.pick(rng, Permission.CASE_APPLY, place.path),
        checker=checker,
        decider=decider,
        supplier=stage.pick(rng, Permission.CASE_SUPPLY, place.path),
        dispatcher=stage.pick(rng, Permission.CASE_HAND_OVER, place.path),
        supervisor=_both(stage, place, rng),
        receivers=_receivers(stage, place, rng),
    )


def _decides(stage: Stage, item: Item, place: Place, who: Principal) -> bool:
    """A district may have lines of its own by which somebody accepts what they may not end."""
    (member,) = (each for each in stage.members if each.principal is who)
    at = [Permission.CASE_COMPLETE, Permission.CASE_DECLINE]
    anywhere = [Permission.CASE_SUSPEND, Permission.CASE_RESUME, Permission.CASE_WITHDRAW]
    return all(member.may(each, place.path, levels=item.handled_at) for each in at) and all(
        member.may(each, place.path) for each in anywhere
    )


def _both(stage: Stage, place: Place, rng: Random) -> Principal | None:
    """Somebody who both terminates and repeats notices: a supervisor."""
    able = [
        each
        for each in stage.able(Permission.CASE_TERMINATE, place.path)
        if each.may(Permission.CASE_NOTICE_AGAIN, place.path)
    ]
    return rng.choice(able).principal if able else None


def _receivers(stage: Stage, place: Place, rng: Random) -> tuple[Principal, ...]:
    """Helpers and window clerks who serve this area, in an order to try them in."""
    able = [each for each in stage.members if each.depth(place.path) >= 0 and _takes(stage, each)]
    rng.shuffle(able)
    return tuple(each.principal for each in able[:MOST_RECEIVERS])


def _takes(stage: Stage, member: Member) -> bool:
    return any(
        held.role in {Role.HELPER, Role.WINDOW_CLERK}
        and all(
            stage.policy.allows(held.role, Reach.OWN, permission)
            for permission in (Permission.CASE_TAKE_OVER, Permission.CASE_RETURN, Permission.CASE_HAND_OVER)
        )
        for held in member.principal.assignments
    )
