from django.urls import path

from kring.board import applications, organisations, views

app_name = "board"
urlpatterns = [
    path("bestuur/", views.attention, name="attention"),
    path("bestuur/toezeggingen/", views.commitments, name="commitments"),
    path("bestuur/post/", views.mail, name="mail"),
    path("bestuur/aanmeldingen/<uuid:uuid>/", applications.application, name="application"),
    path("bestuur/organisaties/", organisations.register, name="organisations"),
    path("bestuur/organisaties/<slug:slug>/", organisations.organisation, name="organisation"),
    path("bestuur/organisaties/<slug:slug>/beheerder/", organisations.appoint, name="appoint"),
    path("bestuur/organisaties/<slug:slug>/lijst/", organisations.list_business, name="list_business"),
    path("bestuur/organisaties/<slug:slug>/lidmaatschap/<slug:name>/", organisations.step, name="step"),
]
