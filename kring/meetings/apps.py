from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "kring.meetings"
    label = "meetings"
    verbose_name = _("Bijeenkomsten")

    def ready(self) -> None:
        from kring.meetings import (  # noqa: F401 - these register what they do, and need the models
            audiences,
            links,
            mail_samples,
            personal,
            presence,
            record_parts,
            seeing,
            telling,
        )
