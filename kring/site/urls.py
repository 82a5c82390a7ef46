from django.urls import path

from kring.site import health, my, results, views

app_name = "site"
urlpatterns = [
    path("", views.home, name="home"),
    path("resultaat/", results.results, name="results"),
    path("resultaat/cijfers.csv", results.results_csv, name="results_csv"),
    path("over/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    path("toegankelijkheid/", views.accessibility, name="accessibility"),
    path("lidmaatschap-opzeggen/", views.resign, name="resign"),
    path("mijn/", my.my, name="my"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]
