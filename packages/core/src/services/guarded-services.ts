import { KMS } from "./kms.ts";
import type { GuardedService } from "./service.ts";

/** The services whose full grants can be findings. */
export const GUARDED_SERVICES: readonly GuardedService[] = [KMS];

/** A service by its prefix, as findings have it. */
export function guardedService(prefix: string): GuardedService | undefined {
  return GUARDED_SERVICES.find((service) => service.prefix === prefix);
}
