from kring.meetings.models.agenda import AgendaItem
from kring.meetings.models.choices import (
    ACTIVE,
    SEATED,
    ActionState,
    Fill,
    Full,
    ItemKind,
    MeetingKind,
    MeetingState,
    MinutesAudience,
    Openness,
    OutcomeKind,
    SamePerson,
    SignUpState,
    StepNotAllowed,
)
from kring.meetings.models.meetings import Change, InvitationRound, Meeting, MeetingTransition, Template
from kring.meetings.models.minutes import Minutes
from kring.meetings.models.outcomes import Outcome
from kring.meetings.models.sign_ups import MOST_PEOPLE, SignUp, person_of

__all__ = [
    "ACTIVE",
    "MOST_PEOPLE",
    "SEATED",
    "ActionState",
    "AgendaItem",
    "Change",
    "Fill",
    "Full",
    "InvitationRound",
    "ItemKind",
    "Meeting",
    "MeetingKind",
    "MeetingState",
    "MeetingTransition",
    "Minutes",
    "MinutesAudience",
    "Openness",
    "Outcome",
    "OutcomeKind",
    "SamePerson",
    "SignUp",
    "SignUpState",
    "StepNotAllowed",
    "Template",
    "person_of",
]
