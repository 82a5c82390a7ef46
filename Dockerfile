# syntax=docker/dockerfile:1
# One image for web, worker, beat and migrations; docker-compose.yml says which of them a container is.

FROM python:3.11-slim AS build
ENV UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir uv==0.13.9
RUN python -m venv --without-pip /opt/venv
WORKDIR /app
COPY requirements.lock .
RUN --mount=type=cache,target=/root/.cache/uv \
    /opt/uv/bin/uv pip install --python /opt/venv/bin/python --require-hashes -r requirements.lock
COPY . .
# Neither opens a database or a broker: these values only let the settings load.
RUN export PATH="/opt/venv/bin:$PATH" SECRET_KEY=build DATABASE_URL=postgresql:///none \
        REDIS_URL=redis://none CELERY_BROKER_URL=redis://none STATIC_ROOT=/app/static \
    && python -m tools.catalogue compile \
    && python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q config kring members offerings commitments

FROM python:3.11-slim
RUN groupadd --gid 10001 kring \
    && useradd --uid 10001 --gid kring --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin kring \
    && install -d -o kring -g kring -m 0750 /data /data/media /data/journal
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH="/opt/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    STATIC_ROOT=/app/static \
    MEDIA_ROOT=/data/media \
    MAIL_JOURNAL=/data/journal
USER kring
EXPOSE 8000
VOLUME ["/data/media", "/data/journal"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["gunicorn", "--config", "python:config.gunicorn", "--bind", "0.0.0.0:8000", "config.wsgi"]
