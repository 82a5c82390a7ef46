from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from kring.foundation.administration import KeptAdmin
from kring.foundation.models import Circle


@admin.register(Circle)
class CircleAdmin(KeptAdmin):
    list_display = ["name", "city", "email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not Circle.objects.exists()
