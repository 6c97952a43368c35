# Two stages: the first has torch, to export the model; the second serves, and is small.
#
#     docker build -t lessonry .
#     docker run --read-only --tmpfs /tmp -v lessonry:/data -p 127.0.0.1:8000:8000 lessonry

FROM python:3.12-slim AS build
WORKDIR /src
# On amd64 the plain name brings gigabytes of GPU libraries; the build argument may name the wheel of a CPU build.
ARG TORCH=torch==2.13.0
COPY constraints.txt ./
RUN python -m venv /build && /build/bin/pip install --no-cache-dir "$TORCH"
COPY pyproject.toml README.md LICENSE ./
COPY corpus corpus
COPY ingest ingest
COPY search search
COPY api api
COPY deploy deploy
RUN PIP_CONSTRAINT=constraints.txt /build/bin/pip install --no-cache-dir . packaging
RUN deploy/make_runtime.sh /build/bin/python /opt/lessonry

FROM python:3.12-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin lessonry \
    && install -d -o lessonry -g lessonry /data
COPY --from=build /opt/lessonry /opt/lessonry
ENV PATH=/opt/lessonry/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    LESSONRY_HOME=/data \
    LESSONRY_MODELS=/opt/lessonry/models \
    LESSONRY_HOST=0.0.0.0
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["lessonry"]
CMD ["serve"]
