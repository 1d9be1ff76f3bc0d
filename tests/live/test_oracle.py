"""The oracle of the API server's code beside a running API server: they say the same."""

import re

import pytest

from tests.live.api import RefusedError
from tests.live.cluster import Cluster
from tests.live.programs import SERVER, missing
from tests.live.services import Services
from tests.support.api_server import judge
from tests.support.custom_resources import changes, kinds_at_hand, samples

COUNT = 60
"""So many objects of each kind."""
CHANGES = 15
"""So many updates of each kind."""

_NO_NAMESPACE = 404
_STRICT = re.compile(r'unknown field "([^"]*)"')


@pytest.fixture(scope="module")
def kinds():
    stored = {}
    for kind in kinds_at_hand(20):
        stored.setdefault((kind.group, kind.name), []).append(kind)
    # Kinds of one CRD; of a CRD that is there in two releases, those of the later one.
    return [kind for group in stored.values() for kind in group if kind.crd is group[-1].crd]


@pytest.fixture(scope="module")
def api(tmp_path_factory, kinds):
    if absent := missing(*SERVER):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    directory = tmp_path_factory.mktemp("oracle")
    with Services(directory / "logs") as services:
        cluster = Cluster(directory, services)
        for crd in {id(kind.crd): kind.crd for kind in kinds}.values():
            cluster.api.create(crd)
        for kind in kinds:
            cluster.api.await_kind(kind.api_version, kind.name)
        yield cluster.api


def address(kind, content):
    """Return the path of the objects of a kind in the namespace that the object names."""
    place = f"/apis/{kind.api_version}/"
    if kind.crd["spec"]["scope"] == "Namespaced":
        metadata = content.get("metadata")
        namespace = isinstance(metadata, dict) and metadata.get("namespace")
        place += f"namespaces/{namespace if isinstance(namespace, str) else 'default'}/"
    return place + kind.crd["spec"]["names"]["plural"]


def verdict(api, method, path, content):
    """Return the errors and the unknown fields of a request that is not kept, or None.

    None is for a namespace that is not there: the API server looks no further.
    """
    try:
        api.request(method, f"{path}?dryRun=All&fieldValidation=Strict", content)
    except RefusedError as refusal:
        if refusal.code == _NO_NAMESPACE:
            return None
        unknown = set(_STRICT.findall(str(refusal)))
        causes = refusal.status.get("details", {}).get("causes", [])
        errors = {
            (cause["reason"], cause.get("field", "").removeprefix("<nil>")) for cause in causes
        }
        return (errors, unknown) if unknown or errors else ({"BadRequest"}, set())
    return set(), set()


def expected(judgement, found):
    """Return the verdict of the oracle as a server gives it, which may be of an older release."""
    fields = {path for _, path in judgement.fields}
    if judgement.unknown:
        # The server stops here, and the oracle does not.
        return found[0], set(judgement.unknown)
    if fields == {"metadata.resourceVersion"}:
        # It is the storage that refuses this, and a create that is not kept never gets there.
        return set(), set()
    if any(path.startswith("metadata.ownerReferences") for path in fields):
        # Kubernetes 1.37 gives the index of an owner and another reason than 1.36.
        return found if found[0] else None
    if any(fault.type == "BadRequest" for fault in judgement.errors):
        return {"BadRequest"}, set()
    return judgement.fields, set()


@pytest.mark.live
def test_creates(api, kinds):
    differences = []
    asked = 0
    for kind in kinds:
        drawn = [content for _, content in samples(kind, seed=7, count=COUNT)]
        _, judgements = judge(kind.crd, drawn, version=kind.version)
        for content, judgement in zip(drawn, judgements, strict=True):
            found = verdict(api, "POST", address(kind, content), content)
            if found is not None:
                asked += 1
                if found != expected(judgement, found):
                    differences.append((str(kind), content, found, judgement))
    assert asked > COUNT * len(kinds) * 0.9
    assert differences == []


@pytest.mark.live
def test_updates(api, kinds):
    differences = []
    asked = 0
    for kind in kinds:
        drawn = list(changes(kind, seed=7, count=CHANGES))
        _, olds = judge(kind.crd, [old for old, _ in drawn], version=kind.version)
        _, judgements = judge(kind.crd, drawn, version=kind.version)
        for (old, new), before, judgement in zip(drawn, olds, judgements, strict=True):
            names = {old["metadata"]["name"], (new.get("metadata") or {}).get("name")}
            if not before.valid or len(names) > 1:
                continue
            place = address(kind, old)
            stored = api.request("POST", place, old)
            path = f"{place}/{old['metadata']['name']}"
            version = {"resourceVersion": stored["metadata"]["resourceVersion"]}
            found = verdict(api, "PUT", path, new | {"metadata": new["metadata"] | version})
            api.request("DELETE", path)
            if found is not None and "namespace" not in new["metadata"]:
                asked += 1
                if found != expected(judgement, found):
                    differences.append((str(kind), old, new, found, judgement))
    assert asked > CHANGES * len(kinds) * 0.4
    assert differences == []
