"""Every component in every state on one page: to look at, to photograph, and to test. Shown in the demo only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.messages import constants as levels
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kring.foundation import charts, records
from kring.foundation.forms import Form

SECTORS = {
    "sport": "Sport",
    "cultuur": "Cultuur",
    "onderwijs": "Onderwijs",
    "jeugd": "Jeugd",
    "zorg": "Zorg",
    "welzijn": "Welzijn",
}
OFFERINGS = (
    ("sport", "Voetbalclinic voor collega's", "Train zoals de mini's, speel daarna een toernooitje.", "€ 12,50 p.p."),
    ("cultuur", "Try-out met je team", "Als eerste een voorstelling zien die nog niet af is.", "€ 17,50 p.p."),
    ("onderwijs", "Gastles over jouw vak", "Een klas van groep 8 wil weten wat je de hele dag doet.", "Gratis"),
    ("jeugd", "Vliegers bouwen op de dijk", "Een middag knippen, plakken en rennen.", "Voor een tegenprestatie"),
    ("zorg", "Als een collega rouwt", "Een gesprek van een uur voor leidinggevenden.", "In overleg"),
    ("welzijn", "Koken voor de buurt", "Met je team een driegangenmaaltijd voor veertig buren.", "Vanaf € 250"),
)
PILLS = (
    ("draft", "Concept"),
    ("proposed", "Wacht op antwoord"),
    ("agreed", "Afgesproken"),
    ("started", "Bezig"),
    ("reported", "Klaar gemeld"),
    ("kept", "Nagekomen"),
    ("declined", "Niet aangenomen"),
    ("given_back", "Teruggegeven"),
    ("late", "Datum voorbij"),
)


class SampleForm(Form):
    """A field of every kind."""

    title = forms.CharField(label="Titel", max_length=60, help_text="Kort, zoals op een menukaart.")
    email = forms.EmailField(label="E-mailadres")
    story = forms.CharField(label="Jullie verhaal", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    people = forms.IntegerField(label="Met hoeveel mensen?", required=False)
    wanted_on = forms.DateField(label="Wanneer", required=False)
    sector = forms.ChoiceField(label="Sector", choices=list(SECTORS.items()))
    answer = forms.ChoiceField(
        label="Wat is het antwoord?",
        choices=[("ja", "Ja, dat doen we"), ("praat", "Laten we praten"), ("nee", "Nu niet")],
        widget=forms.RadioSelect,
    )
    sectors = forms.MultipleChoiceField(
        label="Ook actief in",
        choices=list(SECTORS.items())[:3],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Kies er zoveel als je wilt.",
    )
    public = forms.BooleanField(label="Dit mag op de site staan", required=False)


def offerings() -> list[dict[str, Any]]:
    return [
        {
            "sector": sector,
            "sector_name": SECTORS[sector],
            "slug": title.lower(),
            "url": "#kaarten",
            "title": title,
            "summary": summary,
            "organisation": "vv Maasoever",
            "audience": "voor bedrijven",
            "group": "12 tot 40 personen",
            "duration": "2 uur",
            "price": price,
            "freshness": "Niet recent bevestigd" if sector == "zorg" else "Bevestigd 3 dagen geleden",
            "is_stale": sector == "zorg",
        }
        for sector, title, summary, price in OFFERINGS
    ]


def organisations() -> list[dict[str, Any]]:
    return [
        {
            "sector": sector,
            "sector_name": label,
            "district": "Westwijk",
            "url": "#organisaties",
            "name": "De Klinknagel",
            "tagline": "Leren lassen na schooltijd, met vakmensen van de werf.",
            "facts": ["4 op de kaart", "2 beloften nagekomen"],
        }
        for sector, label in SECTORS.items()
    ]


def steps(today: dt.date, reached: int) -> list[dict[str, Any]]:
    names = ("Voorgesteld", "Afgesproken", "Uitgevoerd", "Bevestigd")
    days = [today - dt.timedelta(days=30 - 9 * position) for position in range(4)]
    return [
        {
            "label": name,
            "state": "done" if position < reached else "now" if position == reached else "todo",
            "on": days[position] if position < reached else None,
            "by": "Nadia Hoogerduijn" if position < reached else "",
            "note": "wacht op vv Maasoever" if position == reached else "",
        }
        for position, name in enumerate(names)
    ]


def commitments(today: dt.date) -> list[dict[str, Any]]:
    states = (("started", "Bezig", 4, False), ("agreed", "Afgesproken", 0, True), ("kept", "Nagekomen", 6, False))
    return [
        {
            "sector": "jeugd",
            "url": "#toezeggingen",
            "title": "Zes gastlessen lassen",
            "promisor": "Scheepswerf Noordkade",
            "beneficiary": "De Klinknagel",
            "state": state,
            "state_label": label,
            "due_on": today + dt.timedelta(days=-4 if late else 12),
            "is_late": late,
            "value": Decimal(done),
            "max": Decimal(6),
            "unit": "dagdelen",
        }
        for state, label, done, late in states
    ]


def drawings() -> list[charts.Chart]:
    months = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov"]
    agreed = charts.Series("afgesproken", [2, 4, 3, 8, 6, 9, 4, 3, 11, 12, 7])
    kept = charts.Series("nagekomen", [0, 1, 3, 2, 5, 7, 6, 2, 6, 9, 8])
    inks = [f"sector-{name}" for name in SECTORS]
    counts = charts.Series("toezeggingen", [14, 22, 9, 17, 12, 31])
    states = [
        charts.Series("nagekomen", [12, 8]),
        charts.Series("bezig", [5, 9]),
        charts.Series("teruggegeven", [1, 2]),
    ]
    return [
        charts.bars("Toezeggingen per sector", list(SECTORS.values()), counts, inks=inks),
        charts.lines("Toezeggingen per maand", months, [agreed, kept]),
        charts.stacked("Hoe het afliep", ["Leden", "Bedrijven"], states),
    ]


def filled_form() -> SampleForm:
    """As it comes back when something was not right."""
    typed = "again-title=&again-email=nadia%40&again-people=veel&again-sector=sport&again-sectors=sport"
    return SampleForm(QueryDict(typed), prefix="again")


def lists(today: dt.date) -> dict[str, Any]:
    chips = [{"label": "Alles", "url": "#chips", "count": 154, "selected": True}]
    chips += [{"label": name, "url": "#chips", "sector": slug, "count": 24} for slug, name in SECTORS.items()]
    return {
        "chips": chips,
        "chosen": [{"label": "Centrum", "url": "#chips"}, {"label": "Gratis", "url": "#chips"}],
        "facet": [
            {"value": name, "label": label, "count": 12, "selected": name == "jeugd"}
            for name, label in SECTORS.items()
        ],
        "page_of_many": Paginator(range(120), 24).page(2),
        "events": events(today),
        "section_items": [
            {"label": "Te doen", "url": "#lijsten", "selected": True, "count": 3},
            {"label": "Ons aanbod", "url": "#lijsten"},
            {"label": "Aanvragen", "url": "#lijsten", "count": 2},
            {"label": "Toezeggingen", "url": "#lijsten"},
            {"label": "Profiel", "url": "#lijsten"},
        ],
        "facts": [
            {"label": "Groep", "value": "12 tot 40 personen", "icon": "users"},
            {"label": "Duur", "value": "2 uur", "icon": "clock"},
            {"label": "Website", "value": "www.maasoever.example", "url": "https://www.maasoever.example"},
        ],
        "section": records.Shown(
            "roles", "Rollen", [[records.Fact("Rol", "beheerder"), records.Fact("Vanaf", "2014")]], is_more=True
        ),
        "crumbs": [{"label": "Menukaart", "url": "#lijsten"}, {"label": "Teamuitje", "url": "#lijsten"}],
    }


def events(today: dt.date) -> list[dict[str, Any]]:
    receiver = {"by": "De Klinknagel", "at": today}
    return [
        receiver | {"title": "Bevestigd", "text": "Zes middagen, veertien jongeren.", "tone": "good"},
        receiver | {"title": "Nog niet", "text": "De laatste middag komt nog.", "tone": "alert"},
        {"title": "Afgesproken", "by": "Scheepswerf Noordkade", "at": today},
    ]


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "offerings": offerings(),
        "organisations": organisations(),
        "sectors": SECTORS.items(),
        "pills": PILLS,
        "step_lines": [steps(today, reached) for reached in (1, 2, 4)],
        "commitments": commitments(today),
        "charts": drawings(),
        "form": SampleForm(),
        "refused": filled_form(),
        "conflict": [{"label": "Titel", "theirs": "Zeilen op de Maas", "yours": "Zeilen voor beginners"}],
        "tones": [levels.DEFAULT_TAGS[level] for level in (levels.INFO, levels.SUCCESS, levels.WARNING, levels.ERROR)],
        "today": today,
        "now": timezone.now(),
        **lists(today),
    }
    return render(request, "foundation/style_guide.html", context)


style_guide.access = "anyone"  # type: ignore[attr-defined]
