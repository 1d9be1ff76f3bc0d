import hashlib

from tests.support.git import write

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"
DIGEST = hashlib.sha256(NAMESPACE.encode()).hexdigest()


def test_a_manifest_is_recorded_and_told(fleet, kure):
    write(fleet, {"install.yaml": NAMESPACE})
    code, out, err = kure("vendor", "install.yaml", "--as", "flux.yaml", "--sha256", DIGEST)
    assert (code, out, err) == (0, f"vendor/flux.yaml: 1 objects, sha256 {DIGEST}\n", "")
    assert (fleet / "vendor/flux.yaml").read_text() == NAMESPACE


def test_another_checksum_is_an_error(fleet, kure):
    write(fleet, {"install.yaml": NAMESPACE})
    code, out, err = kure("vendor", "install.yaml", "--sha256", "0" * 64)
    assert (code, out) == (2, "")
    assert err == (
        f"error: install.yaml has the sha256 {DIGEST}, not {'0' * 64}. "
        "Download it again, or correct --sha256.\n"
    )
    assert not (fleet / "vendor").exists()


def test_what_is_no_manifest_is_told_by_its_place(fleet, kure):
    write(fleet, {"install.yaml": "a: 1\n"})
    code, out, err = kure("vendor", "install.yaml")
    assert (code, out) == (2, "")
    assert err.startswith("vendor/install.yaml:1:1: apiVersion: ")
