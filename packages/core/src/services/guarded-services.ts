import { KMS } from "./kms.ts";
import type { GuardedService } from "./service.ts";

/** The services whose full grants can be findings. */
export const GUARDED_SERVICES: readonly GuardedService[] = [KMS];

/** By their prefixes, as findings have them. */
export const SERVICE_BY_PREFIX: ReadonlyMap<string, GuardedService> = new Map(
  GUARDED_SERVICES.map((service) => [service.prefix, service]),
);
