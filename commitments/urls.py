from django.urls import path

from commitments.views import calendars, commitments, contacts, enquiries, making

app_name = "commitments"
urlpatterns = [
    path("menukaart/<slug:slug>/aanvragen/", enquiries.ask, name="ask"),
    path("bewaarlijst/aanvragen/", enquiries.ask_several, name="ask_several"),
    path("vragen/<slug:slug>/reageren/", enquiries.answer_need, name="answer_need"),
    path("mijn/aanvragen/", enquiries.mine, name="enquiries"),
    path("mijn/aanvragen/<uuid:uuid>/", enquiries.enquiry, name="enquiry"),
    path("mijn/<slug:organisation>/agenda/", calendars.page, name="calendar"),
    path("feeds/toezeggingen/<str:token>.ics", calendars.feed, name="calendar_feed"),
    path("toezeggingen/", commitments.board, name="list"),
    path("toezeggingen/nieuw/", making.create, name="create"),
    path("toezeggingen/snel/", making.quick, name="quick"),
    path("toezeggingen/<uuid:uuid>/wijzigen/", making.edit, name="edit"),
    path("toezeggingen/<uuid:uuid>/", commitments.detail, name="detail"),
    path("toezeggingen/<uuid:uuid>/foto/<uuid:evidence>.webp", commitments.photo, name="photo"),
    path("toezeggingen/<uuid:uuid>/contact/", contacts.choose, name="contact"),
    path("toezeggingen/<uuid:uuid>/doe/", commitments.act, name="act"),
    path("toezeggingen/<uuid:uuid>/intrekken/", commitments.withdraw, name="withdraw"),
]
