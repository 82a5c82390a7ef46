from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "kring.demo"
    label = "demo"
    verbose_name = "Voorbeeld"

    def ready(self) -> None:
        from kring.accounts import signing_in

        signing_in.add_panel("demo/cast.html")
