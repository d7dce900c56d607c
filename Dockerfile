# syntax=docker/dockerfile:1
# The server as one native executable on a base that has no shell and no package manager.
#
#   docker build -t sockudo/sockudo .
#   docker buildx build --platform linux/amd64,linux/arm64 -t sockudo/sockudo .

# The compiler runs on the architecture of the machine that builds, for either target: .NET does not run under emulation.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG BUILDARCH
ARG TARGETARCH
RUN apt-get update \
    && case "$BUILDARCH-$TARGETARCH" in \
         amd64-arm64) target="gcc-aarch64-linux-gnu libc6-dev-arm64-cross" ;; \
         arm64-amd64) target="gcc-x86-64-linux-gnu libc6-dev-amd64-cross" ;; \
         *) target="gcc libc6-dev" ;; \
       esac \
    && apt-get install -y --no-install-recommends clang llvm $target \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet restore src/Sockudo --locked-mode \
    && dotnet publish src/Sockudo -c Release --os linux -a "$TARGETARCH" -p:PublishAot=true -o /out \
    && mkdir /data

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
LABEL org.opencontainers.image.title="Sockudo" \
      org.opencontainers.image.description="Realtime server that speaks the Pusher protocol" \
      org.opencontainers.image.licenses="MIT"
# config/config.json and .env are looked up here, if somebody mounts them. Nothing is written but data/, by the sqlite drivers.
WORKDIR /app
COPY --from=build /out/sockudo /out/libe_sqlite3.so ./
COPY --from=build --chown=$APP_UID:$APP_UID /data ./data
USER $APP_UID
EXPOSE 6001 9601
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["/app/sockudo", "--healthcheck"]
ENTRYPOINT ["/app/sockudo"]
