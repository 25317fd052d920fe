"""The columns of tables of service items and of their materials; docs/catalog.md explains them."""

from __future__ import annotations

from typing import Final

from bangban.kernel.sheets import Column, Kind

ITEM_COLUMNS: Final = (
    Column("code", ("事项编码", "实施编码"), required=True, kind=Kind.CODE),
    Column("name", ("事项名称", "名称"), required=True),
    Column("name_en", ("英文名称",)),
    Column("kind", ("事项类型",), required=True),
    Column("audience", ("服务对象",), required=True),
    Column("level", ("行使层级",)),
    Column("case_type", ("办件类型",), required=True),
    Column("promised_working_days", ("承诺办结时限", "承诺时限"), required=True, kind=Kind.INT),
    Column("legal_working_days", ("法定办结时限", "法定时限"), required=True, kind=Kind.INT),
    Column("legal_limit_note", ("法定时限说明",)),
    Column("max_trips", ("到办事现场次数", "到现场次数"), required=True, kind=Kind.INT),
    Column("fee_amount", ("收费金额",)),
    Column("fee_basis", ("收费依据",)),
    Column("no_materials_reason", ("无需材料的理由",)),
    Column("channels", ("办理渠道", "办理形式"), required=True),
    Column("online_not_offered_reason", ("不支持网办的理由",)),
    Column("handled_at", ("受理层级",), required=True),
    Column("pre_checked_at", ("初审层级",)),
    Column("legal_basis", ("设定依据",), required=True),
    Column("result", ("办理结果", "结果名称"), required=True),
    Column("conditions", ("受理条件",)),
    Column("department", ("实施主体",)),
    Column("theme", ("服务主题",)),
    Column("mobile_app", ("掌办应用类型",)),
    Column("mobile_name", ("掌办应用",)),
    Column("mobile_link", ("掌办链接",)),
    Column("mobile_steps", ("掌办步骤",)),
    Column("mobile_steps_en", ("掌办英文步骤",)),
    Column("mobile_validated_on", ("掌办核验日期",), kind=Kind.DATE),
    Column("delegated_only", ("须经下放", "须经下放承接"), kind=Kind.BOOL),
    Column("result_before_supplied", ("可附条件办结",), kind=Kind.BOOL),
    Column("effective_from", ("生效日期",), kind=Kind.DATE),
    Column("effective_to", ("失效日期",), kind=Kind.DATE),
)

MATERIAL_COLUMNS: Final = (
    Column("item", ("事项编码", "实施编码"), required=True, kind=Kind.CODE),
    Column("code", ("材料编码",), required=True, kind=Kind.CODE),
    Column("name", ("材料名称",), required=True),
    Column("name_en", ("英文名称",)),
    Column("required", ("是否必备", "必备"), kind=Kind.BOOL),
    Column("core", ("主要材料",), kind=Kind.BOOL),
    Column("tolerable", ("可容缺", "是否可容缺"), kind=Kind.BOOL),
    Column("tolerable_days", ("容缺期限",), kind=Kind.INT),
    Column("originals", ("原件份数",), kind=Kind.INT),
    Column("copies", ("复印件份数",), kind=Kind.INT),
    Column("issuer", ("出具机构",)),
    Column("source", ("来源渠道",)),
    Column("form", ("材料形式",)),
)
