"""The dataset platform: what goes over the wire, and a client that speaks it."""
