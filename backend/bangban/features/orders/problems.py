"""Refusals of orders, skills and trainings."""

from __future__ import annotations

from collections.abc import Sequence

from bangban.features.cases.problems import STATE_ZH as STATE_ZH_OF_CASES
from bangban.features.cases.values import CaseState
from bangban.features.orders.values import OrderState
from bangban.kernel.problems import ErrorCode, NotFound, Problem

STATE_ZH = {
    OrderState.OPEN: "待认领",
    OrderState.CLAIMED: "已认领",
    OrderState.DOING: "办理中",
    OrderState.FAILED: "未办成",
    OrderState.DONE: "已完成",
    OrderState.CANCELLED: "已取消",
}


def no_such_order() -> NotFound:
    """The one refusal for an order that does not exist and for one that the caller may not see."""
    return NotFound("order", "该帮办单", fields=("input.number",))


class IllegalOrderStep(Problem):
    """The state of the order does not allow this."""

    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "帮办单当前状态为“{state_zh}”,不能执行此操作。"
    en = "The order is {state}; this cannot be done from there."

    def __init__(self, state: OrderState) -> None:
        super().__init__(fields=("input.number",), state=state, state_zh=STATE_ZH[state])


class OrderTaken(Problem):
    """What the second of two people gets who claim one order at once (DOMAIN C05), and who claims what they have."""

    code = ErrorCode.CONFLICT
    zh = "此单已由{by_zh}认领。"
    en = "{by} taken this order already."

    def __init__(self, *, own: bool = False) -> None:
        by, by_zh = ("You have", "您") if own else ("Somebody else has", "他人")
        super().__init__(fields=("input.number",), by=by, by_zh=by_zh)


class NotOfferedToYou(Problem):
    """The offer has not come up to the caller's post, or went to another area (DOMAIN C08)."""

    code = ErrorCode.FORBIDDEN
    zh = "此单目前没有派到您所在的岗位。"
    en = "This order is not offered to your post at present."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


class VolunteerNotApproved(Problem):
    code = ErrorCode.FORBIDDEN
    zh = "志愿者须经审核并参加培训后方可接单。"
    en = "A volunteer takes orders once approved and trained."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


class TooManyInHand(Problem):
    """Nobody takes more than the district lets one person have in hand (DOMAIN C05: by load)."""

    code = ErrorCode.CONFLICT
    zh = "手上未办结的帮办单已达上限({most} 单)。"
    en = "There are as many orders in hand already as one person may have: {most}."

    def __init__(self, most: int) -> None:
        super().__init__(fields=("input.number",), most=most)


class NobodyElse(Problem):
    """A dispatcher leaves the choice of a helper to the rules, which find none but perhaps who has the order."""

    code = ErrorCode.CONFLICT
    zh = "没有其他可指派的帮办人员:其他人均不在岗、无资格或在办任务已满。"
    en = "There is nobody else to give it to: nobody else is in service, qualified and free to take one more."

    def __init__(self) -> None:
        super().__init__(fields=("input.toStaffId",))


class HelperUnfit(Problem):
    """Unknown, out of service, or without a post from which orders of this area may be taken."""

    zh = "不能指派给此人:其不在岗,或无权在该区域接单。"
    en = "The order cannot go to this person, who is not in service or may not take orders in this area."

    def __init__(self) -> None:
        super().__init__(fields=("input.toStaffId",))


class PapersToBeReturned(Problem):
    """A pickup whose case ended on the way: what the applicant gave is on record, or the errand was in vain."""

    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "办件{state_zh},不再收取材料:已收的材料请在完成时逐项登记并退还,未收材料请报未办成,此单随即取消。"
    en = (
        "The case is {state}: name the papers that you took, which are to be returned; "
        "if you took none, report a failed try, which ends this order."
    )

    def __init__(self, state: CaseState) -> None:
        super().__init__(fields=("input.papers",), state=state, state_zh=STATE_ZH_OF_CASES[state])


class PapersToBeDelivered(Problem):
    """A delivery ends with what was handed over, while whoever made it has papers of the case (invariant 7)."""

    code = ErrorCode.PAPERS_OUT
    zh = "您手中还有该办件的材料或结果:请在完成时填写交给申请人的材料,未送达请报未办成。"
    en = (
        "You still have papers or the result of this case: name those that you handed over, "
        "or report a failed try if you handed over none."
    )

    def __init__(self) -> None:
        super().__init__(fields=("input.papers",))


class HelpsNobody(Problem):
    """Skills are of those who may help: an auditor's or an administrator's would stand in no list that counts."""

    zh = "此人的岗位不承担帮办工作,无需登记技能。"
    en = "None of this person's posts helps anybody, so there are no skills to keep."

    def __init__(self) -> None:
        super().__init__(fields=("input.staffId",))


class NotYourOrder(Problem):
    """Only who holds an order works on it."""

    code = ErrorCode.NOT_THE_HOLDER
    zh = "只有认领此单的人才能办理。"
    en = "Only the person who took the order may do this."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


class CaseNotInHand(Problem):
    """What is dispatched is the case: nobody works on it who does not hold it (DOMAIN C04, C05)."""

    code = ErrorCode.NOT_THE_HOLDER
    zh = "此单的办件不在您手上,请先接收办件。"
    en = "You do not hold the case of this order; take it over first."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


class SignatureMissing(Problem):
    """Whoever opens the door signs for what was taken or brought, as the district decides (DOMAIN C10)."""

    zh = "请填写上门签收人。"
    en = "Say who signed at the door."

    def __init__(self) -> None:
        super().__init__(fields=("input.signature",))


class SignaturePictureUnfit(Problem):
    """The picture of a signature is a kept PNG or JPEG of the task's own case."""

    zh = "签字图片应为该办件已上传的 PNG 或 JPEG 附件。"
    en = "The picture of a signature is a kept PNG or JPEG file of this order's case."

    def __init__(self) -> None:
        super().__init__(fields=("input.signature.fileId",))


class OrderAlreadyRated(Problem):
    code = ErrorCode.ALREADY_RATED
    zh = "此单已经评价过。"
    en = "This order has been rated already."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


class OnlyTheResident(Problem):
    """A rating or a cancellation given by staff would be a false one (DOMAIN 3.5)."""

    code = ErrorCode.FORBIDDEN
    zh = "只有下单人本人才能执行此操作。"
    en = "Only the person who asked may do this."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


class OrderDataErased(Problem):
    """The retention period is over, or there never was any."""

    code = ErrorCode.CONFLICT
    zh = "此单没有可查看的联系信息。"
    en = "There is nothing to reveal of this order."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


def no_such_helper(field: str) -> NotFound:
    """Nobody of this id, or nobody whose skills the caller keeps."""
    return NotFound("helper", "该帮办人员", fields=(field,))


def no_such_item() -> NotFound:
    """An item that the catalog has in no version."""
    return NotFound("service item", "该事项", fields=("input.services",))


class VolunteerHoldsOrders(Problem):
    """A volunteer is let out with nothing in their hands, so that nobody waits for somebody who may not come."""

    code = ErrorCode.CONFLICT
    zh = "该志愿者名下还有未办结的帮办单:{numbers};请先退单或改派,再取消其资格。"
    en = "This volunteer still has orders in hand: {numbers}; have them given back or assign them to others first."

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(fields=("input.approved",), numbers=numbers)


class StillHoldsOrders(Problem):
    """Whoever goes gives back what is in their hands first, so that no order is left with nobody."""

    code = ErrorCode.CONFLICT
    zh = "{name}名下还有 {held} 个未办结的帮办单;请先退单或改派,再停用账号或结束任职。"
    en = "{name} still has {held} orders in hand; give them back or assign them to others first."
