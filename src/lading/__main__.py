"""`python -m lading` is the command `lading`."""

from lading.cli.start import run

if __name__ == "__main__":
    run()
