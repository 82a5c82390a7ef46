from django.urls import path

from kring.board import applications, freshness, imports, mail_links, organisations, reminding, views

app_name = "board"
urlpatterns = [
    path("bestuur/", views.attention, name="attention"),
    path("bestuur/toezeggingen/", views.commitments, name="commitments"),
    path("bestuur/menukaart/", freshness.freshness, name="freshness"),
    path("bestuur/herinneringen/", reminding.rules, name="reminders"),
    path("bestuur/herinneringen/nieuw/", reminding.add, name="add_reminder"),
    path("bestuur/herinneringen/<slug:slug>/", reminding.rule, name="reminder"),
    path("bestuur/herinneringen/<slug:slug>/weg/", reminding.remove, name="remove_reminder"),
    path("bestuur/links/", mail_links.listed, name="links"),
    path("bestuur/links/<uuid:uuid>/intrekken/", mail_links.revoke, name="revoke_link"),
    path("bestuur/post/", views.mail, name="mail"),
    path("bestuur/import/", imports.imports, name="imports"),
    path("bestuur/import/<uuid:uuid>/", imports.one, name="import"),
    path("bestuur/import/<uuid:uuid>/kolommen/", imports.choose_columns, name="import_columns"),
    path("bestuur/import/<uuid:uuid>/rij/<int:number>/", imports.choose, name="import_choose"),
    path("bestuur/import/<uuid:uuid>/ja/", imports.confirm, name="import_confirm"),
    path("bestuur/import/<uuid:uuid>/terugdraaien/", imports.undo, name="import_undo"),
    path("bestuur/import/<uuid:uuid>/weg/", imports.throw_away, name="import_throw_away"),
    path("bestuur/import/<uuid:uuid>/verslag.csv", imports.report_csv, name="import_csv"),
    path("bestuur/import/<uuid:uuid>/verslag.xlsx", imports.report_xlsx, name="import_xlsx"),
    path("bestuur/aanmeldingen/<uuid:uuid>/", applications.application, name="application"),
    path("bestuur/organisaties/", organisations.register, name="organisations"),
    path("bestuur/organisaties/<slug:slug>/", organisations.organisation, name="organisation"),
    path("bestuur/organisaties/<slug:slug>/beheerder/", organisations.appoint, name="appoint"),
    path("bestuur/organisaties/<slug:slug>/lijst/", organisations.list_business, name="list_business"),
    path("bestuur/organisaties/<slug:slug>/lidmaatschap/<slug:name>/", organisations.step, name="step"),
]
