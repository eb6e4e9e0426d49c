"""What a dataset is: labels, sensors, catalog, frames. No I/O."""
