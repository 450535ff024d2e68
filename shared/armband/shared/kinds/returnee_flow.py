"""The states of a returnee, from the registration to the release note; the form's choices."""

from __future__ import annotations

from armband.shared.fields import Option
from armband.shared.kinds.workflow import Step, Workflow

SOURCE_OPTIONS = (
    Option("issued", "Issued from above"),
    Option("self_found", "Found ourselves"),
    Option("contact", "Named as a contact"),
)
CHANNEL_OPTIONS = (Option("online", "Online"), Option("offline", "On the spot"))
TRANSPORT_OPTIONS = (
    Option("rail", "Railway"),
    Option("air", "Aeroplane"),
    Option("coach", "Coach"),
    Option("self_drive", "Own car"),
    Option("ferry", "Ferry"),
)
STATE_OPTIONS = (
    Option("registered", "Registered"),
    Option("under", "Under measure"),
    Option("released", "Released"),
    Option("transferred", "Transferred"),
    Option("cancelled", "Cancelled"),
)
ACTIVE = ("registered", "under")
PEOPLE = ("leader", "cadre", "worker", "officer", "medic")
"""Who answers for a returnee: 街道领导、街道干部、社区工作者、社区民警、医务人员."""

WORKFLOW = Workflow(
    field="state",
    starts=("registered", "under"),
    steps=(
        Step(
            "begin",
            "Begin the measure",
            ("registered",),
            "under",
            moment="began_at",
            person="began_by",
            asks=("measure", "starts", "days", "test_days", "temps_per_day"),
            needs=("measure", "starts"),
        ),
        Step(
            "release",
            "Release",
            ACTIVE,
            "released",
            moment="ended_at",
            person="ended_by",
            asks=("release_note",),
            needs=("release_note",),
        ),
        Step(
            "transfer",
            "Transfer",
            ACTIVE,
            "transferred",
            moment="ended_at",
            person="ended_by",
            asks=("ended_why",),
            needs=("ended_why",),
        ),
        Step(
            "cancel",
            "Cancel",
            ACTIVE,
            "cancelled",
            moment="ended_at",
            person="ended_by",
            asks=("ended_why",),
            needs=("ended_why",),
        ),
        Step(
            "resume",
            "Take up again",
            ("released", "transferred", "cancelled"),
            "under",
            moment="began_at",
            person="began_by",
            asks=("starts", "days"),
            needs=("starts",),
            clears=("ended_at", "ended_by", "ended_why", "release_note"),
        ),
    ),
)
