from __future__ import annotations

import pytest

from lading.errors import OptionError
from lading.platform.address import Address
from lading.platform.wire import constants


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("http://localhost:8000", "http://localhost:8000/"),
        ("http://localhost:8000/", "http://localhost:8000/"),
        (" https://gas.graviti.com/ ", "https://gas.graviti.com/"),
        ("https://h/prefix", "https://h/prefix/"),
        ("https://h/prefix/gatewayv2/tensorbay-open-api/v1/", "https://h/prefix/"),
        ("https://h/gatewayv2/tensorbay-open-api", "https://h/"),
        ("https://h/gatewayv2", "https://h/"),
        ("http://[::1]:81", "http://[::1]:81/"),
    ],
)
def test_the_part_before_the_gateway_counts(given, base):
    assert Address(given).base == base


@pytest.mark.parametrize("given", ["", "localhost:8000", "ftp://h/", "http://", "http://h:port/", "http://[::1/"])
def test_what_is_no_address_is_refused(given):
    with pytest.raises(OptionError, match="platform: expected an address such as http://localhost:8000, found"):
        Address(given)


def test_a_password_in_the_address_is_refused_and_not_shown():
    with pytest.raises(OptionError, match="without a user name or password") as caught:
        Address("http://me:hush@h/")
    assert "hush" not in str(caught.value)


def test_names_in_a_path_are_quoted():
    url = Address("http://h").of(constants.DATASET, id="a/b c")
    assert url == "http://h/gatewayv2/tensorbay-open-api/v1/datasets/a%2Fb%20c"


def test_health_lies_outside_the_api():
    assert Address("http://h/p/gatewayv2/x").of(constants.HEALTH) == "http://h/p/health"
