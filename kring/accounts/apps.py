from django.apps import AppConfig
from django.contrib.admin import apps as django_admin
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    default = True
    name = "kring.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from kring.accounts import addresses, personal, seeing  # noqa: F401 - these register themselves, and need the models


class AdminConfig(django_admin.AdminConfig):
    """Django's admin, with our site in it; the settings name it in the place of Django's own."""

    default = False
    default_site = "kring.accounts.admin_site.AdminSite"
