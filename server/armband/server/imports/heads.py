"""Which column of a register holds what: heads as offices write them, as data.

A head is compared without blanks, line breaks, brackets and their contents, full-width forms and
the stars that mark required columns. ``--map`` adds heads for one file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from armband.server.imports.declared import declared_heads
from armband.shared.normal import clean

_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_FILL = re.compile(r"[\s*:.、,;_\-\"']+")

UNIT_HEADS: Mapping[str, tuple[str, ...]] = {
    "office": ("街道", "街道名称", "所属街道", "街道办事处", "办事处", "乡镇", "街道乡镇",
               "street"),
    "community": ("社区", "村社区", "社区村", "所属社区", "社区名称", "所在社区", "村", "行政村",
                  "居委会", "社区居委会", "community"),
    "area": ("片区", "所属片区", "片区名称", "责任片区", "area"),
    "grid": ("网格", "所属网格", "网格名称", "网格号", "网格编号", "所在网格", "一级网格", "grid"),
    "microgrid": ("微网格", "所属微网格", "微网格名称", "微网格号", "微网格编号", "二级网格",
                  "microgrid"),
    "compound": ("楼院", "小区", "小区名称", "楼院名称", "院落", "楼院小区", "小区楼院", "庭院",
                 "compound"),
    "group": ("村民组", "村组", "居民组", "村民小组", "group"),
}  # fmt: skip
"""Unit columns, from the top of the tree down; the keys are levels of `units.LEVELS`."""

_DOOR_HEADS: Mapping[str, tuple[str, ...]] = {
    "building": ("楼栋", "楼", "楼号", "栋", "栋号", "幢", "幢号", "楼栋号", "楼幢", "楼幢号",
                 "building"),
    "stair": ("单元", "单元号", "门洞", "stairwell"),
    "room": ("房号", "房间号", "室", "室号", "户号", "房间", "房屋号", "room"),
    "door": ("门牌号", "门牌", "住址", "家庭住址", "居住地址", "详细地址", "地址", "现住址",
             "门牌号码", "door"),
}  # fmt: skip
_PERSON_HEADS: Mapping[str, tuple[str, ...]] = {
    "phone": ("电话", "联系电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "电话手机",
              "户主电话", "本人电话", "phone"),
    "id_number": ("身份证", "身份证号", "身份证号码", "公民身份号码", "证件号码", "证件号",
                  "户主身份证", "户主身份证号", "idnumber"),
    "note": ("备注", "说明", "其他", "note"),
}  # fmt: skip
_SEQUENCE: Mapping[str, tuple[str, ...]] = {
    "sequence": ("序号", "编号", "序", "no", "№"),
}

HOUSEHOLD_HEADS: Mapping[str, tuple[str, ...]] = {
    **_SEQUENCE,
    **UNIT_HEADS,
    **_DOOR_HEADS,
    **_PERSON_HEADS,
    "head": ("户主姓名", "姓名", "房主", "业主", "业主姓名", "head"),
    "people": ("人口数", "常住人口", "家庭人口", "人数", "家庭人口数", "常住人口数",
               "居住人数", "居住人口", "家庭人数"),
    "care": ("人员类别", "类别", "特殊人群", "重点人员", "关爱类别", "人群类别", "关爱"),
    "liaison": ("联系党员", "包户党员", "联户", "联户人", "联户党员姓名", "包户人"),
    "liaison_phone": ("党员电话", "联户党员电话", "党员联系电话", "联户电话", "党员手机",
                      "联系党员电话", "包户党员电话", "liaisonphone"),
}  # fmt: skip
RESIDENT_HEADS: Mapping[str, tuple[str, ...]] = {
    **_SEQUENCE,
    **UNIT_HEADS,
    **_DOOR_HEADS,
    **_PERSON_HEADS,
    "name": ("居民姓名", "人员姓名", "成员姓名"),
    "relation": ("关系", "户主关系", "家庭关系"),
    "sex": (),
    "birth": ("出生日期", "出生年月", "出生年份", "出生年", "生日", "出生", "birthyear", "birth"),
    "residence": ("人口类型", "常住流动", "居住性质", "人口性质"),
    "registered_elsewhere": ("是否人户分离", "户籍不在此处"),
}  # fmt: skip
STAFF_HEADS: Mapping[str, tuple[str, ...]] = {
    **_SEQUENCE,
    **UNIT_HEADS,
    "name": ("人员姓名", "工作人员"),
    "posts": ("职务", "角色", "身份", "类别", "人员类别", "post"),
    "phone": _PERSON_HEADS["phone"],
    "organisation": ("工作单位", "所属单位", "组织", "所在单位"),
    "note": _PERSON_HEADS["note"],
}
UNIT_TABLE_HEADS: Mapping[str, tuple[str, ...]] = {
    **_SEQUENCE,
    **UNIT_HEADS,
    "building_unit": ("楼栋", "楼号", "building"),
    "office_official_code": ("街道代码", "街道编码", "streetcode"),
    "community_official_code": ("社区代码", "社区编码", "communitycode"),
    "name": ("单位名称", "辖区", "辖区名称"),
    "parent": ("上级", "上级名称", "上级单位", "上级辖区", "上级代码", "所属上级", "parent"),
    "level": ("级别", "类型"),
    "code": ("代码", "编码", "辖区代码", "单位代码", "code"),
    "official_code": ("统计代码", "统计用区划代码", "行政区划代码", "officialcode"),
    "place": ("地点类型", "place"),
    "note": _PERSON_HEADS["note"],
}  # fmt: skip
RETURNEE_HEADS: Mapping[str, tuple[str, ...]] = {
    **_SEQUENCE,
    **UNIT_HEADS,
    **_DOOR_HEADS,
    **_PERSON_HEADS,
    "name": ("人员姓名", "返郑人员"),
    "arrived": ("抵郑时间", "抵郑日期", "返郑时间", "返郑日期", "到郑时间", "到达时间",
                "到达日期", "来郑时间", "arrived"),
    "ordered": ("下发日期", "下发时间", "推送日期", "推送时间"),
    "came_from": ("来自", "返郑前所在地", "出发地", "来源地", "返郑前地址", "何地返郑"),
    "risk": ("风险等级", "风险", "风险区域", "风险类别"),
    "transport": ("交通方式", "返郑方式", "乘坐交通工具"),
    "number": ("车次", "航班", "车次航班", "航班号", "车次航班号", "车牌号", "车次/航班/车牌号"),
    **{
        f"{role}_name": (words, f"{words}姓名")
        for role, words in (
            ("leader", "街道领导"), ("cadre", "街道干部"), ("worker", "社区工作者"),
            ("officer", "社区民警"), ("medic", "医务人员"),
        )
    },
    **{
        f"{role}_phone": (f"{words}电话", f"{words}联系电话")
        for role, words in (
            ("leader", "街道领导"), ("cadre", "街道干部"), ("worker", "社区工作者"),
            ("officer", "社区民警"), ("medic", "医务人员"),
        )
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeadBook:
    """The heads of one type of register.

    Attributes:
        what: the type, as on the command line.
        kind: the kind of its records; the heads that an export gives these are known, too.
        fields: field to the other heads it is known by.
        needed: at least one field of each group must have a column.
        extra: heads from ``--map``, already compared as `key_of`; ``""`` leaves a column out.
    """

    what: str
    kind: str
    fields: Mapping[str, tuple[str, ...]]
    needed: tuple[tuple[str, ...], ...]
    extra: Mapping[str, str] = field(default_factory=dict)

    def index(self) -> dict[str, str]:
        """Every known head, as `key_of` gives it, to its field."""
        known = {key_of(head): name for name in self.fields for head in self.heads(name)}
        return {**known, **self.extra}

    def heads(self, name: str) -> tuple[str, ...]:
        """The heads of a field, the one that an export gives it first."""
        return (*declared_heads(self.kind, name), *self.fields[name])

    def wanted(self) -> str:
        """What is needed, in words, with the heads that people use."""
        groups = (
            " or ".join(self.heads(name)[0] for name in group if name in self.fields)
            for group in self.needed
        )
        return "; ".join(groups)


def key_of(head: str) -> str:
    """How a head is compared."""
    return _FILL.sub("", clean(head)).lower()


def field_of(head: str, index: Mapping[str, str]) -> str | None:
    """The field that a head names, ``""`` for one that is to be left out, None when unknown.

    The words in brackets count first (电话（手机）, 村（社区）), then the head without them.
    """
    text = clean(head)
    whole = key_of(text.translate(_NO_BRACKETS))
    if whole in index:
        return index[whole]
    return index.get(key_of(_BRACKETS.sub("", text)))


_NO_BRACKETS = str.maketrans("", "", "()[]【】")

HOUSEHOLDS = HeadBook("households", "household", HOUSEHOLD_HEADS, (("room", "door"),))
RESIDENTS = HeadBook("residents", "resident", RESIDENT_HEADS, (("name",), ("room", "door")))
STAFF = HeadBook("staff", "staff", STAFF_HEADS, (("name",),))
RETURNEES = HeadBook("returnees", "returnee", RETURNEE_HEADS, (("name",), ("arrived",)))
UNITS = HeadBook("units", "unit", UNIT_TABLE_HEADS, (("name", *UNIT_HEADS),))
