from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "kring.board"
    label = "board"
    verbose_name = "Bestuur"

    def ready(self) -> None:
        from kring.board import mail_samples, personal  # noqa: F401 - these register what they do, and need the models
