"""What the rooms below have to tell; each registers with kring.foundation.news, as a room of its own may."""

from kring.newsletters.parts import commitments, members, offerings  # noqa: F401 - these register themselves
