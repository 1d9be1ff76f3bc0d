# kure-hooks with git, for CI and for those who want no Python of their own: docs/container.md.
#
# The tag is for people, the digest is what is pulled: the index of all platforms of the official
# image. Both change together, and VERSION with kure_hooks/__init__.py.
ARG BASE=docker.io/library/python:3.13.15-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285

FROM ${BASE} AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY action/requirements.txt action/
# What comes from outside is in the lock, with its hash. The rest of the build needs no network.
RUN python3 -m pip download --quiet --no-deps --only-binary :all: --require-hashes \
    --requirement action/requirements.txt --dest /wheels
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY kure_hooks kure_hooks
# Of the wheels only those that kure-hooks needs to run come into its environment, and no pip.
RUN python3 -m pip wheel --quiet --no-deps --no-index --find-links /wheels --wheel-dir /wheels . \
 && python3 -m venv --without-pip /opt/kure-hooks \
 && python3 -m pip --python /opt/kure-hooks/bin/python install --quiet --no-index --find-links /wheels \
    "kure-hooks[cel,comment]"

FROM ${BASE}
LABEL org.opencontainers.image.title="kure-hooks" \
      org.opencontainers.image.description="Regenerates GitOps manifests for Flux CD and Argo CD from stack files and proves that the checked-in tree equals them" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="kure-hooks maintainers" \
      org.opencontainers.image.source="https://github.com/kure-hooks/kure-hooks" \
      org.opencontainers.image.documentation="https://github.com/kure-hooks/kure-hooks/blob/main/docs/container.md"
# A version of git would be gone from Debian's archive with its next security update.
# hadolint ignore=DL3008
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/* \
 # The mounted repository belongs to somebody else than the user below: git trusts this one place.
 && git config --system --add safe.directory /repo \
 && useradd --uid 10001 --create-home --shell /usr/sbin/nologin kure
COPY --from=build /opt/kure-hooks /opt/kure-hooks
ENV PATH="/opt/kure-hooks/bin:${PATH}" PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /repo
# The first process of a container ignores SIGTERM unless it handles it.
STOPSIGNAL SIGINT
ENTRYPOINT ["kure-hooks"]
CMD ["--help"]
