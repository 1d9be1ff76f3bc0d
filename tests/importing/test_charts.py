"""HelmReleases as charts: those that become one are generated again, whatever they say."""

from copy import deepcopy

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.importing.charts import chart, source_of
from kure_hooks.importing.products import makes
from tests.importing.test_workloads import change, resource

RELEASE = yaml.safe_load("""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop, labels: {team: a}}
spec:
  interval: 10m
  releaseName: other
  chart: {spec: {chart: web, version: 1.0.0, sourceRef: {kind: HelmRepository, name: charts}}}
  install: {crds: Skip, remediation: {retries: 3}}
  dependsOn: [{name: db}]
  values: {replicas: null, list: [], text: "1"}
""")
SOURCE = yaml.safe_load("""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: shop, labels: {team: a}}
spec: {interval: 1h, url: "oci://example.com/charts", type: oci}
""")


def adopted(release, source):
    one, other = resource(release), resource(source)
    return chart(one, {other.who: other} if other.who else {})


def test_a_release_is_generated_again_with_its_source():
    taken = adopted(RELEASE, SOURCE)
    assert len(taken.resources) == 2
    assert source_of(resource(RELEASE)) == resource(SOURCE).who


def test_a_source_with_other_labels_stays_an_object():
    source = deepcopy(SOURCE)
    source["metadata"]["labels"] = {}
    assert len(adopted(RELEASE, source).resources) == 1


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_releases_that_were_changed_are_adopted_as_they_are_or_not_at_all(data):
    release, source = deepcopy(RELEASE), deepcopy(SOURCE)
    for _ in range(data.draw(st.integers(1, 3))):
        change(data, data.draw(st.sampled_from([release, source])))
    if taken := adopted(release, source):
        assert makes(taken.application, taken.resources)
