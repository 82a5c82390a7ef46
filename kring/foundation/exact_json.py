"""JSON in which an amount stays what it is: "12.50", where a number would be a float."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder


class ExactEncoder(JSONEncoder):
    def default(self, obj: Any) -> Any:
        return str(obj) if isinstance(obj, Decimal) else super().default(obj)


class ExactRenderer(JSONRenderer):
    encoder_class = ExactEncoder
