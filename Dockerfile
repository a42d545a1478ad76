# Dipper in one image: the server with the web app inside, and PostgreSQL for the private database.
#
#   docker build -t dipper .
#   docker build -t dipper --build-arg POSTGRES=no .    # for a given database: smaller
#
# docs/deployment.md says how to run it.

ARG RUST=1.95
ARG DEBIAN=trixie

FROM rust:${RUST}-slim-${DEBIAN} AS build
RUN rustup target add wasm32-unknown-unknown
WORKDIR /src
COPY . .
# What was compiled is kept for the next build of the image and stays out of its layers.
ENV CARGO_TARGET_DIR=/root/.cache/dipper/native
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/root/.cache/dipper \
    cargo xtask web --release \
    && cargo build --locked --release -p backend \
    && cp $CARGO_TARGET_DIR/release/dipper /usr/local/bin/dipper

FROM debian:${DEBIAN}-slim
ARG POSTGRES=yes
# Debian would make a cluster of its own with the package: Dipper makes the one it needs.
RUN if [ "$POSTGRES" = yes ]; then \
        apt-get update \
        && apt-get install --yes --no-install-recommends postgresql-common \
        && sed -i 's/^#\? *create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf \
        && apt-get install --yes --no-install-recommends postgresql \
        && rm -rf /var/lib/apt/lists/*; \
    fi
RUN useradd --system --uid 10001 --home-dir /var/lib/dipper --create-home --shell /usr/sbin/nologin dipper
COPY --from=build /usr/local/bin/dipper /usr/local/bin/dipper

USER dipper
WORKDIR /var/lib/dipper
ENV DIPPER_LISTEN=0.0.0.0:8080 DIPPER_DATA_DIR=/var/lib/dipper/data
VOLUME /var/lib/dipper
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=60s --interval=10s --timeout=3s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '"]
CMD ["dipper", "serve"]
