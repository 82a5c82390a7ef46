"""The figures as people read them: each with what it means, how it is counted, and the way to what is under it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments import charts, filters
from commitments.charts import linked
from commitments.figures import DIMENSIONS, Figures, Line
from commitments.filters import BASES
from commitments.models import Basis
from commitments.outcomes import CONFIRMED, Outcome
from commitments.totals import SUMMABLE
from kring.foundation.charts import Chart
from kring.foundation.wording import euro, number, quantity, unit_name
from offerings.choices import MEANS, MEANS_LABELS

BASIS_PARAMETERS = {basis: parameter for parameter, basis in BASES.items()}
KEPT = [outcome.value for outcome in CONFIRMED]


@dataclass(frozen=True)
class Tile:
    """For components/figure_tile.html."""

    figure: str
    label: str
    note: str
    url: str
    definition: str


@dataclass(frozen=True)
class Breakdown:
    """The figures along one line, such as per sector."""

    title: str
    charts: list[Chart]


class Sheet:
    """`asked` is what every way to the commitments asks for besides, such as that they are public."""

    def __init__(self, figures: Figures, asked: dict[str, str]) -> None:
        self.figures = figures
        self._asked = asked

    def address(self, **narrowed: str | list[str]) -> str:
        return f"{reverse('commitments:list')}?{urlencode(self._asked | narrowed, doseq=True)}"

    @cached_property
    def labels(self) -> dict[str, list[tuple[str, str]]]:
        return {"sector": filters.sectors(), "wijk": filters.districts()}

    @cached_property
    def totals(self) -> list[Tile]:
        return [
            Tile(
                figure=quantity(total.quantity, "euro") if total.unit == "euro" else number(total.quantity),
                label=total.unit_name,
                note=source(total.commitments),
                url=self.address(uitkomst=KEPT, eenheid=total.unit),
                definition=_("Alleen wat de ontvanger bevestigde, in de hoeveelheid die de ontvanger noemde."),
            )
            for total in self.figures.per_unit
        ]

    @cached_property
    def values(self) -> list[Tile]:
        return [
            Tile(
                figure=euro(value.euros),
                label=_("geschatte waarde: %(basis)s") % {"basis": str(Basis(value.basis).label).lower()},
                note=source(value.commitments),
                url=self.address(uitkomst=KEPT, waarde=BASIS_PARAMETERS[Basis(value.basis)]),
                definition=_("De waarde die bij de afspraak is geschat, van wat bevestigd is."),
            )
            for value in self.figures.values
        ]

    @cached_property
    def outcomes(self) -> list[Tile]:
        whole = self.figures.whole
        return [
            Tile(
                figure=f"{number(round(whole.share(outcome), 1))}%",
                label=str(outcome.label),
                note=source(whole.outcomes[outcome]),
                url=self.address(uitkomst=outcome.value),
                definition=definition(outcome),
            )
            for outcome in Outcome
        ]

    @cached_property
    def pace(self) -> list[Tile]:
        """How long things take, half of them longer and half shorter."""
        figures = self.figures
        told = [
            (figures.days_to_yes, _("tussen vraag en afspraak"), _("De mediaan: van aanvraag of voorstel tot ja.")),
            (figures.days_to_kept, _("tussen afspraak en bevestigd"), _("De mediaan: van ja tot de bevestiging.")),
        ]
        return [
            Tile(
                days(middle),
                label,
                source(figures.whole.confirmed),
                self.address(uitkomst=KEPT),
                f"{meaning} {_('Van wat bevestigd is.')}",
            )
            for middle, label, meaning in told
            if middle is not None
        ]

    @cached_property
    def outside(self) -> Tile:
        return Tile(
            figure=number(self.figures.outside),
            label=_("afspraken buiten het eigen veld"),
            note=source(self.figures.outside),
            url=self.address(buiten="ja"),
            definition=_(
                "Tussen twee organisaties met een andere sector. In totaal zijn er %(number)s tussen organisaties."
            )
            % {"number": number(self.figures.between_fields)},
        )

    @cached_property
    def shares(self) -> Chart:
        whole = self.figures.whole
        rows = [
            [
                str(outcome.label),
                self._count(whole, outcome, {}),
                f"{number(round(whole.share(outcome), 1))}%",
            ]
            for outcome in Outcome
        ]
        return charts.shares(whole, rows)

    @cached_property
    def breakdowns(self) -> list[Breakdown]:
        titles = {
            "sector": _("Per sector"),
            "wijk": _("Per wijk"),
            "m": _("Per M: wat er gegeven wordt"),
            "maand": _("Per maand"),
        }
        found = ((dimension, self.lines(dimension)) for dimension in DIMENSIONS)
        return [Breakdown(titles[dimension], self._charts(dimension, lines)) for dimension, lines in found if lines]

    def lines(self, dimension: str) -> list[tuple[str, str, Line]]:
        """The name in the address, the label and the figures of each; of the months all, of the rest what there is."""
        found = self.figures.lines[dimension]
        if dimension == "maand":
            months = self.figures.months
            return [(f"{first:%Y-%m}", date_format(first, "M Y"), self.figures.month(first)) for first in months]
        if dimension == "m":
            return [(name, str(label), found[MEANS[name]]) for name, label in MEANS_LABELS if MEANS[name] in found]
        return [(name, label, found[name]) for name, label in self.labels[dimension] if name in found]

    def _charts(self, dimension: str, lines: list[tuple[str, str, Line]]) -> list[Chart]:
        drawn = [(label, line) for _name, label, line in lines]
        rows = [self._outcomes_of({dimension: name}, label, line) for name, label, line in lines]
        hours = [self._totals_of({dimension: name}, label, line) for name, label, line in lines]
        head = ["", *(unit_name(unit, 2) for unit in SUMMABLE), _("Bevestigd")]
        ended = charts.over_time if dimension == "maand" else charts.outcomes
        return [
            ended(_("Wat kwam ervan?"), drawn, rows),
            charts.confirmed(_("Uren die bevestigd zijn"), drawn, head, hours),
        ]

    def _outcomes_of(self, narrowed: dict[str, str], label: str, line: Line) -> list[str]:
        return [label, *(self._count(line, outcome, narrowed) for outcome in Outcome)]

    def _count(self, line: Line, outcome: Outcome, narrowed: dict[str, str]) -> str:
        found = line.outcomes[outcome]
        return linked(number(found), self.address(uitkomst=outcome.value, **narrowed) if found else "")

    def _totals_of(self, narrowed: dict[str, str], label: str, line: Line) -> list[str]:
        cells = [
            linked(number(line.totals[unit].quantity), self.address(uitkomst=KEPT, eenheid=unit, **narrowed))
            if unit in line.totals
            else number(0)
            for unit in SUMMABLE
        ]
        whole = linked(number(line.confirmed), self.address(uitkomst=KEPT, **narrowed) if line.confirmed else "")
        return [label, *cells, whole]

    # --- the same as a file ---

    def rows(self, site: str) -> Iterator[list[Any]]:
        """What, along which line, how much, of what, from how many commitments, and where these are."""
        yield from self._whole_rows(site)
        titles = {"sector": _("sector"), "wijk": _("wijk"), "m": _("M"), "maand": _("maand")}
        for dimension in DIMENSIONS:
            for name, label, line in self.lines(dimension):
                yield from self._line_rows(site, titles[dimension], label, line, {dimension: name})

    def _whole_rows(self, site: str) -> Iterator[list[Any]]:
        figures = self.figures
        yield from self._line_rows(site, "", "", figures.whole, {})
        for value in figures.values:
            url = self.address(uitkomst=KEPT, waarde=BASIS_PARAMETERS[Basis(value.basis)])
            label = _("geschatte waarde: %(basis)s") % {"basis": str(Basis(value.basis).label).lower()}
            yield [label, "", "", value.euros, "euro", value.commitments, site + url]
        for what, middle in (
            (_("dagen tussen vraag en afspraak (mediaan)"), figures.days_to_yes),
            (_("dagen tussen afspraak en bevestigd (mediaan)"), figures.days_to_kept),
        ):
            if middle is not None:
                url = self.address(uitkomst=KEPT)
                yield [what, "", "", round(middle, 1), _("dagen"), figures.whole.confirmed, site + url]
        url = self.address(buiten="ja")
        what = _("afspraken buiten het eigen veld")
        yield [what, "", "", figures.outside, _("toezeggingen"), figures.outside, site + url]

    def _line_rows(
        self, site: str, along: str, label: str, line: Line, narrowed: dict[str, str]
    ) -> Iterator[list[Any]]:
        for outcome in Outcome:
            found = line.outcomes[outcome]
            url = site + self.address(uitkomst=outcome.value, **narrowed)
            yield [str(outcome.label), along, label, found, _("toezeggingen"), found, url]
        for unit in SUMMABLE:
            if unit in line.totals:
                total = line.totals[unit]
                url = site + self.address(uitkomst=KEPT, eenheid=unit, **narrowed)
                yield [_("bevestigd"), along, label, total.quantity, unit_name(unit, 2), total.commitments, url]


def header() -> list[str]:
    return [
        _("Wat"),
        _("Verdeeld naar"),
        _("Deel"),
        _("Hoeveel"),
        _("Eenheid"),
        _("Toezeggingen"),
        _("Waar het uit komt"),
    ]


def source(commitments: int) -> str:
    told = ngettext("uit %(number)s toezegging", "uit %(number)s toezeggingen", commitments)
    return told % {"number": number(commitments)}


def days(value: float) -> str:
    return ngettext("%(n)s dag", "%(n)s dagen", round(value)) % {"n": number(round(value))}


def definition(outcome: Outcome) -> str:
    return {
        Outcome.ON_TIME: _("De ontvanger zei dat het klopt, en het was klaar gemeld op of voor de afgesproken datum."),
        Outcome.LATE: _("De ontvanger zei dat het klopt, maar het was klaar gemeld na de afgesproken datum."),
        Outcome.SILENCE: _("Klaar gemeld, en de ontvanger reageerde dertig dagen niet. Telt niet mee in de totalen."),
        Outcome.BOARD: _(
            "De twee kanten kwamen er niet uit. Het bestuur vond dat het gedaan is. Telt niet mee in de totalen."
        ),
        Outcome.GIVEN_BACK: _("Het lukte niet, en dat is eerlijk gezegd, met de reden erbij."),
        Outcome.RUNNING: _("Afgesproken, bezig of klaar gemeld, en nog niet bevestigd."),
    }[outcome]
