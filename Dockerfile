# Greenlight in one image: the command says whether it is a server (the default), a worker or the simulator. Everything that
# a process would fetch or make when it first starts is made here, so that containers start without a network.
ARG NODE=node:24.21.0-bookworm-slim

FROM ${NODE} AS build
# ffmpeg comes by pip where its publisher's archive can't be reached, and from that archive by xz. Their versions are Debian's.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 python3-pip xz-utils \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund --loglevel=error
COPY . .
# The base image is the same Node as the one that the lockfile brings.
RUN node scripts/bootstrap.mjs scripts/prepare-image.ts \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node .cache/compiled /root/.npm

FROM ${NODE}
# tini takes in what a killed media process leaves, and hands signals on.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /data
WORKDIR /app
# Root's, so that no process can change its own code.
COPY --from=build /app ./
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data
# node of the base image: by number, so that an orchestrator sees that it is not root.
USER 1000
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "scripts/check-health.mjs"]
# `docker stop --time 60`: a process gives what runs 25 seconds, and takes 50 in all at most (docs/deploys.md).
ENTRYPOINT ["tini", "--", "node", "--max-semi-space-size=8"]
CMD ["server.ts"]
