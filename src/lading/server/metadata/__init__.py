"""What the platform knows about datasets, their versions and their data, in SQL."""
