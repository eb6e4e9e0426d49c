"""Read labelled perception datasets, check them, convert them, upload them."""
