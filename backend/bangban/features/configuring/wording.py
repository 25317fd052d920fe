"""What each check before going live says: passed, and not passed with what to do. ``{n}`` is what was counted."""

from __future__ import annotations

from typing import Final, NamedTuple


class Wording(NamedTuple):
    """The sentences of one check. ``required``: going live needs it; the others are warnings."""

    required: bool
    passed_zh: str
    passed_en: str
    failed_zh: str
    failed_en: str


WORDINGS: Final[dict[str, Wording]] = {
    "admin": Wording(
        True,
        "有可登录的县级管理员。",
        "An administrator of the whole district can sign in.",
        "没有可登录的县级管理员:请为一名人员在县级区域任命 admin,并开通登录账号。",
        "No administrator of the whole district can sign in: give somebody with a login the role admin at the "
        "county.",
    ),
    "auditor": Wording(
        True,
        "有可登录的审计员。",
        "An auditor can sign in.",
        "没有可登录的审计员:请任命 auditor 并开通登录账号;审计员不能兼任其他角色。",
        "No auditor can sign in: give somebody with a login the role auditor; auditors hold no other role.",
    ),
    "contact": Wording(
        True,
        "已填写咨询电话。",
        "A phone for questions is set.",
        "未填写咨询电话:请用 configureDistrict 填写 contactPhone。",
        "There is no phone for questions: set contactPhone with configureDistrict.",
    ),
    "modes": Wording(
        True,
        "已选定帮办方式。",
        "Modes of help are chosen.",
        "未选定帮办方式:请用 configureDistrict 填写 modes。",
        "No mode of help is chosen: set modes with configureDistrict.",
    ),
    "levels": Wording(
        True,
        "使用的每个层级都有区域。",
        "Every level in use has areas.",
        "有 {n} 个层级没有区域:请导入或添加区域,或用 setLevels 停用这些层级。",
        "{n} levels have no area: import or add areas, or let the levels go with setLevels.",
    ),
    "catalog": Wording(
        True,
        "事项目录中有事项。",
        "The catalog has items.",
        "事项目录为空:请采用模板目录,或发布本地事项。",
        "The catalog is empty: adopt the template's items, or publish your own.",
    ),
    "items-handled": Wording(
        True,
        "每个事项都有人有权受理并办结。",
        "Every item is handled somewhere by somebody who may accept and complete it.",
        "有 {n} 个事项无人有权受理并办结:请在其办理层级(handledAt)任命窗口人员,或修改办理层级。",
        "{n} items are handled by nobody who may accept and complete them: give somebody such a role at a level "
        "of their handledAt, or change the levels.",
    ),
    "villages-covered": Wording(
        True,
        "每个村居都有帮办代办站。",
        "Every village is covered by a station.",
        "有 {n} 个村居没有帮办代办站:请在该村居或其镇街任命帮办员、导办员或窗口人员,或设立有成员的队伍。",
        "{n} villages are covered by no station: post a helper, guide or window clerk at the village or its town, "
        "or seat a team with members there.",
    ),
    "grids-covered": Wording(
        True,
        "每个网格都有帮办员。",
        "Every grid has an agent.",
        "有 {n} 个网格没有帮办员:请在这些网格任命 helper。",
        "{n} grids have no agent: give somebody the role helper at each of them.",
    ),
    "items-levels": Wording(
        False,
        "事项只在使用的层级办理。",
        "Items name only levels that are in use.",
        "有 {n} 个事项写有未使用的层级:请修改其办理或初审层级,或用 setLevels 启用该层级。",
        "{n} items name a level that is not in use: change where they are handled or pre-checked, or take the "
        "level into use with setLevels.",
    ),
    "calendar": Wording(
        False,
        "已公布的工作日历覆盖全部承诺时限。",
        "The published calendar reaches beyond all promised limits.",
        "已公布的工作日历在 {n} 个事项的承诺时限之前结束,届时期限为暂定:请平台在年度放假通知公布后导入。",
        "The published calendar ends before the promised limits of {n} items, so their dates are provisional: "
        "ask the platform to import the next holiday notice when it is out.",
    ),
    "origins": Wording(
        False,
        "已登记门户网址。",
        "Portals may call from their addresses.",
        "未登记门户网址,浏览器中的门户无法访问:请用 configureDistrict 填写 allowedOrigins。",
        "No portal's address is set, so none can call from a browser: set allowedOrigins with configureDistrict.",
    ),
}
"""By code, in the order in which they are shown."""
