/** The guard with everything loaded that an event may need. */
export { handler } from "@kms-guard/functions/guard.ts";
export { straightLine } from "@kms-guard/functions/straight-line.ts";
export * from "./sdk-floor.ts";
