from members.models.applications import Application, Outcome
from members.models.history import Change, Deed, Thing
from members.models.lists import BusinessArea, District, Sector, TargetGroup
from members.models.memberships import (
    Membership,
    MembershipStatus,
    MembershipTransition,
    NoOwner,
    TransitionNotAllowed,
)
from members.models.organisations import CompanySize, LegalForm, Organisation, OrganisationKind, SocialLink
from members.models.roles import Invitation, InvitationOver, LastOwner, Role, RoleKind, RoleOver

__all__ = [
    "Application",
    "BusinessArea",
    "Change",
    "CompanySize",
    "Deed",
    "District",
    "Invitation",
    "InvitationOver",
    "LastOwner",
    "LegalForm",
    "Membership",
    "MembershipStatus",
    "MembershipTransition",
    "NoOwner",
    "Organisation",
    "OrganisationKind",
    "Outcome",
    "Role",
    "RoleKind",
    "RoleOver",
    "Sector",
    "SocialLink",
    "TargetGroup",
    "Thing",
    "TransitionNotAllowed",
]
