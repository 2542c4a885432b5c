# One image for every service; docker-compose.yml says which one a container is.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app

# Dependencies change rarely: a layer of their own.
COPY requirements.lock ./
RUN pip install --quiet --require-hashes --requirement requirements.lock

# Installed in place: the dbt project, dagster.yaml and workspace.yaml are found beside the packages.
COPY pyproject.toml README.md LICENSE NOTICE dagster.yaml workspace.yaml ./
COPY battlescope_assets battlescope_assets
COPY api api
COPY docs docs
COPY dbt_project dbt_project
RUN pip install --quiet --no-deps --no-build-isolation --config-settings editable_mode=compat --editable . \
    && useradd --uid 10001 --create-home battlescope \
    && install --directory --owner battlescope /data

USER battlescope
ENV BATTLESCOPE_HOME=/data
VOLUME /data
ENTRYPOINT ["battlescope"]
CMD ["--help"]
