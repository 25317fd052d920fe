"""Refusals about staff, assignments and teams."""

from __future__ import annotations

from typing import NamedTuple

from bangban.features.people.values import StaffSource
from bangban.kernel.faulty import faults_counted
from bangban.kernel.problems import ErrorCode, NotFound, Problem


class StaffUnknown(NotFound):
    """There is no such member of staff, or the caller may not see them."""

    def __init__(self, *, field: str = "input.staffId") -> None:
        super().__init__("member of staff", "工作人员", fields=(field,))


class AssignmentUnknown(NotFound):
    """There is no such assignment, or the caller may not see it."""

    def __init__(self, *, field: str = "input.assignmentId") -> None:
        super().__init__("assignment", "任职", fields=(field,))


class PeopleFault(NamedTuple):
    """What is wrong with one drafted person, assignment, team or membership, named by its keys."""

    key: str
    zh: str
    en: str


class PeopleFaulty(Problem):
    """An import was refused whole; every fault in it is named at once."""

    zh = "人员数据有 {count} 处错误:{faults_zh}"
    en = "The staff data has {counted}: {faults_en}"

    def __init__(self, faults: tuple[PeopleFault, ...]) -> None:
        self.faults = faults
        super().__init__(
            fields=tuple(dict.fromkeys(f"people.{fault.key}" for fault in faults)),
            count=len(faults),
            counted=faults_counted(len(faults)),
            faults_zh="".join(f"{fault.key}:{fault.zh}" for fault in faults),
            faults_en=" ".join(f"{fault.key}: {fault.en}" for fault in faults),
        )


class StaffInactive(Problem):
    code = ErrorCode.CONFLICT
    zh = "{name}已不在职。"
    en = "{name} no longer works here."


class AssignmentOverlaps(Problem):
    """The same person holds the same role at the same area once at a time."""

    code = ErrorCode.CONFLICT
    zh = "此人自 {since} 起已在该区域担任 {role}。"
    en = "This person already holds {role} at this area since {since}."


class AuditorApart(Problem):
    """Who audits does no casework at the same time: separation of duties (DOMAIN 3.16)."""

    code = ErrorCode.CONFLICT
    zh = "审计员不得同时担任其他岗位。"
    en = "An auditor holds no other role at the same time."


class PlaceOnly(Problem):
    """The district has areas of this level as places, but posts nobody there."""

    zh = "“{name}”仅作地址,本地区不在 {level} 层级任职。"
    en = "{name} is a place only: nobody is posted at the level {level} here."


class DatesReversed(Problem):
    zh = "结束日期 {until} 早于开始日期 {since}。"
    en = "It ends on {until}, before it begins on {since}."


class AssignmentOver(Problem):
    """An assignment is shortened, never stretched: who held what stays as it was."""

    code = ErrorCode.CONFLICT
    zh = "该任职已于 {until} 结束;继续任职请另行登记。"
    en = "This assignment ends on {until}; to go on, make another one."


class LastAdmin(Problem):
    """Somebody can always manage the district."""

    code = ErrorCode.CONFLICT
    zh = "这是全区最后一名系统管理员,请先指定继任者。"
    en = "This is the district's last administrator; appoint a successor first."


class EmailWrong(Problem):
    zh = "电子邮箱有误。"
    en = "This is not an e-mail address."


class WeComWrong(Problem):
    zh = "企业微信账号有误:1 至 64 个字母、数字、点、@、下划线或连字符。"
    en = "This is no userid of enterprise WeChat: 1 to 64 letters, digits, dots, @, underscores or hyphens."


class LoginWrong(Problem):
    zh = "登录名由 3 至 32 个小写字母、数字、点、下划线或连字符组成,以字母或数字开头。"
    en = (
        "A login has 3 to 32 lower-case letters, digits, dots, underscores or hyphens, and starts with a "
        "letter or a digit."
    )


class LoginTaken(Problem):
    code = ErrorCode.CONFLICT
    zh = "登录名 {login} 已被使用。"
    en = "The login {login} is taken."


class NumberTaken(Problem):
    """The number by which a person is known in lists; ``key`` in the tables."""

    code = ErrorCode.CONFLICT
    zh = "工号 {number} 已被使用。"
    en = "The number {number} is taken."


class NameWrong(Problem):
    zh = "姓名应为 1 至 {most} 个字,不含换行和不可见字符。"
    en = "A name has 1 to {most} characters, on one line and without invisible ones."


class StillHoldsCases(Problem):
    """Every open case has somebody who answers for it, so whoever goes passes them on first (DOMAIN C12)."""

    code = ErrorCode.CONFLICT
    zh = (
        "{name}名下还有 {held} 件未办结的办件、{offered} 件待接收的交接;请先交接或退回,再停用账号或结束任职。"
    )
    en = (
        "{name} still holds {held} open cases and is offered {offered}; hand over what is held and return what "
        "is offered first."
    )


class NumberWrong(Problem):
    zh = "工号应为 1 至 {most} 个字符。"
    en = "A number has 1 to {most} characters."


class LanguageUnknown(Problem):
    zh = "语言应为 zh-CN 或 en。"
    en = "A language is zh-CN or en."


class RoleUnknown(Problem):
    zh = "没有可任职的角色“{role}”。"
    en = "There is no role {role} to hold."


class TrainingRequired(Problem):
    """The district lets only those who attended a training on this item do anything with it (DOMAIN K01)."""

    code = ErrorCode.FORBIDDEN
    zh = "办理事项 {service} 须先参加该事项的培训。"
    en = "Item {service} takes a training on it first."

    def __init__(self, service: str, field: str = "input.number") -> None:
        super().__init__(fields=(field,), service=service)


class SourceUnknown(Problem):
    """A list of people names a source that is not one of those (DOMAIN G04)."""

    zh = "人员来源须为以下之一:{known_zh}。"
    en = "Where a person comes from is one of: {known}."

    def __init__(self, *, known_zh: list[str], known: list[StaffSource]) -> None:
        super().__init__(fields=("input.source",), known_zh=known_zh, known=known)
