"""Which column is which field: by its name, in the words that people use, and then by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.board.importing.reading import tidy
from kring.board.models import ImportKind as Kind
from members.search import bare


@dataclass(frozen=True)
class Field:
    """Something that a column can hold: its name in a report, its words on the screen, and what columns call it.

    What no organisation has a place for is looked at, for a mistake may stand in it, and not kept.
    """

    name: str
    label: str | Promise
    synonyms: str
    kinds: frozenset[Kind] = frozenset({Kind.BUSINESSES, Kind.ORGANISATIONS})
    kept_of: frozenset[Kind] = frozenset(Kind)


BUSINESSES, ORGANISATIONS = frozenset({Kind.BUSINESSES}), frozenset({Kind.ORGANISATIONS})
PEOPLE = frozenset({Kind.PEOPLE})
EVERY, NOBODY = frozenset(Kind), frozenset[Kind]()
# What no list can do without: of each of these one.
NEEDED: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.BUSINESSES: (("naam",),),
    Kind.ORGANISATIONS: (("naam",), ("sector",), ("beheerder_email", "email")),
    Kind.PEOPLE: (("persoon",), ("email",), ("organisatie", "kvk")),
}

# In the order in which a row is looked at, and its notes are given.
FIELDS = (
    Field(
        "lidnr",
        _("Lidnummer"),
        "lidnr lidnummer relatienr relatienummer klantnummer debiteurnr debiteurnummer id",
        kept_of=NOBODY,
    ),
    Field(
        "naam",
        _("Naam"),
        "naam bedrijfsnaam bedrijf organisatie organisatienaam handelsnaam naamorganisatie naambedrijf naamlid firma "
        "vereniging stichting instelling name company companyname organisation organization organisationname",
    ),
    Field(
        "persoon",
        _("Naam van de persoon"),
        "naam persoon volledigenaam naampersoon contactpersoon contact name fullname person",
        PEOPLE,
    ),
    Field(
        "contact",
        _("Contactpersoon"),
        "contactpersoon contact tav naamcontactpersoon vertegenwoordiger",
        kept_of=ORGANISATIONS,
    ),
    Field("adres", _("Adres"), "adres straat straatnaam straatenhuisnummer bezoekadres address street"),
    Field("huisnummer", _("Huisnummer"), "huisnummer huisnr nummer housenumber"),
    Field("postcode", _("Postcode"), "postcode pc postkode zip zipcode postalcode"),
    Field("plaats", _("Plaats"), "plaats woonplaats vestigingsplaats stad gemeente city town"),
    Field("telefoon", _("Telefoon"), "telefoon tel telefoonnummer telefoonnr telnr mobiel gsm phone", EVERY),
    Field(
        "email",
        _("E-mail"),
        "email mail emailadres mailadres emailaddress epost",
        EVERY,
    ),
    Field("website", _("Website"), "website site webadres www url internet homepage internetadres web"),
    Field(
        "kvk",
        _("KvK-nummer"),
        "kvk kvknr kvknummer kamervankoophandel inschrijfnummer kvkinschrijving dossiernummer chamberofcommerce",
        EVERY,
    ),
    Field("rsin", _("RSIN"), "rsin fiscaalnummer"),
    Field("branche", _("Branche"), "branche bedrijfstak activiteit soortbedrijf industry", BUSINESSES),
    Field("sector", _("Sector"), "sector hoofdsector werkveld", ORGANISATIONS),
    Field("kort", _("In één zin"), "omschrijving inéénzin ineenzin kort tagline slogan korteomschrijving description"),
    Field(
        "medewerkers",
        _("Aantal medewerkers"),
        "medewerkers aantalmedewerkers mdw aantalmdw personeel fte werknemers aantalwerknemers employees staff",
    ),
    Field("vrijwilligers", _("Vrijwilligers"), "vrijwilligers aantalvrijwilligers volunteers", ORGANISATIONS),
    Field("opgericht", _("Opgericht in"), "opgericht oprichtingsjaar jaarvanoprichting founded foundingyear"),
    Field(
        "lid_sinds",
        _("Lid sinds"),
        "lidsinds lidvanaf ingangsdatum inschrijfdatum membersince sinds",
        kept_of=ORGANISATIONS,
    ),
    Field(
        "contributie",
        _("Contributie"),
        "contributie bijdrage lidmaatschapsgeld lidgeld jaarbijdrage fee",
        kept_of=ORGANISATIONS,
    ),
    Field("nieuwsbrief", _("Nieuwsbrief"), "nieuwsbrief mailing mailinglijst newsletter", kept_of=NOBODY),
    Field(
        "opmerking",
        _("Opmerkingen"),
        "opmerking opmerkingen bijzonderheden notitie notities memo notes remarks",
        kept_of=NOBODY,
    ),
    Field("beheerder_naam", _("Naam van de beheerder"), "beheerder naambeheerder owner ownername", ORGANISATIONS),
    Field("beheerder_email", _("E-mail van de beheerder"), "emailbeheerder mailbeheerder owneremail", ORGANISATIONS),
    Field(
        "organisatie",
        _("Organisatie"),
        "organisatie naamorganisatie organisatienaam vereniging stichting bedrijf bedrijfsnaam organisation company",
        PEOPLE,
    ),
    Field("rol", _("Rol"), "rol functie role", PEOPLE),
)
BY_NAME = {field.name: field for field in FIELDS}
ORDER = {field.name: place for place, field in enumerate(FIELDS)}


def fields_of(kind: Kind) -> list[Field]:
    return [field for field in FIELDS if kind in field.kinds]


def key(header: str) -> str:
    """A header without capitals, accents, blanks and punctuation."""
    return re.sub(r"[^a-z0-9]", "", bare(header))


def matched(header: Sequence[str], kind: Kind) -> dict[str, int]:
    """For each field the column that is called so: first by its very name, then by a name that begins with it."""
    names = [key(cell) for cell in header]
    found: dict[str, int] = {}
    for is_alike in (_is_same, _is_begun):
        for field in fields_of(kind):
            places = (place for place, name in enumerate(names) if place not in found.values() and name)
            place = next((place for place in places if is_alike(names[place], field)), None)
            if field.name not in found and place is not None:
                found[field.name] = place
    return found


def _synonyms(field: Field) -> list[str]:
    return [key(word) for word in field.synonyms.split()]


def _is_same(name: str, field: Field) -> bool:
    return name in _synonyms(field)


def _is_begun(name: str, field: Field) -> bool:
    """'Telefoon (zakelijk)' is a telephone; short words would be the beginning of too much."""
    return any(len(word) >= 5 and name.startswith(word) for word in _synonyms(field))


def missing(mapping: Mapping[str, int], kind: Kind) -> list[Field]:
    """What no list of this kind can do without, and this one does not have."""
    return [BY_NAME[any_of[0]] for any_of in NEEDED[kind] if mapping.keys().isdisjoint(any_of)]


def only_looked_at(mapping: Mapping[str, int], kind: Kind) -> list[Field]:
    """Columns that are read, and not kept."""
    return [field for field in fields_of(kind) if field.name in mapping and kind not in field.kept_of]


def by_hand(chosen: Mapping[str, str], header: Sequence[str], kind: Kind) -> dict[str, int]:
    """For each column (by its place) the field that somebody chose; a field that is chosen twice is the first's."""
    known = {field.name for field in fields_of(kind)}
    found: dict[str, int] = {}
    for place in range(len(header)):
        field = chosen.get(str(place), "")
        if field in known:
            found.setdefault(field, place)
    return found


def cells_by_field(cells: Sequence[str], mapping: Mapping[str, int]) -> dict[str, str]:
    """The raw cells of the columns that are used."""
    return {name: cells[place] if place < len(cells) else "" for name, place in mapping.items()}


def label(name: str) -> str | Promise:
    field = BY_NAME.get(name)
    return field.label if field else tidy(name)
