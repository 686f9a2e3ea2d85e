import { IAMClient } from "@aws-sdk/client-iam";
import type { Delivery } from "../deliveries/deliveries.ts";
import { listen } from "../endpoint/listen.ts";
import { REGION } from "../moto/moto-calls.ts";
import { whenWoken } from "../tasks/when-woken.ts";
import { accountView } from "./account-view.ts";
import { feed } from "./feed.ts";
import { type DeliveryItem, itemOfCall, itemOfDelivery, keyOfDelivery, type RecordedCall } from "./items.ts";
import { pageServer } from "./page-server.ts";

/** A page that shows the account and what happens in it. */
export interface Ui {
  /** `http://127.0.0.1:4567/`. */
  readonly url: string;
  onCall(call: RecordedCall, calledAtMs: number): void;
  onDelivery(delivery: Delivery): void;
  /** Begins to show the account, which is there from now on. */
  show(sandbox: { readonly endpoint: string; readonly account: string; readonly mode: string }): void;
  close(): void;
}

/**
 * Serves the page on the loopback address.
 * @param port 0 takes one that is free.
 * @throws Error that says what to do where the port is taken.
 */
export async function openUi(port: number, onError: (error: unknown) => void): Promise<Ui> {
  const server = await listen(port);
  const events = feed();
  const delivered = new Map<string, DeliveryItem>();
  let refresh = () => {};
  let isOpen = true;
  server.answerWith(pageServer(events));
  return {
    url: `${server.endpoint}/`,
    onCall(call, calledAtMs) {
      events.item(itemOfCall(call, calledAtMs));
      refresh();
    },
    onDelivery(delivery) {
      const key = keyOfDelivery(delivery);
      const item = itemOfDelivery(delivery, Date.now(), delivered.get(key));
      delivered.set(key, item);
      events.item(item);
    },
    show({ endpoint, account, mode }) {
      const credentials = { accessKeyId: "PAGE", secretAccessKey: "invented" };
      const read = accountView(new IAMClient({ region: REGION, endpoint, credentials }), account);
      refresh = whenWoken(
        async () => events.account({ endpoint, account, mode, ...(await read()) }),
        (error) => isOpen && onError(error),
      );
      refresh();
    },
    close() {
      isOpen = false;
      server.close();
    },
  };
}
