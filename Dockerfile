# syntax=docker/dockerfile:1
# Installed in one stage and run in another, by a user who is not root and owns nothing but its data.

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/bangban
WORKDIR /srv/bangban
COPY requirements.lock ./
RUN /opt/bangban/bin/pip install --quiet --require-hashes --no-deps --requirement requirements.lock
COPY pyproject.toml README.md ./
COPY backend backend
COPY schema schema
COPY tenants tenants
# The layout of the repository is kept: the code finds its migrations in schema/ beside backend/.
RUN /opt/bangban/bin/pip install --quiet --no-deps --no-build-isolation --editable . \
    && /opt/bangban/bin/python -m compileall -q backend

FROM python:3.11-slim
# PostgreSQL looks its user up by name, so the user has one; the fixed number lets a volume be prepared for it.
RUN useradd --system --uid 10001 --user-group --home-dir /srv/bangban --shell /usr/sbin/nologin bangban
COPY --from=build /opt/bangban /opt/bangban
COPY --from=build /srv/bangban /srv/bangban
RUN install --directory --owner bangban --group bangban --mode 0750 /srv/bangban/var
WORKDIR /srv/bangban
ENV PATH=/opt/bangban/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BANGBAN_HOST=0.0.0.0 \
    BANGBAN_PORT=8000
USER bangban
VOLUME /srv/bangban/var
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=6 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['BANGBAN_PORT']}/healthz\", timeout=4)"]
ENTRYPOINT ["bangban"]
CMD ["run"]
