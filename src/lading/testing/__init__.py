"""What a plugin's author tests readers and writers with: subclass a class, name what is tested and a fixture."""

from lading.testing.readers import ReaderConformance
from lading.testing.writers import WriterConformance

__all__ = ["ReaderConformance", "WriterConformance"]
