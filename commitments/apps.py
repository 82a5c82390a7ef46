from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitmentsConfig(AppConfig):
    name = "commitments"
    verbose_name = _("Aanvragen en toezeggingen")

    def ready(self) -> None:
        from commitments import links  # noqa: F401 - registers its pages, which need the models
