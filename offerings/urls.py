from django.urls import path

from offerings.views import asked, card, feeds, mine, needs, own_needs, paper, shortlist

app_name = "offerings"
urlpatterns = [
    path("menukaart/", card.card, name="list"),
    path("menukaart/menukaart.pdf", paper.menu, name="menu_pdf"),
    path("bewaarlijst/menukaart.pdf", paper.shortlist, name="shortlist_pdf"),
    path("feeds/menukaart.atom", feeds.newest, name="feed"),
    path("menukaart/<slug:slug>/", card.detail, name="detail"),
    path("menukaart/<slug:slug>/bewaar/", shortlist.add, name="shortlist_add"),
    path("menukaart/<slug:slug>/van-de-lijst/", shortlist.remove, name="shortlist_remove"),
    path("bewaarlijst/opruimen/", shortlist.clear_away, name="shortlist_clear_away"),
    path("bewaarlijst/", shortlist.shortlist, name="shortlist"),
    path("vragen/", needs.need_list, name="need_list"),
    path("vragen/plaats/", own_needs.post, name="post_need"),
    path("vragen/<slug:slug>/", needs.need_detail, name="need_detail"),
    path("mijn/gezocht/", asked.for_members, name="asked"),
    path("bestuur/gezocht/", asked.for_board, name="asked_by_all"),
    path("mijn/<slug:organisation>/kansen/", own_needs.chances, name="chances"),
    path("mijn/<slug:organisation>/vragen/", own_needs.mine, name="own_needs"),
    path("mijn/<slug:organisation>/vragen/nieuw/", own_needs.create, name="need_create"),
    path("mijn/<slug:organisation>/vragen/<slug:slug>/", own_needs.edit, name="need_edit"),
    path("mijn/<slug:organisation>/vragen/<slug:slug>/stap/", own_needs.move, name="need_move"),
    path("mijn/<slug:organisation>/aanbod/", mine.mine, name="mine"),
    path("mijn/<slug:organisation>/aanbod/nieuw/", mine.create, name="create"),
    path("mijn/<slug:organisation>/aanbod/voorbeeld/", mine.preview, name="preview"),
    path("mijn/<slug:organisation>/aanbod/<slug:slug>/", mine.edit, name="edit"),
    path("mijn/<slug:organisation>/aanbod/<slug:slug>/stap/", mine.move, name="move"),
    path("mijn/<slug:organisation>/aanbod/<slug:slug>/even-weg/", mine.pause, name="pause"),
    path("mijn/<slug:organisation>/aanbod/<slug:slug>/kopie/", mine.copy, name="copy"),
]
