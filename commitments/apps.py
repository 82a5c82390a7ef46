from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitmentsConfig(AppConfig):
    name = "commitments"
    verbose_name = _("Aanvragen en toezeggingen")

    def ready(self) -> None:
        from commitments import (  # noqa: F401 - these register what they do, and need the models
            commitment_links,
            leaving,
            links,
            mail_samples,
            personal,
            record_parts,
            seeing,
        )
