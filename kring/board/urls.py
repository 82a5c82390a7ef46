from django.urls import path

from kring.board import views

app_name = "board"
urlpatterns = [
    path("bestuur/", views.attention, name="attention"),
    path("bestuur/toezeggingen/", views.commitments, name="commitments"),
    path("bestuur/post/", views.mail, name="mail"),
]
