from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "kring.board"
    label = "board"
    verbose_name = "Bestuur"
