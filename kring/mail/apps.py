from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "kring.mail"
    label = "mail"
    verbose_name = _("Mail")

    def ready(self) -> None:
        from kring.mail import account_samples, checks, hearing, personal, seeing  # noqa: F401 - these register themselves, and need the models
