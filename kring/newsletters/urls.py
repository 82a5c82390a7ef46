from django.urls import path

from kring.newsletters.views import audiences, composing, public, sending

app_name = "newsletters"
urlpatterns = [
    path("nieuwsbrief/", public.home, name="home"),
    path("nieuwsbrief/aanmelden/", public.subscribe, name="subscribe"),
    path("nieuwsbrief/<int:number>/", public.issue, name="issue"),
    path("nieuwsbrief/lezen/<str:token>/", public.read, name="read"),
    path("nieuwsbrief/naar/<str:token>/", public.follow, name="follow"),
    path("nieuwsbrief/voorkeuren/<str:token>/", public.choose, name="preferences"),
    path("feeds/nieuwsbrief.atom", public.feed, name="feed"),
    path("bestuur/nieuwsbrief/", composing.issues, name="issues"),
    path("bestuur/nieuwsbrief/nieuw/", composing.create, name="create"),
    path("bestuur/nieuwsbrief/doelgroepen/", audiences.audiences, name="audiences"),
    path("bestuur/nieuwsbrief/doelgroepen/nieuw/", audiences.create, name="create_audience"),
    path("bestuur/nieuwsbrief/doelgroepen/<uuid:uuid>/", audiences.audience, name="audience"),
    path("bestuur/nieuwsbrief/doelgroepen/<uuid:uuid>/weg/", audiences.remove, name="remove_audience"),
    path("bestuur/nieuwsbrief/abonnees/", audiences.subscribers, name="subscribers"),
    path("bestuur/nieuwsbrief/abonnees/<uuid:uuid>/afmelden/", audiences.end_subscription, name="end_subscription"),
    path("bestuur/nieuwsbrief/<uuid:uuid>/", composing.compose, name="compose"),
    path("bestuur/nieuwsbrief/<uuid:uuid>/voorbeeld/", composing.preview, name="preview"),
    path("bestuur/nieuwsbrief/<uuid:uuid>/weg/", composing.remove, name="remove"),
    path("bestuur/nieuwsbrief/<uuid:uuid>/versturen/", sending.send, name="send"),
    path("bestuur/nieuwsbrief/<uuid:uuid>/voortgang/", sending.progress, name="progress"),
    path("bestuur/nieuwsbrief/<uuid:uuid>/voortgang/doe/", sending.move, name="move"),
    path("bestuur/nieuwsbrief/<uuid:uuid>/voortgang/stop/", sending.ask_to_stop, name="stop"),
]
