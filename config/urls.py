"""The site's table of contents."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from kring.accounts import access
from kring.foundation import views as foundation
from kring.foundation.accent import accent
from kring.foundation.media import serve
from kring.foundation.style_guide import style_guide

handler404 = foundation.not_found
handler500 = foundation.server_error

urlpatterns = [
    path("taal/", foundation.set_language, name="set_language"),
    re_path(r"^kleur/(?P<colour>[0-9a-fA-F]{6})\.css$", accent, name="accent"),
    path("beheer/", admin.site.urls),
    path("", include("kring.accounts.urls")),
    re_path(r"^media/(?P<path>.+)$", serve, name="media"),
    path("api/v1/", include("config.api")),
    path("api/schema/", access.anyone(SpectacularAPIView.as_view()), name="schema"),
    path("api/docs/", access.anyone(SpectacularSwaggerSplitView.as_view(url_name="schema")), name="docs"),
    path("", include("kring.mail.urls")),
    path("", include("kring.meetings.urls")),
    path("", include("kring.newsletters.urls")),
    path("", include("commitments.urls")),
    path("", include("offerings.urls")),
    path("", include("members.urls")),
    path("", include("kring.board.urls")),
    path("", include("kring.site.urls")),
]

if settings.DEMO:
    urlpatterns += [path("demo/stijl/", style_guide, name="style_guide"), path("", include("kring.demo.urls"))]
