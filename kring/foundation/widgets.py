"""What a field becomes in the browser: a calendar where it helps, text where the browser would lose what was typed."""

from __future__ import annotations

from django import forms

# The formats that the browser's own date and time inputs exchange (HTML, "date strings").
BROWSER_FORMATS: dict[type[forms.Widget], tuple[str, str]] = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.TimeInput: ("time", "%H:%M"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
}

MOMENTS = (forms.DateInput, forms.TimeInput, forms.DateTimeInput)


def fit(field: forms.Field) -> None:
    """Suits the widget of `field` to the browser; a widget of the form's own choice stays as it is."""
    widget = field.widget
    if type(widget) is forms.NumberInput:
        _as_text(field, widget)
    elif isinstance(widget, MOMENTS) and type(widget) in BROWSER_FORMATS:
        widget.input_type, exchanged = BROWSER_FORMATS[type(widget)]
        widget.format = widget.format or exchanged


def _as_text(field: forms.Field, widget: forms.NumberInput) -> None:
    """A number input shows nothing where 'twaalf' was typed, and refuses '2,5'; text does not."""
    widget.input_type = "text"
    widget.attrs["inputmode"] = "numeric" if type(field) is forms.IntegerField else "decimal"
    for name in ("step", "min", "max"):
        widget.attrs.pop(name, None)
    field.localize = True
    # A year is no amount: 1990, not 1.990.
    widget.is_localized = type(field) is not forms.IntegerField
