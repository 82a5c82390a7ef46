"""Pages that only the demo has."""

from django.urls import include, path

from kring.demo import post, views

app_name = "demo"
urlpatterns = [
    path("demo/aanmelden/<slug:who>/", views.sign_in, name="sign_in"),
    path("demo/post/", include(post.urlpatterns)),
]
