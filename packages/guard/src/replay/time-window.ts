/** Something that happened, as `TimeWindow` orders it. */
export interface Dated {
  /** ISO 8601 UTC in whole seconds; absent where it is not known: then it keeps its place. */
  readonly time?: string | undefined;
  /** True for what made something new: within one second that comes before whatever else was done to it. */
  readonly isCreation: boolean;
  /** What it takes of the window. */
  readonly size: number;
}

/**
 * Puts in order of time what comes in nearly any order, in bounded memory: each queue (an account's events, which mean
 * nothing to another's) is sorted as far as it fits; where all of them together do not, the oldest of the longest one
 * is released. Whatever comes after something younger was released is late: it is counted, and released all the same.
 */
export class TimeWindow<T extends Dated> {
  late = 0;
  readonly #capacity: number;
  readonly #queues = new Map<string, Queue<T>>();
  #size = 0;

  /** @param capacity In the unit of the items' sizes. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Takes one more; answers what has to leave for it, in order. */
  add(queueName: string, item: T): readonly T[] {
    let queue = this.#queues.get(queueName);
    if (queue === undefined) {
      queue = new Queue();
      this.#queues.set(queueName, queue);
    }
    if (queue.add(item)) this.late += 1;
    this.#size += item.size;
    const released: T[] = [];
    while (this.#size > this.#capacity) {
      const next = longest(this.#queues.values()).take();
      if (next === undefined) break;
      this.#size -= next.size;
      released.push(next);
    }
    return released;
  }

  /** All that is left, every queue in order, and all of them together by time. */
  *rest(): Generator<T> {
    for (;;) {
      const next = oldest(this.#queues.values())?.take();
      if (next === undefined) return;
      this.#size -= next.size;
      yield next;
    }
  }
}

const CUT_AT = 1_024;

interface Entry<T> {
  readonly time: string;
  readonly item: T;
}

class Queue<T extends Dated> {
  size = 0;
  /** Sorted, and what is the same in its order of arrival: archives are sorted already but for minutes. */
  readonly #entries: Entry<T>[] = [];
  /** Where it begins: what was taken is cut off many at a time, since all that follows moves up each time. */
  #first = 0;
  #lastAdded = "";
  #released = "";

  get head(): string | undefined {
    return this.#entries[this.#first]?.time;
  }

  /** Answers whether it came too late. */
  add(item: T): boolean {
    const entry = { time: item.time ?? this.#lastAdded, item };
    this.#lastAdded = entry.time;
    this.#entries.splice(this.#placeOf(entry), 0, entry);
    this.size += item.size;
    return item.time !== undefined && item.time < this.#released;
  }

  take(): T | undefined {
    const entry = this.#entries[this.#first];
    if (entry === undefined) return undefined;
    this.#first += 1;
    if (this.#first === CUT_AT) {
      this.#entries.splice(0, CUT_AT);
      this.#first = 0;
    }
    if (entry.time > this.#released) this.#released = entry.time;
    this.size -= entry.item.size;
    return entry.item;
  }

  /** After all that is older or the same. */
  #placeOf(entry: Entry<T>): number {
    let from = this.#first;
    let to = this.#entries.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const other = this.#entries[middle];
      if (other !== undefined && isBefore(entry, other)) to = middle;
      else from = middle + 1;
    }
    return from;
  }
}

function isBefore<T extends Dated>(one: Entry<T>, other: Entry<T>): boolean {
  if (one.time !== other.time) return one.time < other.time;
  return one.item.isCreation && !other.item.isCreation;
}

function longest<T extends Dated>(queues: Iterable<Queue<T>>): Queue<T> {
  let found = new Queue<T>();
  for (const queue of queues) if (queue.size > found.size) found = queue;
  return found;
}

function oldest<T extends Dated>(queues: Iterable<Queue<T>>): Queue<T> | undefined {
  let found: Queue<T> | undefined;
  for (const queue of queues) {
    if (queue.head !== undefined && (found?.head === undefined || queue.head < found.head)) found = queue;
  }
  return found;
}
