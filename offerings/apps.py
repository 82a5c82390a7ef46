from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfferingsConfig(AppConfig):
    name = "offerings"
    verbose_name = _("Menukaart")

    def ready(self) -> None:
        from kring.accounts import signing_in
        from offerings import (  # noqa: F401
            directory_facets,
            leaving,
            links,
            mail_samples,
            need_notices,
            personal,
            profile,
            record_parts,
            shortlists,
        )

        signing_in.on_sign_in(shortlists.merge)
