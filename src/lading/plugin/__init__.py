"""What plugins are made of, and how they are found."""
