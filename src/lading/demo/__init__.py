"""The demo: two small datasets in the package, and the way they go."""
