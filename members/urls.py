from django.urls import path

from members.views import applying, directory, membership, people, profile, record

app_name = "members"
urlpatterns = [
    path("organisaties/", directory.organisations, name="list"),
    path("organisaties/lijst.html", directory.on_paper, name="paper"),
    path("organisaties/lijst.csv", directory.as_csv, name="csv"),
    path("organisaties/lijst.xlsx", directory.as_xlsx, name="xlsx"),
    path("organisaties/<slug:slug>.jsonld", directory.as_linked_data, name="linked_data"),
    path("organisaties/<slug:slug>/", directory.detail, name="detail"),
    # Asking to belong
    path("lid-worden/", applying.apply, name="apply"),
    path("lid-worden/bedrijf/", applying.register_business, name="register_business"),
    # One's own organisation
    path("mijn/<slug:slug>/profiel/", profile.edit, name="edit"),
    path("mijn/<slug:slug>/profiel/voorbeeld/", profile.preview, name="preview"),
    path("mijn/<slug:slug>/profiel/klopt/", profile.confirm, name="confirm"),
    path("mijn/<slug:slug>/mensen/", people.overview, name="people"),
    path("mijn/<slug:slug>/mensen/uitnodigen/", people.invite, name="invite"),
    path("mijn/<slug:slug>/mensen/overdragen/", people.hand_over, name="hand_over"),
    path("mijn/<slug:slug>/mensen/<int:key>/rol/", people.change_role, name="change_role"),
    path("mijn/<slug:slug>/mensen/<int:key>/weg/", people.remove, name="remove"),
    path("mijn/<slug:slug>/uitnodigingen/<uuid:uuid>/opnieuw/", people.invite_again, name="invite_again"),
    path("mijn/<slug:slug>/uitnodigingen/<uuid:uuid>/intrekken/", people.withdraw, name="withdraw"),
    path("mijn/<slug:slug>/lidmaatschap/", membership.overview, name="membership"),
    path("mijn/<slug:slug>/lidmaatschap/opzeggen/", membership.resign, name="resign"),
    path("mijn/<slug:slug>/lidmaatschap/blijven/", membership.stay, name="stay"),
    path("mijn/<slug:slug>/lidmaatschap/opnieuw/", membership.rejoin, name="rejoin"),
    path("mijn/<slug:slug>/geschiedenis/", record.history, name="history"),
    path("mijn/<slug:slug>/gegevens/", record.record, name="record"),
    path("mijn/<slug:slug>/gegevens.json", record.record_file, name="record_file"),
]
