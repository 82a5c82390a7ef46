from django.urls import path

from offerings.views import card, mine, needs, shortlist

app_name = "offerings"
urlpatterns = [
    path("menukaart/", card.card, name="list"),
    path("menukaart/<slug:slug>/", card.detail, name="detail"),
    path("menukaart/<slug:slug>/bewaar/", shortlist.add, name="shortlist_add"),
    path("menukaart/<slug:slug>/van-de-lijst/", shortlist.remove, name="shortlist_remove"),
    path("bewaarlijst/", shortlist.shortlist, name="shortlist"),
    path("vragen/", needs.need_list, name="need_list"),
    path("vragen/<slug:slug>/", needs.need_detail, name="need_detail"),
    path("mijn/<slug:organisation>/aanbod/", mine.mine, name="mine"),
    path("mijn/<slug:organisation>/aanbod/nieuw/", mine.create, name="create"),
    path("mijn/<slug:organisation>/aanbod/<slug:slug>/", mine.edit, name="edit"),
    path("mijn/<slug:organisation>/aanbod/<slug:slug>/stap/", mine.move, name="move"),
]
