from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "kring.site"
    label = "site"
    verbose_name = "Site"
