"""Pages that only the demo has."""

from django.urls import include, path

from kring.demo import post

app_name = "demo"
urlpatterns = [
    path("demo/post/", include(post.urlpatterns)),
]
