from commitments.models.choices import (
    OPEN_STATES,
    RUNNING_STATES,
    UNITS,
    Basis,
    CommitmentState,
    GivenBackReason,
    Origin,
    StepNotAllowed,
    Visibility,
)
from commitments.models.commitments import Commitment, Transition
from commitments.models.enquiries import (
    Answer,
    DeclineReason,
    Enquiry,
    EnquiryMessage,
    EnquiryState,
    EnquiryTransition,
)
from commitments.models.reminders import Anchor, Audience, Reminder, ReminderRule
from commitments.models.reviews import Review, Verdict, VerdictKind
from commitments.models.updates import DateProposal, Evidence, Update

__all__ = [
    "OPEN_STATES",
    "RUNNING_STATES",
    "UNITS",
    "Anchor",
    "Answer",
    "Audience",
    "Basis",
    "Commitment",
    "CommitmentState",
    "DateProposal",
    "DeclineReason",
    "Enquiry",
    "EnquiryMessage",
    "EnquiryState",
    "EnquiryTransition",
    "Evidence",
    "GivenBackReason",
    "Origin",
    "Reminder",
    "ReminderRule",
    "Review",
    "StepNotAllowed",
    "Transition",
    "Update",
    "Verdict",
    "VerdictKind",
    "Visibility",
]
