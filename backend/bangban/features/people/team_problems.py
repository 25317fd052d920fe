"""Refusals about teams and who belongs to them."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, NotFound, Problem


class TeamUnknown(NotFound):
    """There is no such team."""

    def __init__(self) -> None:
        super().__init__("team", "队伍", fields=("input.teamId",))


class MembershipUnknown(NotFound):
    """There is no such membership."""

    def __init__(self) -> None:
        super().__init__("membership", "队伍成员记录", fields=("input.membershipId",))


class TeamKeyWrong(Problem):
    zh = "队伍的键由 1 至 60 个小写字母、数字或连字符组成,以字母或数字开头。"
    en = (
        "A team's key has 1 to 60 lower-case letters, digits or hyphens, and starts with a letter or a digit."
    )


class TeamNameWrong(Problem):
    zh = "应为 1 至 {most} 个字,不含换行和不可见字符。"
    en = "It has 1 to {most} characters, on one line and without invisible ones."


class TeamNeeded(Problem):
    """The settings name the team, so that it has no end until they name another."""

    code = ErrorCode.CONFLICT
    zh = "“{name}”是批量收件的后台队伍(hall.batch.team);请先用 configureDistrict 更换,再设结束日期。"
    en = "{name} is the back office of batches (hall.batch.team); name another with configureDistrict first."


class ContactOutlasts(Problem):
    """Nobody is sent to a team that is there no more (DOMAIN C12)."""

    code = ErrorCode.CONFLICT
    zh = "“{name}”在通讯录中的条目有效至 {until};请先用 publishContact 缩短有效期或撤下。"
    en = "{name} stands in the contact book until {until}; shorten its entry or take it out with publishContact."


class TeamServedLater(Problem):
    """Who belonged to a team stays on record, so it does not end before that."""

    code = ErrorCode.CONFLICT
    zh = "“{name}”有 {count} 段成员记录始于 {until} 之后,或已在其后结束;请改用更晚的结束日期。"
    en = "{name} has {count} memberships that begin after {until}, or ended after it; let it end later."


class TeamStillAsked(Problem):
    """What was passed on to a team is taken or given back while somebody can (DOMAIN B02)."""

    code = ErrorCode.CONFLICT
    zh = "还有 {count} 件首问事项转给“{name}”而未接收;请先接收或退回。"
    en = "{name} is still offered {count} first-asked records; take them or give them back first."


class TeamEnded(Problem):
    code = ErrorCode.CONFLICT
    zh = "“{name}”的最后一天是 {until}。"
    en = "The last day of {name} is {until}."


class MembershipOverlaps(Problem):
    """The same person belongs to the same team once at a time."""

    code = ErrorCode.CONFLICT
    zh = "此人自 {since} 起已是该队伍成员,时段重叠;请先结束那一段。"
    en = "This person belongs to the team since {since}, which overlaps; end that membership first."


class MembershipBegun(Problem):
    """How somebody belonged to a team on days that are past stays as it was."""

    code = ErrorCode.CONFLICT
    zh = "此人自 {since} 起的成员记录已开始,负责人和专职与否不再改写;请先结束它,再从以后的日期另行登记。"
    en = "This membership has run since {since}, so its lead and hours stay; end it, and let another one begin."


class MembershipOver(Problem):
    """A membership that has begun is shortened, never stretched: who belonged where stays as it was."""

    code = ErrorCode.CONFLICT
    zh = "该成员记录至 {until} 为止;继续任用请另行登记。"
    en = "This membership ends on {until}; to go on, make another one."
