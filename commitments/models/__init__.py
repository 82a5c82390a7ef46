from commitments.models.choices import (
    ALIVE_STATES,
    EDITABLE_STATES,
    ENDED_STATES,
    OPEN_STATES,
    RUNNING_STATES,
    Basis,
    CommitmentState,
    EventKind,
    GivenBackReason,
    Origin,
    Side,
    StepNotAllowed,
    Visibility,
)
from commitments.models.commitments import Commitment
from commitments.models.enquiries import (
    Answer,
    DeclineReason,
    Enquiry,
    EnquiryMessage,
    EnquiryState,
    EnquiryTransition,
)
from commitments.models.feeds import CalendarFeed
from commitments.models.reminders import (
    Anchor,
    Audience,
    Outcome,
    Reminder,
    ReminderCopy,
    ReminderHours,
    ReminderRule,
)
from commitments.models.reviews import Review, ReviewReason, Verdict, VerdictKind
from commitments.models.steps import Event, Transition
from commitments.models.updates import DateProposal, Evidence, Update
from kring.foundation.units import UNITS

__all__ = [
    "ALIVE_STATES",
    "EDITABLE_STATES",
    "ENDED_STATES",
    "OPEN_STATES",
    "RUNNING_STATES",
    "UNITS",
    "Anchor",
    "Answer",
    "Audience",
    "Basis",
    "CalendarFeed",
    "Commitment",
    "CommitmentState",
    "DateProposal",
    "DeclineReason",
    "Enquiry",
    "EnquiryMessage",
    "EnquiryState",
    "EnquiryTransition",
    "Event",
    "EventKind",
    "Evidence",
    "GivenBackReason",
    "Origin",
    "Outcome",
    "Reminder",
    "ReminderCopy",
    "ReminderHours",
    "ReminderRule",
    "Review",
    "ReviewReason",
    "Side",
    "StepNotAllowed",
    "Transition",
    "Update",
    "Verdict",
    "VerdictKind",
    "Visibility",
]
