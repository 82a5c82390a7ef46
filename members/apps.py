from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Organisaties en leden")

    def ready(self) -> None:
        from members import links  # noqa: F401 - registers its pages, which need the models
