# Three images: `service` (HTTP, no TensorFlow), `worker` (TensorFlow on the CPU), `worker-gpu` (TensorFlow with
# CUDA). It asks nothing of the builder that is newer than multi-stage builds. The stages of the GPU come last,
# as a builder without BuildKit makes every stage above the one that is asked for.

ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS base
# Nobody in particular, with a number of their own, who owns the one folder that is written to. A volume that is
# made for it takes its owner from here.
RUN groupadd --gid 10001 fittingroom \
 && useradd --uid 10001 --gid fittingroom --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin fittingroom \
 && install --directory --owner fittingroom --group fittingroom --mode 0750 /data
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    FITTINGROOM_HOME=/data \
    FITTINGROOM_HOST=0.0.0.0

# What the images are built with, and do not hold: pip, and what makes a wheel.
FROM base AS tools
RUN python -m venv /opt/build
COPY requirements/build.txt requirements/build.txt
RUN /opt/build/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/build.txt

# The wheel of the client, which brings the command `fittingroom`.
FROM tools AS wheel
COPY pyproject.toml README.md LICENSE ./
COPY fittingroom fittingroom
RUN /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --no-index --wheel-dir /wheels .

# What is installed for one image goes into a folder that has no pip, and is copied as a whole.
FROM tools AS service-build
RUN python -m venv --without-pip /opt/venv
COPY requirements/service.txt requirements/service.txt
RUN /opt/build/bin/pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes --only-binary :all: \
        -r requirements/service.txt
COPY docker/strip /usr/local/bin/strip-environment
RUN strip-environment /opt/venv
COPY --from=wheel /wheels /wheels
RUN /opt/build/bin/pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --no-index /wheels/*.whl

FROM base AS service
COPY --from=service-build /opt/venv /opt/venv
COPY core core
COPY migrations migrations
COPY service service
# Bytecode now, as the file system is read-only later.
RUN python -m compileall -q core migrations service
USER fittingroom
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["fittingroom", "service"]

FROM tools AS worker-build
RUN python -m venv --without-pip /opt/venv
COPY requirements/worker.txt requirements/worker.txt
RUN /opt/build/bin/pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes --only-binary :all: \
        -r requirements/worker.txt
COPY docker/strip /usr/local/bin/strip-environment
RUN strip-environment /opt/venv
COPY --from=wheel /wheels /wheels
RUN /opt/build/bin/pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --no-index /wheels/*.whl

FROM base AS worker
COPY --from=worker-build /opt/venv /opt/venv
COPY core core
COPY worker worker
COPY docker/worker_health.py /usr/local/lib/fittingroom/
RUN python -m compileall -q core worker
USER fittingroom
VOLUME /data
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s \
    CMD ["python", "/usr/local/lib/fittingroom/worker_health.py"]
CMD ["fittingroom", "worker"]

# The drivers come from the machine (the NVIDIA container toolkit); CUDA and cuDNN come as wheels.
FROM tools AS worker-gpu-build
RUN python -m venv --without-pip /opt/venv
COPY requirements/worker-gpu.txt requirements/worker-gpu.txt
RUN /opt/build/bin/pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes --only-binary :all: \
        -r requirements/worker-gpu.txt
COPY docker/strip /usr/local/bin/strip-environment
RUN strip-environment /opt/venv
COPY --from=wheel /wheels /wheels
RUN /opt/build/bin/pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --no-index /wheels/*.whl

FROM base AS worker-gpu
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    FITTINGROOM_QUEUES=gpu
COPY --from=worker-gpu-build /opt/venv /opt/venv
COPY core core
COPY worker worker
COPY docker/worker_health.py /usr/local/lib/fittingroom/
RUN python -m compileall -q core worker
USER fittingroom
VOLUME /data
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s \
    CMD ["python", "/usr/local/lib/fittingroom/worker_health.py"]
CMD ["fittingroom", "worker"]
