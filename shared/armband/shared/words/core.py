"""What the shared core says of any record: problems of fields, steps, units."""

from __future__ import annotations

from armband.shared.errors import InvalidUnit
from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "must be a text": "须是文字",
        "needs a reason of 1 to {most} characters": "须写明原因，1 到 {most} 个字",
        "{day} is not a day of the calendar": "日历上没有 {day}",
        "must be the id of the record that stays": "必须是保留的那条记录的编号",
        "units are merged by re-gridding at the office": "辖区的合并由街道用“网格调整”办理",
        "must be given": "必填",
        "holds a whole ID number: only its last four may be kept": (
            "含完整身份证号：只能保留后四位"
        ),
        "the step '{step}' leads from {sources}; the record is {state}": (
            "“{step}”须在 {sources} 时办理；此记录现为 {state}"
        ),
        "is one of {steps}": "应为 {steps} 之一",
        "the step '{step}' leads to {state}": "“{step}”之后应为 {state}",
        "changes only by a step: {steps}": "只能通过步骤改变：{steps}",
        "must be given for the step '{step}'": "办理“{step}”时须填写",
        "is no field; there are: {names}": "没有此字段；可用：{names}",
        "a telephone has 7 to 15 digits, such as 13800001111": (
            "电话是 7 到 15 位数字，如 13800001111"
        ),
        "a whole number, such as 3": "须是整数，如 3",
        "a temperature from 34.0 to 43.0, such as 36.5 or 365": (
            "体温在 34.0 到 43.0 之间，如 36.5 或 365"
        ),
        "one of {options}": "须是其中之一：{options}",
        "yes or no": "是或否",
        "the id of a record: 32 hexadecimal digits": "须是记录编号：32 位十六进制数字",
        "a day, such as 2022-03-31, 3-31 or +7": "须是日期，如 2022-03-31、3-31 或 +7",
        "UTC milliseconds since 1970, such as 1648684800000": (
            "须是 1970 年以来的 UTC 毫秒数，如 1648684800000"
        ),
        "a time of day, such as 08:30 or 2000": "须是时刻，如 08:30 或 2000",
        "words of a-z, 0-9 and '-' joined by '/', such as lianhu/yangguang/a1/g3": (
            "辖区代码由 a-z、0-9 和 - 组成，以 / 相连，如 lianhu/yangguang/a1/g3"
        ),
        "must not be empty": "不能为空",
        "the last four of the ID number, such as 123X": "须是身份证号后四位，如 123X",
        "at most {most} characters": "最多 {most} 个字",
        "at most {most} of them": "最多 {most} 个",
        "at least {least}": "不小于 {least}",
        "at most {most}": "不大于 {most}",
        InvalidUnit.MESSAGE: (
            "{code!r} 不是辖区代码：由 a-z、0-9 和 - 组成，以 / 相连，如 lianhu/yangguang/a1/g3"
        ),
        "no kind of record is called {kind!r}": "没有叫 {kind!r} 的类别",
    },
)
