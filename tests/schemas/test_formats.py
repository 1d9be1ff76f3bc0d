"""The verdicts are those of k8s.io/kube-openapi's strfmt."""

import pytest

from kure_hooks.schemas.formats import FORMATS


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("bsonobjectid", ["507f1f77bcf86cd799439011"], ["507f"]),
        ("byte", ["YQ==", "YWI="], ["", "Y", "Y Q==", "YQ"]),
        ("cidr", ["10.0.0.1/8", "::/0"], ["10.0.0.0/33", "10.0.0.0", "::/129", "10.0.0.0/08"]),
        ("date", ["2024-02-29", "0000-02-29"], ["2023-02-29", "2024-2-29", "x"]),
        (
            "datetime",
            ["2024-01-01T00:00:00Z", "2024-01-01t00:00:00.5+01:00", "0000-01-01T00:00:00Ztwo"],
            [
                *("2024-01-01", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z"),
                *("2024-01-01T00:00:00", "2024-01-01T00:00:00+0100"),
            ],
        ),
        (
            "duration",
            ["1h30m", "5 m", "1d", "0", "-5s", "PT5M", "1.5h", "9999999h", "0." + "1" * 5000 + "s"],
            ["5", "x", "", "9" * 20 + "h", "9" * 5000 + "h", "9" * 5000 + " weeks"],
        ),
        ("email", ["a@b.c", "A <a@b.c>"], ["a", "a@"]),
        ("hexcolor", ["#fff", "a0B1c2"], ["#ff", "red"]),
        ("hostname", ["a", "a-b.example"], ["", "-a", "a_b", "a.b", "a" * 64]),
        ("ipv4", ["1.2.3.4"], ["1.2.3", "1.2.3.256", "::1"]),
        ("ipv6", ["::1", "2001:db8::"], ["1.2.3.4", "fe80::1%eth0", ":"]),
        ("mac", ["00:00:5e:00:53:01", "0000.5e00.5301"], ["00:00", "00-00:5e-00-53-01x"]),
        ("uri", ["https://a/b?c", "/x", "mailto:a@b"], ["", "x", "https://a b", "%zz"]),
        (
            "uuid",
            ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6BA7B8109DAD11D180B400C04FD430C8"],
            ["6ba7"],
        ),
        (
            "uuid3",
            ["6ba7b810-9dad-31d1-80b4-00c04fd430c8"],
            ["6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
        ),
        (
            "uuid4",
            ["6ba7b810-9dad-41d1-80b4-00c04fd430c8"],
            ["6ba7b810-9dad-41d1-70b4-00c04fd430c8"],
        ),
        (
            "uuid5",
            ["6ba7b810-9dad-51d1-a0b4-00c04fd430c8"],
            ["6ba7b810-9dad-41d1-a0b4-00c04fd430c8"],
        ),
    ],
)
def test_strings_of_a_format(name, right, wrong):
    assert [text for text in right if not FORMATS[name](text)] == []
    assert [text for text in wrong if FORMATS[name](text)] == []


def test_every_format_has_a_case():
    marker = test_strings_of_a_format.pytestmark[0]
    assert {case[0] for case in marker.args[1]} == set(FORMATS)
