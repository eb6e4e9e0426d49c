"""Datasets that lie on a platform, or in its store of objects, read as any other dataset."""
