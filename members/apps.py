from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Organisaties en leden")

    def ready(self) -> None:
        from members import closing, links, mail_samples, personal, record_parts, seeing  # noqa: F401 - these register what they do, and need the models
