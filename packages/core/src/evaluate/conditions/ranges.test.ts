import { describe, expect, test } from "vitest";
import { after, before, includes, LINE, parts, readAddresses, readDateMs, readNumber } from "./ranges.ts";

test("a number", () => {
  expect(["0", "-1.5", "+3", "007"].map(readNumber)).toEqual([0, -1.5, 3, 7]);
  expect(
    ["", "1.", ".5", "1e3", "0x1", "1,000", " 1", "one"].map(readNumber).filter((at) => at !== undefined),
  ).toEqual([]);
});

test("a date", () => {
  expect(readDateMs("2026")).toBe(Date.UTC(2026, 0, 1));
  expect(readDateMs("2026-03")).toBe(Date.UTC(2026, 2, 1));
  expect(readDateMs("2026-03-04T05:06:07.5-01:00")).toBe(Date.UTC(2026, 2, 4, 6, 6, 7, 500));
  expect(readDateMs("1700000000")).toBe(1_700_000_000_000);
  expect(readDateMs("0")).toBe(0);
  for (const text of ["", "-1", "20260304", "2026-3-4", "2026-03-04T05:06", "2026-99", "1.5"])
    expect(readDateMs(text), text).toBeUndefined();
});

describe("addresses", () => {
  const isWithin = (inner: string, outer: string) => {
    const [one, other] = [readAddresses(inner), readAddresses(outer)];
    return one !== undefined && other !== undefined && includes(other, one);
  };

  test.each<[inner: string, outer: string, outside: string]>([
    ["10.1.2.3", "10.0.0.0/8", "11.0.0.0"],
    ["10.1.2.3", "10.255.255.255/8", "9.255.255.255"],
    ["255.255.255.255", "0.0.0.0/0", "::1"],
    ["2001:db8::1", "2001:db8::/32", "2001:db9::"],
    ["::ffff:1.2.3.4", "::ffff:102:304", "1.2.3.4"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1/128", "2001:db8::2"],
  ])("%s is in %s, %s is not", (inner, outer, outside) => {
    expect(isWithin(inner, outer)).toBe(true);
    expect(readAddresses(outside)).toBeDefined();
    expect(isWithin(outside, outer)).toBe(false);
  });

  test.each(["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/8/8", "a.b.c.d"])(
    "%s is none",
    (text) => expect(readAddresses(text)).toBeUndefined(),
  );
  test.each([":", ":::", "1::2::3", "::g", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1/129", "12345::"])(
    "%s is none",
    (text) => expect(readAddresses(text)).toBeUndefined(),
  );
});

test("parts lie between the ends of the ranges", () => {
  const { from, to } = LINE;
  expect(parts([])).toEqual([LINE]);
  expect(
    parts([
      { from: before(1), to: after(1) },
      { from, to: before(2) },
    ]),
  ).toEqual([
    { from, to: before(1) },
    { from: before(1), to: after(1) },
    { from: after(1), to: before(2) },
    { from: before(2), to },
  ]);
});
