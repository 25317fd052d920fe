"""What may be recorded of a proxy use, and what becomes of its case. Pure (DOMAIN C16, invariant 5).

Nothing that a resident typed is ever kept. What was entered, what was shown and in which app are names out of the
district's lists, so neither a password nor a number has anywhere to go.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules.authority import require_authority
from bangban.features.cases.rules.facts import FINAL, Actor, CaseFacts
from bangban.features.cases.rules.transition import Event
from bangban.features.cases.values import AuthorisationScope, EventKind, HelpKind
from bangban.features.catalog.values import Channel
from bangban.features.proxy_use.problems import AppliedByProxyAlready, ConsentStale, NotAName
from bangban.features.proxy_use.values import Consent, ProxyStep

SETTING: Final = "proxy"
"""Key in the profile's settings."""

FIELDS: Final = (
    *("姓名", "证件类型", "证件号码", "手机号", "住址", "银行账户", "家庭成员", "单位名称", "申请事由"),
    *("材料照片", "人脸核验", "短信验证码", "登录密码"),
)
SHOWN: Final = (
    "办事指南",
    "所需材料",
    "收费标准",
    "个人信息",
    "待遇或余额",
    "申请回执",
    "办理进度",
    "办理结果",
)
APPS: Final = ("国家政务服务平台", "省政务服务平台", "市政务服务平台", "微信小程序", "银行自助终端")
CONSENT_HOURS: Final = 12

_SCOPES: Final[Mapping[ProxyStep, AuthorisationScope]] = {
    ProxyStep.APPLY: AuthorisationScope.APPLY,
    ProxyStep.SUPPLY: AuthorisationScope.SUPPLY_MATERIALS,
}
_STEP_ZH: Final[Mapping[ProxyStep, str]] = {
    ProxyStep.APPLY: "代为申请",
    ProxyStep.SUPPLY: "代为补交",
    ProxyStep.LOOK_UP: "代为查询",
}
_CONSENT_ZH: Final[Mapping[Consent, str]] = {Consent.SPOKEN: "口头同意", Consent.SIGNED: "书面同意"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProxyLists:
    """The names that a district lets be recorded, and how long a consent holds."""

    fields: Sequence[str] = FIELDS
    shown: Sequence[str] = SHOWN
    apps: Sequence[str] = APPS
    consent_hours: int = CONSENT_HOURS


def lists_of(settings: Mapping[str, Any]) -> ProxyLists:
    """What a district's settings say, or the usual."""
    return ProxyLists(**(settings.get(SETTING) or {}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """One use: the step, how and when the resident agreed, the app, and names of what was entered and shown."""

    step: ProxyStep
    consent: Consent
    consented_at: datetime
    app: str
    entered: Sequence[str] = ()
    shown: Sequence[str] = ()


def check_use(use: Use, lists: ProxyLists, *, now: datetime) -> None:
    """Whether this may be recorded.

    Raises:
        NotAName: Something is no name of the lists.
        ConsentStale: The consent lies ahead, or longer ago than it holds.
    """
    _named("app", (use.app,), lists.apps)
    _named("entered", use.entered, lists.fields)
    _named("shown", use.shown, lists.shown)
    if not now - timedelta(hours=lists.consent_hours) <= use.consented_at <= now:
        raise ConsentStale(fields=("input.consentedAt",), hours=lists.consent_hours)


def used_on(case: CaseFacts, use: Use, *, channel: Channel, actor: Actor, today: Any) -> tuple[Event, bool]:
    """What the timeline says of it, and whether the case was applied for by it: its channel is PROXY then.

    Raises:
        IllegalTransition: The case is over, and this was more than a look.
        AppliedByProxyAlready: It was applied for by proxy before.
        AuthorisationRequired: An AGENCY case whose power of attorney does not cover the step today (invariant 5).
    """
    if use.step is not ProxyStep.LOOK_UP and case.state in FINAL:
        raise IllegalTransition(case.state)
    if case.help is HelpKind.AGENCY:
        wanted = frozenset({_SCOPES[use.step]}) if use.step in _SCOPES else frozenset(AuthorisationScope)
        require_authority(case.authorisation, wanted, today=today)
    applied = use.step is ProxyStep.APPLY
    if applied and channel is Channel.PROXY:
        raise AppliedByProxyAlready
    told = [_STEP_ZH[use.step], use.app, _CONSENT_ZH[use.consent]]
    told += [f"录入 {'、'.join(use.entered)}"] if use.entered else []
    told += [f"展示 {'、'.join(use.shown)}"] if use.shown else []
    event = Event(
        kind=EventKind.PROXY_USED,
        from_state=case.state,
        to_state=case.state,
        actor=actor.shown,
        note=";".join(told),
    )
    return event, applied


def _named(field: str, given: Sequence[str], known: Collection[str]) -> None:
    if len(set(given)) != len(given) or not set(given) <= set(known):
        raise NotAName(fields=(f"input.{field}",), field=field, known=known)
