from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("organisaties/", views.organisations, name="list"),
    path("organisaties/<slug:slug>/", views.detail, name="detail"),
    path("lid-worden/", views.apply, name="apply"),
    path("mijn/<slug:slug>/profiel/", views.edit, name="edit"),
]
