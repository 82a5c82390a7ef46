from django.urls import path

from members.views import directory, profile

app_name = "members"
urlpatterns = [
    path("organisaties/", directory.organisations, name="list"),
    path("organisaties/lijst.html", directory.on_paper, name="paper"),
    path("organisaties/lijst.csv", directory.as_csv, name="csv"),
    path("organisaties/lijst.xlsx", directory.as_xlsx, name="xlsx"),
    path("organisaties/<slug:slug>.jsonld", directory.as_linked_data, name="linked_data"),
    path("organisaties/<slug:slug>/", directory.detail, name="detail"),
    path("lid-worden/", profile.apply, name="apply"),
    path("mijn/<slug:slug>/profiel/", profile.edit, name="edit"),
]
