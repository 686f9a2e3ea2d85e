/** The guard with everything loaded that an event may need. */
export { handler } from "@kms-guard/functions/guard.ts";
export * from "./sdk-floor.ts";
