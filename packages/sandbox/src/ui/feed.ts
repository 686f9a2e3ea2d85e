/** One message to the page: its name and what it carries. */
interface Message {
  readonly name: "account" | "item";
  readonly content: unknown;
}

/** What happened so far, and who follows what happens next. */
export interface Feed {
  /** Adds an item, or replaces the earlier one of the same key. */
  item(item: { readonly key: string }): void;
  /** Replaces the view of the account. */
  account(account: unknown): void;
  /** Calls back with all that the page has to know, and then with what happens; answers with how to end that. */
  follow(onMessage: (message: Message) => void): () => void;
}

/** A page that shows more is no page that anybody reads. */
const MOST_ITEMS = 500;

export function feed(): Feed {
  const items = new Map<string, { readonly key: string }>();
  const followers = new Set<(message: Message) => void>();
  let latest: unknown;

  function send(message: Message): void {
    for (const follower of followers) follower(message);
  }

  return {
    item(item) {
      items.set(item.key, item);
      const [oldest] = items.keys();
      if (items.size > MOST_ITEMS && oldest !== undefined) items.delete(oldest);
      send({ name: "item", content: item });
    },
    account(account) {
      latest = account;
      send({ name: "account", content: account });
    },
    follow(onMessage) {
      if (latest !== undefined) onMessage({ name: "account", content: latest });
      for (const item of items.values()) onMessage({ name: "item", content: item });
      followers.add(onMessage);
      return () => followers.delete(onMessage);
    },
  };
}
