"""How a matter is done on a phone 掌上办 (DOMAIN F01): in which app, by which link, in which steps. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from bangban.kernel.identifiers.names import shown_name

MOST_STEPS: Final = 20
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]{1,30})://[^\s\"'<>\\]{1,500}")
# What a browser would run or open by itself, and what goes in the clear.
_NEVER: Final = frozenset({"javascript", "data", "vbscript", "file", "blob", "about", "http", "ftp"})


class MobileApp(StrEnum):
    """Where a matter is done 掌办应用类型."""

    APP = "APP"
    WECHAT_MINI_PROGRAM = "WECHAT_MINI_PROGRAM"
    WEB = "WEB"


@dataclass(frozen=True, kw_only=True, slots=True)
class MobileDraft:
    """The guide as written. ``validated_on``: when somebody last went through all steps and they were right."""

    app: MobileApp
    name: str
    link: str
    steps: tuple[str, ...]
    steps_en: tuple[str, ...] = ()
    validated_on: date | None = None


def said_of(draft: MobileDraft | None) -> dict[str, Any] | None:
    """The guide as rows, texts of items and the API have it."""
    if draft is None:
        return None
    said = {
        "app": draft.app.value,
        "name": draft.name,
        "link": draft.link,
        "steps": list(draft.steps),
        "stepsEn": list(draft.steps_en) or None,
        "validatedOn": draft.validated_on.isoformat() if draft.validated_on else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def mobile_of(said: Mapping[str, Any] | None) -> MobileDraft | None:
    """The draft that ``said_of`` told of."""
    if said is None:
        return None
    validated = said.get("validatedOn")
    return MobileDraft(
        app=MobileApp(said["app"]),
        name=said["name"],
        link=said["link"],
        steps=tuple(said["steps"]),
        steps_en=tuple(said.get("stepsEn") or ()),
        validated_on=date.fromisoformat(validated) if validated else None,
    )


def faults_of(draft: MobileDraft) -> Iterator[tuple[str, str, str, str]]:
    """Field, code and words of each fault."""
    scheme = _SCHEME.fullmatch(draft.link)
    allowed = scheme is not None and scheme[1] not in _NEVER
    if draft.app is MobileApp.WEB:
        allowed = allowed and scheme is not None and scheme[1] == "https"
    if draft.app is MobileApp.WECHAT_MINI_PROGRAM:
        allowed = allowed and scheme is not None and scheme[1] in ("https", "weixin")
    if not allowed:
        yield (
            "mobile.link",
            "MOBILE_LINK",
            "掌办链接有误:网页用 https://,小程序用 https:// 或 weixin://,应用可用自有协议。",
            "The link is wrong: https:// for pages, that or weixin:// for mini-programs, or an app's own scheme.",
        )
    if shown_name(draft.name) is None:
        yield (
            "mobile.name",
            "MOBILE_NAME",
            "应写明掌办应用的名称,不含换行和不可见字符。",
            "Name the app, on one line and without invisible characters.",
        )
    sound = 1 <= len(draft.steps) <= MOST_STEPS and all(each.strip() for each in draft.steps + draft.steps_en)
    if not sound or len(draft.steps_en) not in (0, len(draft.steps)):
        yield (
            "mobile.steps",
            "MOBILE_STEPS",
            f"掌办步骤应为 1 至 {MOST_STEPS} 步,英文步骤不写或逐步对应。",
            f"There are 1 to {MOST_STEPS} steps, and in English none or as many.",
        )
