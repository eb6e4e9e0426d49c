"""Means `register_readers`."""

import lading


@lading.hookimpl
def register_reader():
    return []
