import { describe, expect, it } from "vitest";
import { TimeWindow } from "./time-window.ts";

interface Item {
  readonly name: string;
  readonly time?: string;
  readonly isCreation: boolean;
  readonly size: number;
}

/** An event at so many minutes past nine; every one takes 1 of the window. */
const at = (minutes: number, name = String(minutes), isCreation = false): Item => ({
  name,
  time: `2026-03-02T09:${String(minutes).padStart(2, "0")}:00Z`,
  isCreation,
  size: 1,
});

/** What is released, in order, when these come to queue `a`. */
function ordered(capacity: number, items: readonly Item[]): { released: string[]; late: number } {
  const window = new TimeWindow<Item>(capacity);
  const released = items.flatMap((item) => window.add("a", item));
  return { released: [...released, ...window.rest()].map(({ name }) => name), late: window.late };
}

describe("TimeWindow", () => {
  it.each([
    { given: "what is in order", minutes: [1, 2, 3], order: ["1", "2", "3"] },
    { given: "neighbours that run backwards", minutes: [2, 1, 4, 3], order: ["1", "2", "3", "4"] },
    {
      given: "the newest first, as lookup-events has it",
      minutes: [4, 3, 2, 1],
      order: ["1", "2", "3", "4"],
    },
  ])("puts $given in order of time", ({ minutes, order }) => {
    expect(
      ordered(
        10,
        minutes.map((minute) => at(minute)),
      ),
    ).toEqual({ released: order, late: 0 });
  });

  it("keeps what has the same second in its order of arrival", () => {
    expect(ordered(10, [at(1, "b"), at(1, "a"), at(1, "c")]).released).toEqual(["b", "a", "c"]);
  });

  it("lets what is made come before its use in the same second, though not before the second", () => {
    const items = [at(1, "attach"), at(1, "create", true), at(0, "before")];
    expect(ordered(10, items).released).toEqual(["before", "create", "attach"]);
  });

  it("leaves what has no time where it came", () => {
    const timeless = { name: "timeless", isCreation: false, size: 1 };
    expect(ordered(10, [at(1), timeless, at(2)]).released).toEqual(["1", "timeless", "2"]);
    expect(ordered(10, [timeless, at(1)])).toEqual({ released: ["timeless", "1"], late: 0 });
  });

  it("releases the oldest where the window is full, and counts what comes after that as late", () => {
    expect(ordered(2, [at(1), at(2), at(3), at(0)])).toEqual({ released: ["1", "0", "2", "3"], late: 1 });
  });

  it("does not count as late what is older than its neighbours, and not than what was released", () => {
    expect(ordered(2, [at(1), at(3), at(4), at(2)])).toEqual({ released: ["1", "2", "3", "4"], late: 0 });
  });

  it("does not let an event of the far future push the others out", () => {
    const future = { ...at(1, "future"), time: "2099-01-01T00:00:00Z" };
    expect(ordered(3, [future, at(2), at(1)])).toEqual({ released: ["1", "2", "future"], late: 0 });
  });

  it("releases an item that is larger than the window at once", () => {
    expect(ordered(2, [{ ...at(1), size: 5 }, at(2)]).released).toEqual(["1", "2"]);
  });

  it("orders each queue by itself, and takes from the longest where the window is full", () => {
    const window = new TimeWindow<Item>(3);
    const released = [
      ...window.add("a", at(7, "a7")),
      ...window.add("a", at(9, "a9")),
      ...window.add("a", at(8, "a8")),
      ...window.add("b", at(2, "b2")),
      ...window.add("b", at(1, "b1")),
    ];
    expect(released.map(({ name }) => name)).toEqual(["a7", "a8"]);
    expect([...window.rest()].map(({ name }) => name)).toEqual(["b1", "b2", "a9"]);
    expect(window.late).toBe(0);
  });
});
