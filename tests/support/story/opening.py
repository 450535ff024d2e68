"""Before the day: 6 areas, 12 grids and 58 micro-grids, who works there, and the terminals."""

from __future__ import annotations

from collections import Counter

from scripts.demo_community import Community, build, write_registers
from support.story.stage import (
    COMMUNITY,
    GRID,
    NOW,
    OFFICE,
    Figures,
    Stage,
    adds,
)

SEED = 20220331
VOLUNTEERS, STEWARDS = 200, 150
"""红袖章, and 义务管家团."""
FIVE_POSTS = ("grid_manager", "feeling_officer", "monitor", "security_officer", "branch_secretary")
TRIO = ("secretary", "police", "doctor")
DESK_PERSON, CHIEF_PERSON = "赵书记", "王敏"
GRID_PERSON, LIAISON_PERSON = "孙建军", "周联心"
GATE_PERSON, NIGHT_PERSON = "钱守门", "吴守夜"
CREW = (
    ("street", CHIEF_PERSON, "street", OFFICE),
    ("desk", DESK_PERSON, "community", COMMUNITY),
    ("grid", GRID_PERSON, "grid", GRID),
    ("liaison", LIAISON_PERSON, "liaison", f"{GRID}/m01"),
    ("gate", GATE_PERSON, "checkpoint", COMMUNITY),
    ("night", NIGHT_PERSON, "checkpoint", COMMUNITY),
)
"""Key, person, role and unit of each terminal."""


def register(stage: Stage) -> Figures:
    """Make the office and import its registers, before it serves."""
    stage.verb("init", "--office", OFFICE, "--name", "莲湖街道办事处")
    whole = build(SEED)
    seen: Counter[str] = Counter()
    homes = []
    for home in whole.households:
        seen[home.place.code] += 1
        if seen[home.place.code] <= stage.scale.homes_per_microgrid:
            homes.append(home)
    folder = stage.folder / "registers"
    folder.mkdir()
    for what, file in write_registers(Community(whole.places, tuple(homes)), folder).items():
        report = stage.verb("import", what, file, "--json").json
        assert (report["refused"], report["warned"]) == (0, 0), report
    care = Counter({"独居老人": 0, "残疾人": 0, "困难群众": 0, "居家隔离": 0})
    care.update(home.care for home in homes if home.care)
    liaisons = len({home.liaison_phone for home in homes})
    return adds(
        (NOW, "units.office", 1),
        (NOW, "units.community", 1),
        (NOW, "units.area", 6),
        (NOW, "units.grid", 12),
        (NOW, "units.microgrid", 58),
        (NOW, "households.total", len(homes)),
        (NOW, "households.people", sum(home.people for home in homes)),
        (NOW, "households.care.elder_alone", care["独居老人"]),
        (NOW, "households.care.disabled", care["残疾人"]),
        (NOW, "households.care.in_need", care["困难群众"]),
        (NOW, "households.care.home_isolation", care["居家隔离"]),
        (NOW, "residents.total", len(homes) + sum(1 for home in homes if home.spouse)),
        (NOW, "staff.liaison", liaisons),
        (NOW, "staff.total", liaisons),
    )


def man(stage: Stage) -> Figures:
    """Enrol the terminals, put the table of measures in force, fill the posts, list helpers."""
    table = stage.folder / "table.toml"
    table.write_text(stage.verb("policy", "example").out, encoding="utf-8")
    stage.verb("policy", "set", table, "--by", CHIEF_PERSON)
    for key, person, role, unit in CREW:
        stage.enrol(key, person, role, unit)
    stage.sync()
    stage.homes = stage.exported("household")
    desk = stage.posts["desk"]
    posted = [
        (DESK_PERSON, COMMUNITY, ["secretary"]),
        ("郑片警", COMMUNITY, ["police"]),
        ("何片医", COMMUNITY, ["doctor"]),
        (GRID_PERSON, GRID, ["grid_manager"]),
        *((f"网格{post}", GRID, [post]) for post in FIVE_POSTS[1:]),
        (LIAISON_PERSON, f"{GRID}/m01", ["liaison", "building_head"]),
        (GATE_PERSON, COMMUNITY, ["guard"]),
        (NIGHT_PERSON, COMMUNITY, ["guard"]),
    ]
    helpers = [("红袖章", VOLUNTEERS), ("义务管家团", STEWARDS)]
    desk.record(
        [
            {"kind": "staff", "name": name, "unit": unit, "posts": posts}
            for name, unit, posts in posted
        ]
        + [
            {
                "kind": "staff",
                "name": f"{team}{number + 1}号",
                "unit": f"{COMMUNITY}/a{number % 6 + 1}",
                "posts": ["volunteer"],
                "team": team,
                "until": "2022-12-31",
            }
            for team, count in helpers
            for number in range(count)
        ]
    )
    street = stage.posts["street"]
    street.run("record", "staff", f"name={CHIEF_PERSON}", f"unit={OFFICE}", "posts=leader")
    stage.sync("desk", "street", "grid", "liaison", "gate", "night")
    people = len(posted) + VOLUNTEERS + STEWARDS + 1
    singles = (*FIVE_POSTS, *TRIO, "leader", "liaison", "building_head")
    return adds(
        (NOW, "staff.total", people),
        (NOW, "staff.volunteer", VOLUNTEERS + STEWARDS),
        (NOW, "staff.guard", 2),
        *((NOW, f"staff.{post}", 1) for post in singles),
        (NOW, "posts.filled", 5),
        (NOW, "posts.vacant", 12 * 5 - 5),
    )
