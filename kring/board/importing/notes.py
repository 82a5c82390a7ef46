"""What can be said of a record: a code for reports, how bad it is, and the words that say what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Severity(StrEnum):
    ERROR = "fout"
    WARNING = "let-op"
    DUPLICATE = "dubbel"


class Verdict(StrEnum):
    """What the list itself says of a record."""

    GOOD = "goed"
    WITH_NOTES = "goed-met-opmerking"
    REFUSED = "afgekeurd"
    DUPLICATE = "dubbel"


E, W, D = Severity.ERROR, Severity.WARNING, Severity.DUPLICATE

# Each code with its severity and its words; %(value)s is what stands in the cell.
WORDS: dict[str, tuple[Severity, str | Promise]] = {
    "naam_ontbreekt": (E, _("Er staat geen naam. Vul die in: zonder naam kan de rij niet mee.")),
    "kvk_ontbreekt": (W, _("Geen KvK-nummer. De rij gaat mee zonder.")),
    "kvk_ongeldig": (E, _("‘%(value)s’ is geen KvK-nummer. Dat heeft 8 cijfers, bijvoorbeeld 12345678.")),
    "kvk_voorloopnul": (W, _("‘%(value)s’ heeft 7 cijfers: Excel liet misschien een 0 weg. Het nummer blijft leeg.")),
    "email_ontbreekt": (W, _("Geen e-mailadres. De rij gaat mee zonder.")),
    "email_nodig": (E, _("Er staat geen e-mailadres. Daarmee logt iemand in, dus vul het in.")),
    "email_ongeldig": (E, _("‘%(value)s’ is geen e-mailadres. Verwacht: naam@voorbeeld.nl, zonder spaties.")),
    "email_meerdere": (W, _("Er staan meer adressen in deze cel. We nemen het eerste.")),
    "postcode_ontbreekt": (W, _("Geen postcode. De rij gaat mee zonder.")),
    "postcode_ongeldig": (
        E,
        _("‘%(value)s’ is geen postcode: vier cijfers en twee letters, zoals 3131 AB."),
    ),
    "postcode_buiten_stad": (W, _("‘%(value)s’ ligt buiten de stad. Klopt dat?")),
    "datum_ontbreekt": (W, _("Geen datum. De rij gaat mee zonder.")),
    "datum_ongeldig": (E, _("‘%(value)s’ is geen datum. Schrijf de dag eerst, zoals 31-12-2014.")),
    "datum_toekomst": (E, _("‘%(value)s’ ligt in de toekomst. Kijk het jaar na.")),
    "datum_onnauwkeurig": (W, _("‘%(value)s’ is geen hele datum. We nemen de eerste dag.")),
    "formule": (E, _("In deze cel staat een formule: %(value)s. Zet er gewone tekst neer.")),
    "medewerkers_ongeldig": (W, _("‘%(value)s’ is geen aantal. Schrijf een getal, zoals 12. Het blijft nu leeg.")),
    "website_ongeldig": (W, _("‘%(value)s’ is geen webadres. Schrijf het als www.voorbeeld.nl. Het blijft nu leeg.")),
    "telefoon_ongeldig": (
        W,
        _("‘%(value)s’ is geen telefoonnummer, zoals 010 123 45 67. Het blijft nu leeg."),
    ),
    "contributie_ongeldig": (W, _("‘%(value)s’ is geen bedrag. Schrijf het als 175,00. Het blijft nu leeg.")),
    "nieuwsbrief_onduidelijk": (W, _("‘%(value)s’ is geen ja of nee. We nemen nee.")),
    "codering_verdacht": (W, _("‘%(value)s’ ziet er verminkt uit. Kijk de naam na.")),
    "te_veel_kolommen": (
        E,
        _("Deze rij heeft meer cellen dan kopjes. Staat er ergens een los scheidingsteken?"),
    ),
    "te_weinig_kolommen": (E, _("Deze rij is afgebroken: er zijn minder cellen dan kopjes. Vul de rij aan.")),
    "zelfde_kvk_ander_adres": (W, _("Hetzelfde KvK-nummer op een ander adres: een vestiging? De rij gaat apart mee.")),
    "zelfde_email": (W, _("Een andere rij heeft hetzelfde e-mailadres. Klopt dat?")),
    "dubbel_exact": (D, _("Deze rij staat al in de lijst.")),
    "dubbel_kvk": (D, _("Hetzelfde KvK-nummer en dezelfde postcode staan al in de lijst.")),
    "dubbel_naam_postcode": (D, _("Dezelfde naam en postcode staan al in de lijst.")),
    "dubbel_persoon": (D, _("Deze persoon staat al in de lijst, bij dezelfde organisatie.")),
    "sector_ontbreekt": (E, _("Er staat geen sector. Kies een van de sectoren van de kring.")),
    "sector_onbekend": (E, _("‘%(value)s’ is geen sector van de kring. Kies een van: %(choices)s.")),
    "rsin_ongeldig": (W, _("‘%(value)s’ is geen RSIN. Dat heeft 9 cijfers, zoals 123456782. Het blijft nu leeg.")),
    "rsin_eenmanszaak": (W, _("Van een eenmanszaak bewaren we geen RSIN: het kan iemands burgerservicenummer zijn.")),
    "vrijwilligers_ongeldig": (W, _("‘%(value)s’ is geen aantal. Schrijf een getal, zoals 12. Het blijft nu leeg.")),
    "opgericht_ongeldig": (W, _("‘%(value)s’ is geen jaar. Schrijf vier cijfers, zoals 1985. Het blijft nu leeg.")),
    "te_lang": (W, _("Deze tekst is te lang en wordt afgekapt. Maak hem korter, hoogstens %(most)d tekens.")),
    "organisatie_ontbreekt": (E, _("Er staat geen organisatie. Vul de naam of het KvK-nummer in.")),
    "organisatie_onbekend": (E, _("‘%(value)s’ kennen we niet. Schrijf de naam zoals die op de site staat.")),
    "organisatie_meerdere": (E, _("Er zijn er meer die ‘%(value)s’ heten. Zet er het KvK-nummer bij.")),
    "beheerder_nodig": (E, _("Een lid heeft iemand die het beheert. Vul het e-mailadres van de beheerder in.")),
    "account_gesloten": (E, _("Dit account is gesloten. Vraag de sitebeheerder om het te openen.")),
    "rol_blijft": (W, _("Is al beheerder, en blijft dat.")),
    "rol_onbekend": (E, _("‘%(value)s’ is geen rol. Schrijf beheerder of redacteur.")),
}


@dataclass(frozen=True)
class Note:
    """One thing about a record: the field it is about (none: the whole row), and the cell as it was typed."""

    field: str | None
    code: str
    value: str | None = None
    suggestion: str | None = None

    @property
    def severity(self) -> Severity:
        return WORDS[self.code][0]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "severity": str(self.severity)}


def in_words(note: dict[str, Any], **more: Any) -> str:
    """A note as it is kept, as a sentence that says what is wrong and what to do."""
    value = (note.get("value") or "").strip()
    known = {"value": value[:80] + "…" if len(value) > 80 else value, "most": 0, "choices": "", **more}
    sentence = str(WORDS[note["code"]][1]) % known
    return f"{sentence} ({note['suggestion']})" if note.get("suggestion") else sentence
