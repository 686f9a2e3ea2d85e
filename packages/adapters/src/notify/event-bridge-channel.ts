import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { AlertChannel } from "@kms-guard/guard/ports.ts";
import { sizedForDelivery } from "./sns-channel.ts";

/**
 * Puts findings and notices on an event bus, as `KMS Guard Finding` and `KMS Guard Notice` of the source `kms-guard`:
 * the alert history and every other subscriber start from there. Needs events:PutEvents on the bus.
 */
export function eventBridgeChannel(options: {
  readonly client: () => Promise<EventBridgeClient>;
  /** Name or ARN. */
  readonly eventBus: string;
}): AlertChannel {
  async function put(detailType: string, detail: string, resources: readonly string[]): Promise<void> {
    const [client, { PutEventsCommand }] = await Promise.all([
      options.client(),
      import("../aws-sdk/event-bridge.ts"),
    ]);
    const { FailedEntryCount, Entries } = await client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: options.eventBus,
            Source: "kms-guard",
            DetailType: detailType,
            Detail: detail,
            Resources: [...resources],
          },
        ],
      }),
    );
    // PutEvents answers 200 to what it did not take.
    if (FailedEntryCount !== undefined && FailedEntryCount > 0) {
      const entry = Entries?.[0];
      throw new Error(
        `event bus \`${options.eventBus}\` did not take the event: ` +
          `${entry?.ErrorCode ?? "no error code"}: ${entry?.ErrorMessage ?? "no message"}`,
      );
    }
  }

  return {
    async publishFinding(finding) {
      const sent = sizedForDelivery(finding);
      const { policy } = finding;
      await put("KMS Guard Finding", JSON.stringify(sent), "arn" in policy ? [policy.arn] : []);
    },
    async publishNotice(notice) {
      await put("KMS Guard Notice", JSON.stringify(notice), []);
    },
  };
}
