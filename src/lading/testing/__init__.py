"""What a plugin's author tests a reader with: subclass `ReaderConformance`, name the reader and a fixture."""

from lading.testing.readers import ReaderConformance

__all__ = ["ReaderConformance"]
