"""The pages behind the links in our mails, for who has no account or has not signed in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kring.accounts import by_link
from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.mail import links
from kring.mail.models import ActionLink
from members import applying, notices, people, profiling
from members.forms.applying import FORMS, AnswerForm, ApplyForm, columns, filled_in, reopened, typed_in
from members.models import Application, Invitation, InvitationOver, Organisation, Outcome
from members.people import Guest


def actor(link: ActionLink) -> Actor:
    return Actor.link(link.name or link.email, link.user)


@links.register
class ApplicationPage(links.LinkPage):
    """One's own application: a draft to go on with, then where it stands, and the question that the board asked."""

    purpose = notices.APPLICATION

    def find(self, link: ActionLink) -> Application | None:
        related = Application.objects.select_related("organisation", "membership")
        return related.filter(uuid=link.subject, outcome="").first()

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        application = self.find(link)
        if application is None:
            return HttpResponseRedirect(request.path)
        if not application.is_draft:
            return self._follow(request, application, AnswerForm())
        form = filled_in(application)
        if form.is_valid() and "wijzig" not in request.GET:
            return render(request, "members/link_send.html", {"application": application, "form": form})
        return self._form(request, application, reopened(application))

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        application = self.find(link)
        deed = request.POST.get("doe", "")
        if application is None or (deed == "verstuur" and not application.is_draft):
            return HttpResponseRedirect(request.path)
        try:
            if application.is_draft:
                return self._write(request, application, link, deed)
            if deed == "intrekken":
                applying.withdraw(application, actor(link), timezone.now())
                return HttpResponseRedirect(request.path)
            return self._answer(request, application, link)
        except applying.ApplicationOver:
            return HttpResponseRedirect(request.path)  # the board was first; the page says what is the case

    def _write(self, request: HttpRequest, application: Application, link: ActionLink, deed: str) -> HttpResponse:
        """Saves what was typed, or sends what was saved."""
        now = timezone.now()
        if deed != "verstuur":
            applying.save(application, columns(typed_in(request.POST, FORMS[application.kind])), now)
            if deed == "bewaar":
                messages.success(request, _("Bewaard. Met de link uit de mail ga je later verder."))
                return HttpResponseRedirect(f"{request.path}?wijzig=1")
        application.refresh_from_db()
        form = filled_in(application)
        if not form.is_valid():
            return self._form(request, application, form, status=422)
        if deed == "verstuur":
            applying.send(application, form.described(), actor(link), now, districts=form.districts)
        return HttpResponseRedirect(request.path)

    def _answer(self, request: HttpRequest, application: Application, link: ActionLink) -> HttpResponse:
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self._follow(request, application, form, status=422)
        applying.answer(application, actor(link), timezone.now(), text=form.cleaned_data["answer"])
        return HttpResponseRedirect(request.path)

    def _form(
        self, request: HttpRequest, application: Application, form: ApplyForm, status: int = 200
    ) -> HttpResponse:
        return render(request, "members/link_draft.html", {"application": application, "form": form}, status=status)

    def _follow(
        self, request: HttpRequest, application: Application, form: AnswerForm, status: int = 200
    ) -> HttpResponse:
        shown = {"application": application, "form": form, "summary": reopened(application)}
        return render(request, "members/link_follow.html", shown, status=status)

    def over(self, link: ActionLink) -> links.Over:
        application = Application.objects.filter(uuid=link.subject).first()
        home = (reverse("site:home"), _("Naar de voorpagina"))
        if application is None:
            return links.Over(_("Deze aanmelding is er niet meer. Je kunt je opnieuw aanmelden."), *home)
        said = {
            Outcome.ACCEPTED: _("Jullie horen erbij. Log in met je e-mailadres om verder te gaan."),
            Outcome.REJECTED: _("Het bestuur heeft jullie niet aangenomen. Waarom staat in de mail die je kreeg."),
            Outcome.WITHDRAWN: _("Deze aanmelding is ingetrokken."),
        }
        if application.outcome == Outcome.ACCEPTED:
            home = (reverse("site:my"), _("Inloggen"))
        waits = _("Deze aanmelding ligt bij het bestuur.")
        return links.Over(said[Outcome(application.outcome)] if application.outcome else waits, *home)


@links.register
class InvitationPage(links.LinkPage):
    """Taking the role that was offered; who holds the link holds the mailbox, and is signed in with it."""

    purpose = notices.INVITATION

    def find(self, link: ActionLink) -> Invitation | None:
        related = Invitation.objects.select_related("organisation", "invited_by")
        invitation = related.filter(uuid=link.subject).first()
        return invitation if invitation is not None and invitation.is_open(timezone.now()) else None

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        shown = {"invitation": self.find(link), "stranger": self._stranger(request, link)}
        return render(request, "members/link_invitation.html", shown)

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        invitation = self.find(link)
        if invitation is None or self._stranger(request, link):
            return self.show(request, link)
        try:
            user = people.accept(invitation, self._guest(link), timezone.now())
        except InvitationOver:
            return HttpResponseRedirect(request.path)
        to = reverse("members:edit", args=[invitation.organisation.slug])
        if request.user == user:
            return HttpResponseRedirect(to)
        return by_link.sign_in(request, user, to)

    def _guest(self, link: ActionLink) -> Actor:
        return Actor.link(link.name or link.email, Guest(link.email).user)

    def _stranger(self, request: HttpRequest, link: ActionLink) -> User | None:
        """Somebody else who is signed in here: the invitation is not theirs."""
        user = request.user
        return user if isinstance(user, User) and user.email.lower() != link.email.lower() else None

    def over(self, link: ActionLink) -> links.Over:
        invitation = Invitation.objects.filter(uuid=link.subject).first()
        log_in = (reverse("site:my"), _("Inloggen"))
        if invitation is not None and invitation.accepted_at:
            return links.Over(_("Je hebt deze uitnodiging aangenomen. Log in met je e-mailadres."), *log_in)
        return links.Over(_("Deze uitnodiging geldt niet meer. Vraag om een nieuwe."), *log_in)


@links.register
class ProfilePage(links.LinkPage):
    """'Klopt dit nog?' about the profile: one click."""

    purpose = notices.PROFILE

    def find(self, link: ActionLink) -> Organisation | None:
        organisation = Organisation.objects.filter(uuid=link.subject).first()
        if organisation is None or not profiling.asks_since(organisation, link.created_at):
            return None
        return organisation if self._serves(link, organisation) else None

    @staticmethod
    def _serves(link: ActionLink, organisation: Organisation) -> bool:
        return link.user is not None and Organisation.objects.served_by(link.user).filter(pk=organisation.pk).exists()

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        organisation = self.find(link)
        if organisation is not None and request.GET.get("keuze") == "veranderen":
            return HttpResponseRedirect(reverse("members:edit", args=[organisation.slug]))
        return render(request, "members/link_profile.html", {"organisation": organisation})

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        organisation = self.find(link)
        if organisation is not None:
            profiling.confirm(organisation, actor(link), timezone.now())
        return HttpResponseRedirect(request.path)

    def over(self, link: ActionLink) -> links.Over:
        organisation = Organisation.objects.filter(uuid=link.subject).first()
        if organisation is None or not Organisation.objects.listed().filter(pk=organisation.pk).exists():
            return links.Over(
                _("Deze organisatie staat niet meer op de site."), reverse("members:list"), _("Organisaties")
            )
        page = (organisation.get_absolute_url(), _("Bekijk het profiel"))
        if not profiling.asks_since(organisation, link.created_at):
            return links.Over(_("Dank je wel. Het profiel van %(name)s is bevestigd.") % {"name": organisation}, *page)
        if not self._serves(link, organisation):
            said = _("Je doet niet meer mee bij %(name)s, dus je kunt het profiel niet bevestigen.")
            return links.Over(said % {"name": organisation}, *page)
        said = _("Het profiel van %(name)s is nog niet bevestigd. Log in en kijk of het nog klopt.")
        edit = reverse("members:edit", args=[organisation.slug])
        return links.Over(said % {"name": organisation}, edit, _("Kijk het profiel na"))
