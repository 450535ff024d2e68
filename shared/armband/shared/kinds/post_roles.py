"""The roles that a post may have. Codes are never reused."""

from __future__ import annotations

from typing import Literal

from armband.shared.fields import Option

POST_OPTIONS = (
    Option("grid_manager", "Grid manager"),
    Option("feeling_officer", "Public-feeling officer"),
    Option("monitor", "Monitor"),
    Option("security_officer", "Security officer"),
    Option("branch_secretary", "Grid branch secretary"),
    Option("building_head", "Building head"),
    Option("liaison", "Liaison"),
    Option("volunteer", "Volunteer"),
    Option("property", "Property management"),
    Option("police", "Beat officer"),
    Option("doctor", "Area doctor"),
    Option("guard", "Checkpoint guard"),
    Option("worker", "Community worker"),
    Option("secretary", "Community secretary"),
    Option("leader", "Responsible leader"),
    Option("owners_committee", "Owners' committee"),
    Option("self_management", "Residents' self-management"),
    Option("retired_party", "Retired Party member"),
    Option("co_builder", "Co-building organisation"),
)
PostRole = Literal[
    "grid_manager",
    "feeling_officer",
    "monitor",
    "security_officer",
    "branch_secretary",
    "building_head",
    "liaison",
    "volunteer",
    "property",
    "police",
    "doctor",
    "guard",
    "worker",
    "secretary",
    "leader",
    "owners_committee",
    "self_management",
    "retired_party",
    "co_builder",
]
GRID_POSTS: tuple[str, ...] = (
    "grid_manager",
    "feeling_officer",
    "monitor",
    "security_officer",
    "branch_secretary",
)
"""The five posts of a grid (五员): 网格管理员, 民情员, 监督员, 治安员, 网格党支部书记."""
FILLED = "posts.filled"
FILLED_MEANING = (
    "different posts of the five of a grid that somebody holds or is named for, without an end: "
    "by the unit and the role, however many people hold it"
)
