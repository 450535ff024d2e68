"""Chinese heads and labels of returnees, follow-ups, screenings and inquiries, as data."""

from __future__ import annotations

from collections.abc import Mapping

SPECIAL: Mapping[str, str] = {
    "returnee.days": "天数", "returnee.stay": "所到地点", "returnee.began_at": "开始时间",
    "returnee.began_by": "开始人", "returnee.ended_at": "结束时间", "screening.result": "结果",
    "inquiry.closed_at": "结束时间", "inquiry.closed_by": "结束人", "stay.begins_min": "起",
    "stay.ends_min": "止",
}  # fmt: skip
CHINESE: Mapping[str, str] = {
    "Arrival": "抵达日期", "How found": "来源", "Issued from above": "下发",
    "Found ourselves": "自排", "Named as a contact": "流调接触者", "Comes from": "风险来源",
    "High-risk area": "高风险区", "Medium-risk area": "中风险区", "Low-risk area": "低风险区",
    "Rest of the county": "所在县区其他地方", "Rest of the city": "所在市其他地方",
    "Rest of the province": "有疫情省份", "From abroad": "境外", "Close contact": "密接",
    "Contact of a contact": "次密接", "Elsewhere": "其他地方", "Registered": "已登记",
    "Under measure": "管控中", "Released": "已解除", "Transferred": "已转出",
    "From where": "从何处来", "Address here": "在郑住址", "Transport": "交通工具",
    "Railway": "铁路", "Aeroplane": "飞机", "Coach": "客车", "Own car": "自驾", "Ferry": "轮船",
    "Train, flight or plate": "车次、航班或车牌", "Found by": "排查方式", "Online": "线上",
    "On the spot": "线下", "Travels with": "同行（已登记）", "Other companions": "其他同行人",
    "Day of the order": "通知日期", "Measure": "管控措施", "Central isolation": "集中隔离",
    "Home monitoring": "居家健康监测", "Tests only": "只做核酸", "No measure": "不管控",
    "Starts": "开始日期", "Then": "之后", "Days of that": "之后天数",
    "Test on days": "第几天核酸", "Temperatures a day": "每天测温次数",
    "Street leader": "街道领导", "Street leader's phone": "街道领导电话",
    "Street cadre": "街道干部", "Street cadre's phone": "街道干部电话",
    "Community worker's phone": "社区工作者电话", "Police officer": "社区民警",
    "Police officer's phone": "社区民警电话", "Medical worker": "医务人员",
    "Medical worker's phone": "医务人员电话", "Street leader in the register": "街道领导（名册）",
    "Street cadre in the register": "街道干部（名册）",
    "Community worker in the register": "社区工作者（名册）",
    "Police officer in the register": "社区民警（名册）",
    "Medical worker in the register": "医务人员（名册）", "Inquiry": "流调", "Screening": "排查",
    "Ended by": "结束人", "Why or where to": "原因或去向", "Release note": "解除告知书",
    "Seen, well": "见到，正常", "Seen, ill": "见到，异常", "Not met": "未见到",
    "Not attempted": "未去", "Not performed": "未做", "Which": "时段", "Morning": "早",
    "Evening": "晚", "Test": "核酸", "Test result": "核酸结果", "Sampled": "已采样",
    "Negative": "阴性", "Positive": "阳性", "Refused the test": "拒检", "Returnee": "返郑人员",
    "Day of the measure": "第几天", "Nothing found": "无异常", "Is a returnee": "是返郑人员",
    "Abnormal": "异常", "Not reached": "未联系上", "Why": "原因", "Confirmed case": "确诊病例",
    "Suspected": "疑似", "Open": "进行中", "Works at": "工作单位", "Ask back to": "追溯到",
    "First symptoms": "首发症状日期", "Tests so far": "核酸情况", "Lives with": "同住人",
    "How they came": "如何前往", "With whom": "接触人员", "Follow-up": "随访",
}  # fmt: skip
