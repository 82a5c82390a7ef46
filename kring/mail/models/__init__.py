from kring.mail.models.events import MessageEvent
from kring.mail.models.links import ActionLink
from kring.mail.models.messages import (
    CAN_BE_LEFT,
    PRIORITY,
    UNDER_WAY,
    BounceKind,
    Halt,
    Kind,
    Message,
    MessageQuerySet,
    MessageState,
)
from kring.mail.models.servers import MailLine, MailServer, ReturnBox
from kring.mail.models.stencils import Body, Stencil
from kring.mail.models.suppression import Suppression

__all__ = [
    "CAN_BE_LEFT",
    "PRIORITY",
    "UNDER_WAY",
    "ActionLink",
    "Body",
    "BounceKind",
    "Halt",
    "Kind",
    "MailLine",
    "MailServer",
    "Message",
    "MessageEvent",
    "MessageQuerySet",
    "MessageState",
    "ReturnBox",
    "Stencil",
    "Suppression",
]
