from django.urls import path

from kring.mail import views

app_name = "mail"
urlpatterns = [
    path("a/<str:token>/", views.act, name="act"),
    path("mijn/mail/", views.own_address, name="own_address"),
    path("mail/melding/<slug:provider>/", views.report, name="report"),
    path("afmelden/<str:token>/", views.leave, name="leave"),
]
