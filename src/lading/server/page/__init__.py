"""The platform's pages for a browser, rendered here: datasets, versions, segments, frames with their labels drawn."""
