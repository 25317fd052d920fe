"""The acts of one sample case, added one after the other; each begins where the one before it left off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from bangban.features.cases import service
from bangban.features.cases.service import MissingMaterial
from bangban.features.cases.values import CaseOutcome, HelpKind
from bangban.features.catalog.values import ServiceKind
from bangban.features.demo import words
from bangban.features.demo.applying import Application
from bangban.features.demo.crew import Crew
from bangban.features.demo.script import Do, Part, Step, Who, nothing
from bangban.features.demo.stage import Item
from bangban.kernel.clock import WorkingCalendar

_DECIDED = frozenset({ServiceKind.LICENCE, ServiceKind.CONFIRMATION, ServiceKind.PAYMENT, ServiceKind.RULING})


@dataclass(kw_only=True)
class Journey:
    """A case on its way. Days are working days after the act before."""

    calendar: WorkingCalendar
    rng: Random
    item: Item
    crew: Crew
    application: Application
    steps: list[Step] = field(default_factory=list)
    accepted: int | None = None  # the index of the step
    promise_days: int = 0  # from acceptance to the day that tolerated materials are promised for

    def __post_init__(self) -> None:
        self._add(self.application.filer, service.apply_for_case, how=self.application.how)

    @property
    def span(self) -> int:
        """Working days from the first act to the last."""
        return sum(step.days for step in self.steps)

    @property
    def before_acceptance(self) -> int:
        """Working days from the first act to acceptance."""
        assert self.accepted is not None  # asked of accepted cases only
        return sum(step.days for step in self.steps[: self.accepted + 1])

    # ------------------------------------------------------------------ before acceptance

    def pre_check(self) -> None:
        """初审: complete, or all that is lacking can be tolerated."""
        opinion = self.rng.choice(words.CHECKED)
        self._add(
            self.crew.checker, service.pre_check_case, days=self._soon(), how=lambda _: {"opinion": opinion}
        )

    def check_promised(self) -> None:
        """核对容缺材料: what was promised came and is right."""
        self._add(self.crew.checker, service.pre_check_case)

    def notice(self) -> list[str]:
        """反馈: one notice of all that the application lacks, and maybe of a paper that is no good."""
        faulty = [code for code in self.application.supplied if self.rng.random() < 0.15]
        codes = [*self.application.lacking, *faulty]
        missing = [
            MissingMaterial(
                code, words.REASONS[0] if code not in faulty else self.rng.choice(words.REASONS[1:])
            )
            for code in codes
        ]
        opinion = self.rng.choice(words.NOTICE_OPINIONS)
        self._add(
            self.crew.checker,
            service.pre_check_case,
            days=self._soon(),
            how=lambda _: {"missing": missing, "opinion": opinion},
        )
        return codes

    def notice_again(self) -> list[str]:
        """A second notice, which is a breach on record: by a supervisor, about one paper that is there."""
        assert self.crew.supervisor is not None  # the planner has looked
        code = self.rng.choice(self.item.owed)
        missing = [MissingMaterial(code, words.REPEATED)]
        self._add(
            self.crew.supervisor,
            service.pre_check_case,
            days=self.rng.randint(0, 1),
            how=lambda _: {"missing": missing},
        )
        return [code]

    def supply(self, codes: Sequence[str], *, days: int) -> None:
        """补交材料, by the applicant, or by a helper who may act for them."""
        agency = self.application.help is HelpKind.AGENCY
        by_staff = self.rng.random() < (0.7 if agency else 0.25)
        who: Who = Part.APPLICANT
        if by_staff and self.crew.supplier is not None:
            who = self.crew.supplier
        self._add(who, service.supply_materials, days=days, how=lambda _: {"codes": list(codes)})

    def accept(self) -> None:
        """受理; with tolerance where the application left room for it."""
        tolerated = list(self.application.tolerated)
        if tolerated:
            limits = (self.item.tolerable[code] for code in tolerated)
            longest = min(
                self.item.promised, *(days for days in limits if days is not None), self.item.promised
            )
            self.promise_days = self.rng.randint(max(1, longest // 2), longest)

        def how(day: date) -> dict[str, Any]:
            if not tolerated:
                return {}
            return {
                "tolerated": tolerated,
                "promised_by": self.calendar.add_working_days(day, self.promise_days),
            }

        self.accepted = len(self.steps)
        self._add(self.crew.decider, service.accept_case, days=self._soon(), how=how)

    def decline(self) -> None:
        """不予受理."""
        how = {"reason": self.rng.choice(words.DECLINE), "basis": words.BASIS}
        self._add(self.crew.decider, service.decline_case, days=self.rng.randint(0, 3), how=lambda _: how)

    # ------------------------------------------------------------------ after acceptance

    def hand_over(self, *, days: int) -> None:
        """交接, by the holder or by a dispatcher."""
        dispatched = self.crew.dispatcher is not None and self.rng.random() < 0.35
        who: Who = self.crew.dispatcher if dispatched and self.crew.dispatcher else Part.HOLDER
        reason = self.rng.choice(words.HAND_OVER)
        step = Step(
            who=who,
            do=service.hand_over_case,
            days=days,
            how=lambda _: {"reason": reason},
            receivers=self.crew.receivers,
        )
        self.steps.append(step)

    def take_over(self, *, days: int) -> None:
        """接收."""
        self._add(Part.RECEIVER, service.take_over_case, days=days)

    def give_back(self, *, days: int) -> None:
        """退回."""
        reason = self.rng.choice(words.RETURN)
        self._add(Part.RECEIVER, service.return_case, days=days, how=lambda _: {"reason": reason})

    def suspend(self, *, days: int) -> None:
        """中止."""
        reason = self.rng.choice(words.SUSPEND)
        self._add(self.crew.decider, service.suspend_case, days=days, how=lambda _: {"reason": reason})

    def resume(self, *, days: int) -> None:
        """恢复办理."""
        self._add(self.crew.decider, service.resume_case, days=days)

    def complete(self, *, days: int, number: int) -> None:
        """办结, now and then with a refusal. ``number`` makes the number of the result."""
        if self.item.kind in _DECIDED and self.rng.random() < 0.06:
            self.refuse(days=days)
        else:
            self.grant(days=days, number=number)

    def grant(self, *, days: int, number: int) -> None:
        """办结 as was asked for."""
        how: dict[str, Any] = {"outcome": CaseOutcome.DONE, "opinion": self.rng.choice(words.DONE)}
        if self.item.kind in _DECIDED:
            how |= {"outcome": CaseOutcome.GRANTED, "result_number": f"样例字第{number:05d}号"}
        if self.application.collectable:
            how["collected"] = self.rng.random() < 0.6
        self._add(self.crew.decider, service.complete_case, days=days, how=lambda _: how)

    def refuse(self, *, days: int) -> None:
        """办结 with a refusal, which says why and by what."""
        how = {
            "outcome": CaseOutcome.REFUSED,
            "opinion": self.rng.choice(words.REFUSED),
            "basis": words.BASIS,
        }
        self._add(self.crew.decider, service.complete_case, days=days, how=lambda _: how)

    def rate(self, how: dict[str, Any]) -> None:
        """评价, by the applicant."""
        self._add(Part.APPLICANT, service.rate_case, days=self.rng.randint(0, 5), how=lambda _: how)

    def withdraw(self, *, days: int) -> None:
        """撤回, mostly by the applicant; staff state the applicant's request."""
        reason = self.rng.choice(words.WITHDRAW)
        who: Who = self.crew.decider if reason and self.rng.random() < 0.2 else Part.APPLICANT
        self._add(who, service.withdraw_case, days=days, how=lambda _: {"reason": reason})

    def terminate(self, *, days: int) -> None:
        """终止, by a supervisor; for a promise that was not kept where there was one."""
        assert self.crew.supervisor is not None  # the planner has looked
        reason = words.TERMINATE[0] if self.application.tolerated else self.rng.choice(words.TERMINATE[1:])
        how = {"reason": reason, "basis": words.TERMINATION_BASIS}
        self._add(self.crew.supervisor, service.terminate_case, days=days, how=lambda _: how)

    # ------------------------------------------------------------------

    def _soon(self) -> int:
        return self.rng.choices((0, 1, 2), (5, 4, 1))[0]

    def _add(self, who: Who, do: Do, *, days: int = 0, how: Any = nothing) -> None:
        self.steps.append(Step(who=who, do=do, days=days, how=how))
