from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "kring.foundation"
    label = "foundation"
    verbose_name = "De kring"
