from django.urls import path

from kring.meetings.views import after, agenda, board, evening, feeds, public, sign_ups

app_name = "meetings"
BOARD = "bestuur/bijeenkomsten/"
ONE = f"{BOARD}<slug:slug>/"
urlpatterns = [
    path("bijeenkomsten/", public.meetings, name="list"),
    path("bijeenkomsten/organisaties/", public.organisations, name="organisations"),
    path("bijeenkomsten/<slug:slug>.ics", feeds.calendar, name="calendar"),
    path("bijeenkomsten/<slug:slug>/", public.detail, name="detail"),
    path("bijeenkomsten/<slug:slug>/stukken/<int:key>/", public.document, name="document"),
    path("bijeenkomsten/<slug:slug>/aanmelden/", public.sign_up, name="sign_up"),
    path("bijeenkomsten/<slug:slug>/verslag/", public.minutes, name="minutes"),
    path("bijeenkomsten/<slug:slug>/deelkaart.png", feeds.card, name="card"),
    path("feeds/bijeenkomsten.ics", feeds.calendar_of_all, name="calendar_of_all"),
    path("feeds/bijeenkomsten.atom", feeds.atom, name="atom"),
    # Before
    path(BOARD, board.meetings, name="board"),
    path(f"{BOARD}nieuw/", board.begin, name="begin"),
    path(ONE, board.overview, name="overview"),
    path(f"{ONE}gegevens/", board.edit, name="edit"),
    path(f"{ONE}stap/<slug:name>/", board.step, name="step"),
    path(f"{ONE}uitnodigen/", board.invite, name="invite"),
    path(f"{ONE}sjabloon/", board.keep_as_template, name="keep_as_template"),
    path(f"{ONE}agenda/", agenda.agenda, name="agenda"),
    path(f"{ONE}agenda/nieuw/", agenda.add, name="agenda_add"),
    path(f"{ONE}agenda/<int:key>/", agenda.edit, name="agenda_edit"),
    path(f"{ONE}agenda/<int:key>/verplaats/", agenda.move, name="agenda_move"),
    path(f"{ONE}agenda/<int:key>/weg/", agenda.remove, name="agenda_remove"),
    path(f"{ONE}aanmeldingen/", sign_ups.sign_ups, name="sign_ups"),
    path(f"{ONE}aanmeldingen/lijst.csv", sign_ups.as_csv, name="sign_ups_csv"),
    path(f"{ONE}aanmeldingen/<uuid:uuid>/afmelden/", sign_ups.cancel, name="sign_up_cancel"),
    # During
    path(f"{ONE}avond/", evening.evening, name="evening"),
    path(f"{ONE}avond/nu/", evening.now, name="evening_now"),
    path(f"{ONE}avond/punt/", evening.turn, name="evening_turn"),
    path(f"{ONE}avond/opschrijven/", evening.catch, name="catch"),
    path(f"{ONE}avond/wie/", evening.arrivals, name="arrivals"),
    path(f"{ONE}avond/wie/erbij/", evening.walk_in, name="walk_in"),
    path(f"{ONE}avond/wie/<uuid:uuid>/", evening.arrival, name="arrival"),
    # After
    path(f"{ONE}uitkomsten/", after.outcomes, name="outcomes"),
    path(f"{ONE}uitkomsten/voorstellen/", after.propose, name="propose"),
    path(f"{ONE}uitkomsten/<uuid:uuid>/", after.outcome, name="outcome"),
    path(f"{ONE}uitkomsten/<uuid:uuid>/wordt/", after.turn_idea, name="turn_idea"),
    path(f"{ONE}uitkomsten/<uuid:uuid>/weg/", after.remove_outcome, name="outcome_remove"),
    path(f"{ONE}verslag/", after.write, name="write"),
    path(f"{ONE}verslag/goedkeuren/", after.approve, name="approve"),
    path(f"{ONE}verslag/publiceren/", after.publish, name="publish_minutes"),
]
