"""Pictures of data with their labels drawn, and plots. numpy and pillow only."""

from lading.render.preview import Shown, preview

__all__ = ["Shown", "preview"]
