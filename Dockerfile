# Untested: this image could not be built where it was written. Compare it with docs/operate.md before you rely on it.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev && rm -rf dist/test dist/bench

FROM node:24-bookworm-slim
ENV NODE_ENV=production LOG_FORMAT=json HOST=0.0.0.0 GRAMOTA_DATA_DIR=/var/lib/gramota MALLOC_ARENA_MAX=1
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/templates ./templates
# The only place it writes: the signing keys. Everything else may be read-only.
RUN install -d -o node -g node -m 0700 /var/lib/gramota
VOLUME /var/lib/gramota
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["serve"]
