#!/usr/bin/env node
import { existsSync } from "node:fs";

const sources = new URL("../src/main.ts", import.meta.url);
if (existsSync(sources)) {
  // A clone: it runs as it is written.
  await import(sources.href);
} else {
  // The tarball has only the bundle.
  if (!("groupBy" in Map)) await import("../dist/node-20.mjs");
  await import("../dist/main.mjs");
}
