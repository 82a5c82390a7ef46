from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewslettersConfig(AppConfig):
    name = "kring.newsletters"
    label = "newsletters"
    verbose_name = _("Nieuwsbrieven")

    def ready(self) -> None:
        from kring.newsletters import (  # noqa: F401 - these register themselves, and need the models
            hearing,
            inviting,
            links,
            mail_samples,
            parts,
            personal,
            seeing,
        )
