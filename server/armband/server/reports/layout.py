"""What stands in a daily report, and in which words. Pure data.

The order and the words are those of the forms that Zhengzhou asked its units for in 2020 (T1-T5:
returnees issued from above, found by themselves and in all; checkpoints, persons checked, found and
handled), with what a sub-district's day has beside: visits, cases, calls, shops, services, rounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
Measure = Literal["times", "persons", "households", "count", "seconds"]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the report.

    Attributes:
        metric: as in METRICS.md.
        now: it counts what exists at the moment of the report, not the day.
    """

    metric: str
    zh: str
    en: str
    measure: Measure = "count"
    now: bool = False

    def label(self, language: Language) -> str:
        """Its words."""
        return self.zh if language == "zh" else self.en

    def value(self, metrics: Mapping[str, int]) -> int:
        """The figure out of a roll-up row."""
        return metrics.get(self.metric, 0)


@dataclass(frozen=True, slots=True)
class Section:
    """Figures under one title."""

    name: str
    zh: str
    en: str
    lines: tuple[Line, ...]

    def title(self, language: Language) -> str:
        """Its words."""
        return self.zh if language == "zh" else self.en


SECTIONS: tuple[Section, ...] = (
    Section("returnees", "返郑人员", "Returnees", (
        Line("returnees.new.issued", "下发人数", "Issued from above", "persons"),
        Line("returnees.new.self_found", "自排人数", "Found ourselves", "persons"),
        Line("returnees.new.contact", "密接等", "Named as contacts", "persons"),
        Line("returnees.new", "当日总数", "All of the day", "persons"),
        Line("returnees.active", "在管人数", "Under measures now", "persons", now=True),
        Line("returnees.releases", "当日解除", "Released", "persons"),
        Line("followups.due", "应随访", "Follow-ups due", "times"),
        Line("followups.done", "已随访", "Follow-ups done", "times"),
        Line("followups.missed", "未随访", "Follow-ups missing", "times"),
        Line("followups.fever", "随访发热", "Fever at follow-ups", "times"),
        Line("screenings.total", "排查人次", "Screenings", "times"),
        Line("screenings.result.abnormal", "排查异常", "Abnormal", "times"),
    )),
    Section("checkpoints", "卡点值守", "Checkpoints", (
        Line("checkpoints.total", "卡点数", "Checkpoints", now=True),
        Line("shifts.stood", "到岗班次", "Shifts stood"),
        Line("checks.total", "核验人次", "Checks", "times"),
        Line("checks.persons", "核验人数", "Persons checked", "persons"),
        Line("checks.fever", "发现发热", "Fever found", "times"),
        Line("checks.code.yellow", "见黄码", "Yellow seen", "times"),
        Line("checks.code.red", "见红码", "Red seen", "times"),
        Line("checks.turned_back", "劝返", "Turned back", "times"),
        Line("checks.referred", "移交", "Referred", "times"),
    )),
    Section("visits", "走访", "Visits", (
        Line("visits.total", "走访次数", "Visits"),
        Line("visits.door", "上门", "At the door"),
        Line("visits.phone", "电话", "By phone"),
        Line("visits.wechat", "微信", "By WeChat"),
        Line("visits.households", "走访户数", "Households visited", "households"),
        Line("households.total", "在册户数", "Households registered", "households", now=True),
        Line("visits.outcome.no_answer", "无人应答", "No answer"),
        Line("visits.fever", "走访发热", "Fever", "times"),
        Line("visits.needs", "收集需求", "Needs noted"),
    )),
    Section("cases", "事件办理", "Cases", (
        Line("cases.opened", "当日上报", "Reported"),
        Line("cases.closed", "当日办结", "Closed"),
        Line("cases.open", "在办", "Open now", now=True),
        Line("cases.accepted", "当日受理", "Accepted"),
        Line("cases.accepted_in_time", "五分钟内受理", "Accepted within five minutes"),
        Line("cases.escalated", "升级转办", "Escalated"),
        Line("cases.accept.p50_s", "受理用时中位", "Time to accept, p50", "seconds"),
        Line("cases.accept.p90_s", "受理用时九成", "Time to accept, p90", "seconds"),
        Line("cases.close.p50_s", "办结用时中位", "Time to close, p50", "seconds"),
    )),
    Section("calls", "来电", "Calls", (
        Line("calls.total", "来电", "Calls"),
        Line("calls.policy", "政策咨询", "Policy questions"),
        Line("calls.returnee", "返郑核实", "Returnee checks"),
        Line("calls.request", "群众诉求", "Requests"),
    )),
    Section("shops", "商户巡查", "Shops", (
        Line("inspections.total", "巡查次数", "Inspections"),
        Line("inspections.shops", "巡查商户", "Shops inspected"),
        Line("inspections.failed", "发现问题", "With failings"),
        Line("rectifications.opened", "责令整改", "Rectifications opened"),
        Line("rectifications.fixed", "复查合格", "Re-checks passed"),
        Line("rectifications.open", "整改未完", "Open now", now=True),
    )),
    Section("services", "服务保障", "Services", (
        Line("services.asked", "当日需求", "Asked for"),
        Line("services.done", "当日办结", "Done"),
        Line("services.open", "未办", "Open now", now=True),
        Line("services.feedback.p50_s", "反馈用时中位", "First feedback, p50", "seconds"),
        Line("services.feedback.p90_s", "反馈用时九成", "First feedback, p90", "seconds"),
        Line("services.finish.p50_s", "办结用时中位", "Time to done, p50", "seconds"),
        Line("deliveries.households", "服务户数", "Households served", "households"),
    )),
    Section("rounds", "核酸检测", "Rounds of testing", (
        Line("rounds.total", "当日轮次", "Rounds begun"),
        Line("samples.persons", "登记人数", "Persons on record", "persons"),
        Line("samples.sampled", "已采", "Sampled", "persons"),
        Line("samples.refused", "拒采", "Refused", "persons"),
        Line("samples.exempt", "免采", "Exempt", "persons"),
        Line("samples.absent", "未到", "Absent", "persons"),
    )),
)  # fmt: skip

PARTS: tuple[Line, ...] = (
    Line("returnees.new", "返郑", "Returnees", "persons"),
    Line("checks.total", "核验", "Checks", "times"),
    Line("checks.fever", "发热", "Fever", "times"),
    Line("visits.total", "走访", "Visits"),
    Line("visits.households", "户数", "Doors", "households"),
    Line("cases.opened", "事件", "Cases"),
    Line("cases.closed", "办结", "Closed"),
    Line("samples.sampled", "采样", "Sampled", "persons"),
)
"""The columns of the table of the unit's parts."""

MEASURES: dict[Measure, tuple[str, str]] = {
    "times": ("人次", ""),
    "persons": ("人", ""),
    "households": ("户", ""),
    "count": ("", ""),
    "seconds": ("", ""),
}
"""What stands behind a figure, in Chinese and in English."""


def shown(value: int, measure: Measure, language: Language) -> str:
    """A figure as it is printed: ``1,056 人``, ``4 分 05 秒``, ``4:05``."""
    if measure == "seconds":
        minutes, seconds = divmod(value, 60)
        if language == "zh":
            return f"{minutes} 分 {seconds:02d} 秒" if minutes else f"{seconds} 秒"
        return f"{minutes}:{seconds:02d}"
    behind = MEASURES[measure][0 if language == "zh" else 1]
    return f"{value:,} {behind}".rstrip()
