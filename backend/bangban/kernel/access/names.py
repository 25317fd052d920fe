"""What people read instead of the vocabulary's codes, in Chinese and in English."""

from __future__ import annotations

from typing import NamedTuple

from bangban.kernel.access.vocabulary import Permission, Reach, Role


class Name(NamedTuple):
    zh: str
    en: str

    def text(self, language: str) -> str:
        """The name in Chinese for ``zh…``, else in English."""
        return self.zh if language.startswith("zh") else self.en


ROLE_NAMES: dict[Role, Name] = {
    Role.ANONYMOUS: Name("未登录访客", "anonymous visitor"),
    Role.RESIDENT: Name("办事群众(企业)", "resident or firm"),
    Role.PORTAL: Name("门户账号", "portal account"),
    Role.EMPLOYEE: Name("工作人员", "any member of staff"),
    Role.ADMIN: Name("系统管理员", "administrator"),
    Role.DISPATCHER: Name("调度员", "dispatcher"),
    Role.WINDOW_CLERK: Name("窗口人员", "window clerk"),
    Role.GUIDE: Name("导办员", "guide"),
    Role.HELPER: Name("帮办代办员", "helper"),
    Role.VOLUNTEER: Name("志愿者", "volunteer"),
    Role.SUPERVISOR: Name("督办员", "supervisor"),
    Role.LEADER: Name("分管领导", "leader"),
    Role.AUDITOR: Name("审计员", "auditor"),
    Role.OPERATOR: Name("平台运营人员", "platform operator"),
    Role.SYSTEM_OPERATOR: Name("平台系统管理员", "system operator"),
    Role.SECURITY_OPERATOR: Name("平台安全管理员", "security operator"),
    Role.AUDIT_OPERATOR: Name("平台审计管理员", "audit operator"),
}

REACH_NAMES: dict[Reach, Name] = {
    Reach.COUNTY: Name("县区级", "county level"),
    Reach.TOWN: Name("镇街级", "town level"),
    Reach.VILLAGE: Name("村居级", "village level"),
    Reach.GRID: Name("网格级", "grid level"),
    Reach.MICRO_GRID: Name("微网格级", "micro-grid level"),
    Reach.OWN: Name("本人", "own"),
    Reach.DISTRICT: Name("全区", "whole district"),
    Reach.PLATFORM: Name("平台", "platform"),
}

PERMISSION_NAMES: dict[Permission, Name] = {
    Permission.DIRECTORY_READ: Name("查看入驻地区名录", "see the directory of districts"),
    Permission.ONBOARDING_APPLY: Name("申请入驻", "apply for onboarding"),
    Permission.ONBOARDING_READ: Name("查看入驻进度", "see an onboarding"),
    Permission.ONBOARDING_APPROVE: Name("审批入驻", "approve an onboarding"),
    Permission.DISTRICT_MANAGE: Name("管理地区", "manage a district"),
    Permission.FLEET_READ: Name("查看各地区状况", "see the fleet"),
    Permission.FLEET_MANAGE: Name("维护各地区结构", "migrate the fleet"),
    Permission.OPERATOR_MANAGE: Name("管理平台账号", "manage operators"),
    Permission.STATISTICS_READ: Name("查看跨地区统计", "see statistics over districts"),
    Permission.TRAIL_READ: Name("查看平台审计记录", "see the trail of the platform"),
    Permission.SESSION_SIGN_IN: Name("登录", "sign in"),
    Permission.SESSION_REFRESH: Name("续期登录", "refresh a session"),
    Permission.SESSION_END: Name("退出登录", "sign out"),
    Permission.VIEWER_READ: Name("查看本人信息", "see oneself"),
    Permission.INVITATION_ACCEPT: Name("接受邀请", "accept an invitation"),
    Permission.PASSWORD_RESET: Name("重置密码", "reset a forgotten password"),
    Permission.PASSWORD_CHANGE: Name("修改密码", "change a password of their own"),
    Permission.DISTRICT_READ: Name("查看地区概况", "see the district"),
    Permission.DISTRICT_CONFIGURE: Name("配置地区", "configure the district"),
    Permission.DISTRICT_LEAVE: Name("退出平台", "leave the platform"),
    Permission.AREA_READ: Name("查看区域", "see areas"),
    Permission.AREA_MANAGE: Name("管理区域", "manage areas"),
    Permission.CATALOG_READ: Name("查看事项目录", "see the catalog"),
    Permission.CATALOG_MANAGE: Name("管理事项目录", "manage the catalog"),
    Permission.GUIDANCE_READ: Name("查看情形引导", "be led by questions to a matter"),
    Permission.CALENDAR_MANAGE: Name("管理工作日历", "manage the working calendar"),
    Permission.STAFF_READ: Name("查看人员通讯录", "see staff"),
    Permission.STAFF_MANAGE: Name("管理人员与任职", "manage staff and assignments"),
    Permission.TEAM_READ: Name("查看队伍", "see teams"),
    Permission.PORTAL_MANAGE: Name("管理门户账号", "manage portal accounts"),
    Permission.POLICY_READ: Name("查看权限规则", "see the access policy"),
    Permission.POLICY_MANAGE: Name("管理权限规则", "manage the access policy"),
    Permission.TASK_READ: Name("查看后台任务", "see long work"),
    Permission.TASK_MANAGE: Name("停续后台任务", "halt and resume long work"),
    Permission.CASE_READ: Name("查看办件", "see cases"),
    Permission.CASE_APPLY: Name("申请", "apply"),
    Permission.CASE_PRE_CHECK: Name("初审与一次性告知", "pre-check and give the one notice"),
    Permission.CASE_NOTICE_AGAIN: Name("再次告知", "give a second notice"),
    Permission.CASE_SUPPLY: Name("补交材料", "supply materials"),
    Permission.CASE_ACCEPT: Name("受理", "accept"),
    Permission.CASE_COMPLETE: Name("办结", "complete"),
    Permission.CASE_RATE: Name("评价", "rate"),
    Permission.CASE_DECLINE: Name("不予受理", "decline"),
    Permission.CASE_WITHDRAW: Name("撤回", "withdraw"),
    Permission.CASE_SUSPEND: Name("中止", "suspend"),
    Permission.CASE_RESUME: Name("恢复办理", "resume"),
    Permission.CASE_HAND_OVER: Name("交接与派单", "hand over and dispatch"),
    Permission.CASE_TAKE_OVER: Name("接手", "take over"),
    Permission.CASE_RETURN: Name("退回交接", "return a hand-over"),
    Permission.CASE_TERMINATE: Name("终止", "terminate"),
    Permission.CASE_REVEAL: Name("查看未脱敏信息", "reveal masked personal data"),
    Permission.CASE_AUTHORISE: Name("续办或撤销委托", "renew or withdraw an authorisation"),
    Permission.CASE_CLEAR_PROMISE: Name("恢复容缺资格", "clear a broken promise"),
    Permission.CASE_ACKNOWLEDGE: Name("知悉后续事项", "acknowledge what follows"),
    Permission.CUSTODY_RECORD: Name("登记材料流转", "record where papers go"),
    Permission.DUTY_READ: Name("查看督办件", "see duties"),
    Permission.DUTY_SETTLE: Name("办结督办件与催办", "settle duties and urge"),
    Permission.ORDER_PLACE: Name("下帮办单、评价", "place an order and rate it"),
    Permission.ORDER_READ: Name("查看帮办单", "see orders"),
    Permission.ORDER_CLAIM: Name("认领帮办单", "claim an order"),
    Permission.ORDER_DO: Name("办理帮办单", "work on an order in hand"),
    Permission.ORDER_DISPATCH: Name("指派帮办单", "assign orders"),
    Permission.BUNDLE_READ: Name("查看一件事申请", "see applications for bundles"),
    Permission.BUNDLE_APPLY: Name("申请一件事", "apply for a bundle"),
    Permission.BUNDLE_RELEASE: Name("发放或领取结果", "give out results"),
    Permission.WORDING_MANAGE: Name("设置消息用语", "word messages"),
    Permission.UPLOAD_PUT: Name("上传附件", "upload files"),
    Permission.UPLOAD_READ: Name("下载附件", "download files"),
    Permission.PLACE_READ: Name("查看服务点", "see service points"),
    Permission.HALL_READ: Name("查看大厅到访与号票", "see visits and tickets of halls"),
    Permission.HALL_GREET: Name("导办接待与取号", "greet visitors and give numbers"),
    Permission.HALL_CALL: Name("叫号与窗口办理", "call and serve at windows"),
    Permission.HALL_MANAGE: Name("安排导办值班", "arrange the rota of guides"),
    Permission.SKILL_MANAGE: Name("管理技能与培训", "manage skills and trainings"),
    Permission.CARD_MANAGE: Name("管理服务卡", "manage service cards"),
    Permission.CARD_RESOLVE: Name("查询服务卡", "look a service card up"),
    Permission.RECEIPT_READ: Name("出具回执", "issue receipts"),
    Permission.RECEIPT_VERIFY: Name("核验回执", "check whether a receipt is genuine"),
    Permission.PERSONAL_DATA_READ: Name("查看本人信息留存", "see what is kept of oneself"),
    Permission.PERSONAL_DATA_CORRECT: Name("申请更正个人信息", "ask for personal data to be corrected"),
    Permission.PERSONAL_DATA_DECIDE: Name("答复个人信息申请", "answer requests about personal data"),
    Permission.AUDIT_READ: Name("查看审计记录", "see the audit trail"),
    Permission.AUDIT_VERIFY: Name("核验审计记录", "verify the audit trail"),
}
