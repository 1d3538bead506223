# One image for every part: app, dispatcher, worker and migrations differ in their command only.
FROM python:3.13-slim AS packages
WORKDIR /app
COPY requirements.txt .
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --quiet -r requirements.txt

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin sage
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SAGE_DATA_DIR=/tmp/sage SAGE_HOST=0.0.0.0 SAGE_PORT=8501
COPY --from=packages /app/.venv .venv
COPY . .
# Compiled here, since the file system is read-only where it runs.
RUN python -m compileall -q app.py api cli core embedded migrations pages web workers || true
USER 10001:10001
EXPOSE 8501
CMD ["./sage", "dashboard"]
