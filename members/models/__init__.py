from members.models.lists import BusinessArea, District, Sector, TargetGroup
from members.models.memberships import (
    Application,
    Membership,
    MembershipStatus,
    MembershipTransition,
    TransitionNotAllowed,
)
from members.models.organisations import CompanySize, LegalForm, Organisation, OrganisationKind, SocialLink
from members.models.roles import Invitation, LastOwner, Role, RoleKind

__all__ = [
    "Application",
    "BusinessArea",
    "CompanySize",
    "District",
    "Invitation",
    "LastOwner",
    "LegalForm",
    "Membership",
    "MembershipStatus",
    "MembershipTransition",
    "Organisation",
    "OrganisationKind",
    "Role",
    "RoleKind",
    "Sector",
    "SocialLink",
    "TargetGroup",
    "TransitionNotAllowed",
]
