"""Words of the kind `resident`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Residents": "居民",
        "Relation": "与户主关系",
        "Sex": "性别",
        "Birth year": "出生年",
        "Residence": "居住类型",
        "Registered elsewhere": "人户分离",
    },
    options={
        "Head of household": "户主",
        "Spouse": "配偶",
        "Child": "子女",
        "Parent": "父母",
        "Male": "男",
        "Female": "女",
        "Resident": "常住",
        "Floating": "流动",
    },
    here={
        "name": "姓名",
    },
    metrics={
        "residents.total": "居民",
        "residents.floating": "流动人口",
        "residents.registered_elsewhere": "人户分离",
    },
)
