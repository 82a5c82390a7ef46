"""What this room keeps of people."""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.accounts.personal import FOR_EVER
from kring.foundation.personal import Basis, Kept, declare_impersonal, register
from kring.foundation.records import Column, Section
from members.models import Application, Change, Invitation, MembershipTransition, Organisation, Role, Thing


def roles(user: User) -> QuerySet[Role]:
    return Role.objects.filter(user=user).order_by("-since", "-pk")


def contact_of(user: User) -> QuerySet[Organisation]:
    return Organisation.objects.filter(contact=user)


def invitations(user: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(Q(invited_by=user) | Q(email__iexact=user.email)).order_by("-pk")


def applications(user: User) -> QuerySet[Application]:
    return Application.objects.filter(email__iexact=user.email).order_by("-pk")


def steps(user: User) -> QuerySet[MembershipTransition]:
    return MembershipTransition.objects.filter(actor=user).order_by("-at", "-pk")


def changes(user: User) -> QuerySet[Change]:
    """What somebody changed, and what was changed of their roles and invitations."""
    about = Q(thing=Thing.ROLE, row__in=roles(user).order_by().values("pk"))
    about |= Q(thing=Thing.INVITATION, row__in=Invitation.objects.filter(email__iexact=user.email).values("pk"))
    # Not by a join: the history outlives an organisation.
    name = Organisation.objects.filter(pk=OuterRef("organisation_id")).values("name")
    return Change.objects.filter(Q(actor=user) | about).annotate(of_organisation=Subquery(name)).order_by("-pk")


ORGANISATION = Column("organisation__name", _("organisatie"))
STEPS: dict[str, str | Column] = {
    "organisation": Column("membership__organisation__name", _("organisatie")),
    "before": "before",
    "after": "after",
    "at": "at",
    "note": "note",
}

register(
    Kept(
        Section(
            "roles",
            _("Je rollen bij organisaties"),
            roles,
            {"organisation": ORGANISATION, "role": "role", "since": "since", "until": "until"},
        ),
        purpose=_("Om te weten wie namens een organisatie spreekt, en wie dat eerder deed."),
        basis=Basis.AGREEMENT,
        retention=FOR_EVER,
        covers=frozenset({"members.Role.user"}),
    ),
    Kept(
        Section("contact_of", _("Organisaties waarvan jij contactpersoon bent"), contact_of, {"organisation": "name"}),
        purpose=_("Om te laten zien wie je bij een organisatie kunt bellen of mailen, als die persoon dat wil."),
        basis=Basis.CONSENT,
        retention=_("tot iemand anders contactpersoon wordt"),
        covers=frozenset({"members.Organisation.contact"}),
    ),
    Kept(
        Section(
            "invitations",
            _("Uitnodigingen aan jou en door jou"),
            invitations,
            {
                "organisation": Column("organisation__name", _("organisatie")),
                "name": "name",
                "role": "role",
                "invited_by": "invited_by__name",
                "made_at": "created_at",
                "expires_at": "expires_at",
                "accepted_at": "accepted_at",
                "withdrawn_at": "withdrawn_at",
            },
        ),
        purpose=_("Om iemand een rol aan te bieden bij een organisatie."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset({"members.Invitation.email", "members.Invitation.name", "members.Invitation.invited_by"}),
    ),
    Kept(
        Section(
            "applications",
            _("Aanmeldingen met jouw adres"),
            applications,
            {
                "kind": "kind",
                "organisation": ORGANISATION,
                "name": "name",
                "email": "email",
                "phone": "phone",
                "answers": "answers",
                "motivation": "motivation",
                "question": "question",
                "answer": "answer",
                "outcome": "outcome",
                "made_at": "created_at",
                "confirmed_at": "confirmed_at",
                "closed_at": "closed_at",
            },
        ),
        purpose=_("Om te kunnen beslissen of een organisatie erbij hoort, en met wie we dat bespreken."),
        basis=Basis.AGREEMENT,
        retention=_("zonder bevestiging twee dagen, als concept dertig dagen; daarna zolang de kring bestaat"),
        covers=frozenset(
            f"members.Application.{name}"
            for name in ("name", "email", "phone", "answers", "motivation", "question", "answer")
        ),
    ),
    Kept(
        Section("membership_steps", _("Stappen in een lidmaatschap die jij zette"), steps, STEPS),
        purpose=_("Om te kunnen uitleggen wie wat besloot, en waarom."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset(f"members.MembershipTransition.{name}" for name in ("actor", "actor_name", "note")),
    ),
    Kept(
        Section(
            "changes",
            _("Wat jij veranderde bij organisaties, en wat er aan jouw rollen veranderde"),
            changes,
            {
                "organisation": Column("of_organisation", _("organisatie")),
                "thing": "thing",
                "deed": "deed",
                "at": "at",
                "by": Column("actor_name", _("wie")),
                "note": "note",
            },
        ),
        purpose=_("Om na te kunnen gaan wie iets veranderde, en een vergissing te herstellen."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset(f"members.Change.{name}" for name in ("actor", "actor_name", "note", "before", "after")),
    ),
)
declare_impersonal(
    "Of the organisation, as it stands on its page.",
    *(f"members.Organisation.{name}" for name in ("name", "email", "phone", "street", "postcode", "story")),
)
declare_impersonal(
    "The name of a kind of thing or of a place.",
    *(
        f"members.{of}.{name}"
        for of in ("Sector", "District", "BusinessArea", "TargetGroup")
        for name in ("name", "name_en")
    ),
)
declare_impersonal(
    "The name of another organisation, and why an application may be of the same.", "members.Application.likeness"
)
