from kring.newsletters.models.audiences import Archive, Audience, Group, Reach
from kring.newsletters.models.issues import (
    MOST_BLOCKS,
    MOST_ITEMS,
    TEXT,
    Block,
    Edition,
    Issue,
    IssueLink,
    IssueState,
    IssueStep,
    StepNotAllowed,
)
from kring.newsletters.models.sending import Addressee, Overview, OverviewKind
from kring.newsletters.models.subscribers import Consent, Source, Step, Subscriber, SubscriberState

__all__ = [
    "MOST_BLOCKS",
    "MOST_ITEMS",
    "TEXT",
    "Addressee",
    "Archive",
    "Audience",
    "Block",
    "Consent",
    "Edition",
    "Group",
    "Issue",
    "IssueLink",
    "IssueState",
    "IssueStep",
    "Overview",
    "OverviewKind",
    "Reach",
    "Source",
    "Step",
    "StepNotAllowed",
    "Subscriber",
    "SubscriberState",
]
