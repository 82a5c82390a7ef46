from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "kring.board"
    label = "board"
    verbose_name = "Bestuur"

    def ready(self) -> None:
        from kring.board import personal  # noqa: F401 - it registers what is kept, and needs the models
