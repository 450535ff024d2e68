"""Chinese heads and labels of exports, as data. English ones are the declarations' own.

The heads are ones that an import knows, so that an exported ledger can be filled in and come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from armband.server.exports import words_places, words_returnees, words_work
from armband.shared.fields import Field, Option
from armband.shared.kinds import Kind

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

OWN_HEADS: Mapping[str, tuple[str, str]] = {
    "unit_name": ("辖区", "Unit"),
    "unit": ("辖区代码", "Unit code"),
    "void": ("作废原因", "Void"),
    "same_as": ("并入记录", "Same as"),
    "conflicts": ("待定", "In conflict"),
    "id": ("记录编号", "Record"),
}
"""Columns that every kind has after its own, with (Chinese, English) heads."""
COUNT_WORDS: Mapping[Language, str] = {"zh": "合计", "en": "Total"}
_YES_NO: Mapping[Language, tuple[str, str]] = {"zh": ("是", "否"), "en": ("yes", "no")}

_SPECIAL: Mapping[str, str] = {
    # One English word, two Chinese ones: by kind.field or kind.field.code.
    "visit.channel.door": "入户",
    "visit.channel.phone": "电话",
    "staff.name": "姓名",
    "resident.name": "姓名",
    "unit.name": "名称",
    "checkpoint.name": "名称",
    "visit.household": "住户",
    "check.household": "住户",
    "resident.household": "住户",
    "resident.relation.head": "户主",
    **words_returnees.SPECIAL,
}
_CHINESE: Mapping[str, str] = {
    "Door": "门牌号", "Head of household": "户主", "Phone": "电话", "Phone as given": "电话原文",
    "People": "人口", "Care": "重点人群", "Liaison": "联户党员", "Note": "备注",
    "Elder living alone": "独居老人", "Very old person": "高龄老人", "Disabled person": "残疾人",
    "Family in need": "困难群众", "Home isolation": "居家隔离", "Expecting mother": "孕产妇",
    "Name": "姓名", "Household": "住户", "Relation": "与户主关系", "Sex": "性别",
    "Birth year": "出生年份", "ID tail": "身份证后四位", "Residence": "居住类型",
    "Registered elsewhere": "人户分离", "Male": "男", "Female": "女", "Spouse": "配偶",
    "Child": "子女", "Parent": "父母", "Other": "其他", "Resident": "常住", "Floating": "流动",
    "Posts": "职务", "Organisation": "单位", "Grid manager": "网格长",
    "Public-feeling officer": "民情员", "Monitor": "监督员", "Security officer": "治安员",
    "Grid branch secretary": "网格党支部书记", "Building head": "楼栋长", "Volunteer": "志愿者",
    "Property management": "物业", "Beat officer": "片警", "Area doctor": "片医",
    "Checkpoint guard": "卡点值守", "Community worker": "社区工作者",
    "Level": "级别", "Place type": "场所类型", "No manager": "无主管", "Partner unit": "共建单位",
    "Statistical division code": "统计用区划代码", "Sub-district office": "街道",
    "Community": "社区",
    "Area": "片区", "Grid": "网格", "Micro-grid": "微网格", "Compound": "楼院", "Building": "楼栋",
    "Villagers' group": "村民组", "Shop street": "沿街商户", "Kindergarten": "幼儿园",
    "School": "学校", "Office building": "写字楼", "Market": "市场", "Village": "村庄",
    "Responsible leader": "分包领导", "Duty phone": "值班电话", "Moved to": "迁至",
    "Doors that moved": "迁出的门牌", "Moved on": "调整日期", "Community secretary": "社区书记",
    "Owners' committee": "业委会", "Residents' self-management": "自管会",
    "Retired Party member": "离退休党员", "Co-building organisation": "共建单位", "Team": "队伍",
    "Serves until": "服务到", "On the reserve list": "储备人员", "Staff member": "人员",
    "Role": "岗位", "Last day": "止", "Premises": "场地", "Materials": "物资", "Type": "类型",
    "Amount": "数量", "Counted in": "计量单位", "Contact": "联系人",
    "Construction site": "工地", "Form": "形式", "Fixed": "固定", "Temporary": "临时",
    "Joint": "联合", "Code seen": "所见健康码", "Decision": "处置", "Time": "时间", "Day": "日期",
    "Temperature": "体温", "Checkpoint": "卡点", "Stranger's name": "访客姓名",
    "Stranger's phone": "访客电话", "From": "来自", "Direction": "进出", "Measured at": "测温部位",
    "Itinerary card": "行程卡", "Mask": "口罩", "In": "进", "Out": "出", "Forehead": "额温",
    "Wrist": "腕温", "Ear": "耳温", "Armpit": "腋温", "Green": "绿", "Yellow": "黄", "Red": "红",
    "None shown": "未出示", "Grey": "灰", "Expired": "过期", "No phone": "无手机", "Normal": "正常",
    "Starred": "带星", "Passed": "放行", "Turned back": "劝返", "Referred": "移交",
    "Channel": "方式", "Outcome": "结果", "Purpose": "目的", "People seen": "见到人数",
    "Temperatures": "体温", "Symptoms": "症状", "Needs": "需求", "Next visit": "下次走访",
    "WeChat": "微信", "Sweep": "排查", "Monitoring": "健康监测", "Publicity": "政策宣传",
    "Care visit": "关爱走访", "Met": "见到", "No answer": "无人应答", "Refused": "拒绝",
    "Moved away": "已搬离", "Fever": "发热", "Dry cough": "干咳", "Fatigue": "乏力",
    "Sore throat": "咽痛", "Loss of smell or taste": "嗅觉味觉减退", "Diarrhoea": "腹泻",
    "Prevention": "防疫", "Public security": "治安", "Population": "人口", "Emergency": "应急",
    "Livelihood": "民生", "WeChat group": "微信群", "Patrol": "巡查", "At the desk": "上门反映",
    "Five-minute circle": "五分钟服务圈", "Reported": "已报", "Dispatched": "已派",
    "Accepted": "已接", "Done": "已办", "Closed": "已结", "Cancelled": "已撤", "Urgent": "紧急",
    "Can wait": "可缓", "Three-person team": "三人小组", "Street office": "街道",
    "Outside agency": "外单位", "Policy question": "政策咨询", "Returnee check": "返郑排查",
    "Request": "诉求", "Category": "类别", "Brief": "简述", "Reported by": "来源",
    "State": "状态", "Priority": "缓急", "More exactly": "细类", "Place": "地点",
    "Reporter": "反映人", "Reporter's phone": "反映人电话", "Call": "来电",
    "Level of the chain": "层级", "Dispatched to": "派给", "Agency": "外单位",
    "First answer": "首次答复", "Dispatched at": "派单时间", "Dispatched by": "派单人",
    "Arrived at": "送达时间", "Arrival of the dispatch of": "送达的是哪次派单",
    "Accepted at": "接单时间", "Accepted by": "接单人", "First escalated": "首次上报时间",
    "Handed back at": "退单时间", "Handed back by": "退单人", "Why it is handed back": "退单原因",
    "Done at": "办结时间", "Done by": "办理人", "Result": "办理结果", "Closed at": "结案时间",
    "Closed by": "核查人", "Why it is cancelled": "撤销原因", "Opened again at": "重开时间",
    "Opened again by": "重开人", "Why it is opened again": "重开原因", "About": "事由",
    "Caller": "来电人", "Title": "标题", "Text": "正文", "In force from": "生效日期",
    "Last day in force": "失效前最后一天", "Topic": "主题", "Document and version": "文号与版本",
    **words_places.CHINESE,
    **words_work.CHINESE,
    **words_returnees.CHINESE,
}  # fmt: skip


def head_of(kind: Kind, name: str, declared: Field, language: Language) -> str:
    """The head of a field's column."""
    return _word(f"{kind.name}.{name}", declared.label, language)


def label_of(kind: Kind, name: str, option: Option, language: Language) -> str:
    """The label of a choice."""
    return _word(f"{kind.name}.{name}.{option.code}", option.label, language)


def own_head(name: str, language: Language) -> str:
    """The head of a column that every kind has."""
    chinese, english = OWN_HEADS[name]
    return chinese if language == "zh" else english


def yes_no(value: bool, language: Language) -> str:
    """A flag as a word."""
    yes, no = _YES_NO[language]
    return yes if value else no


def _word(place: str, label: str, language: Language) -> str:
    if language == "en":
        return label
    return _SPECIAL.get(place) or _CHINESE.get(label, label)
