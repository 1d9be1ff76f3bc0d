import pytest

from tests.support.api_server import judge


@pytest.fixture
def oracle():
    """What the API server says of each object of a CRD: `oracle(crd, objects)`.

    The version is that of the CRD which is stored, unless one is named.
    """

    def verdicts(crd, objects, *, version=None, stored=False):
        if version is None:
            version = next(v["name"] for v in crd["spec"]["versions"] if v["storage"])
        _, judgements = judge(crd, objects, version=version, stored=stored)
        return judgements

    return verdicts
