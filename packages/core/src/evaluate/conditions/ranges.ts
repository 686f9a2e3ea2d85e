/** A place between the points of a line: before or after a point. */
export interface Cut {
  readonly at: number | bigint;
  readonly isAfter: boolean;
}

/** The points between two cuts: what a number, a date or an address is compared with. */
export interface Range {
  readonly from: Cut;
  readonly to: Cut;
}

export const before = (at: number | bigint): Cut => ({ at, isAfter: false });
export const after = (at: number | bigint): Cut => ({ at, isAfter: true });
export const LINE: Range = { from: before(Number.NEGATIVE_INFINITY), to: after(Number.POSITIVE_INFINITY) };

/** Negative where the first cut comes first. */
export function compareCuts(one: Cut, other: Cut): number {
  if (one.at !== other.at) return one.at < other.at ? -1 : 1;
  return Number(one.isAfter) - Number(other.isAfter);
}

export function includes(outer: Range, inner: Range): boolean {
  return compareCuts(outer.from, inner.from) <= 0 && compareCuts(inner.to, outer.to) <= 0;
}

/** The range of one point: between its two cuts there is nothing else. */
export function isPoint({ from, to }: Range): boolean {
  return from.at === to.at;
}

/**
 * The parts into which the ends of ranges divide the line: whatever is in one of the ranges at one point of a part is in
 * it at every point.
 */
export function parts(ranges: readonly Range[]): Range[] {
  const cuts = [LINE, ...ranges].flatMap(({ from, to }) => [from, to]).sort(compareCuts);
  return cuts.flatMap((from, index) => {
    const to = cuts[index + 1];
    return to === undefined || compareCuts(from, to) === 0 ? [] : [{ from, to }];
  });
}

/** Of some parts, in order, those that lie in one of the ranges. */
export function partsWithin(ordered: readonly Range[], ranges: readonly Range[]): ReadonlySet<Range> {
  const byEnd = joined(ranges);
  let at = 0;
  return new Set(
    ordered.filter((part) => {
      let range = byEnd[at];
      while (range !== undefined && compareCuts(range.to, part.to) < 0) {
        at += 1;
        range = byEnd[at];
      }
      return range !== undefined && includes(range, part);
    }),
  );
}

/** The same points in ranges that do not touch, in order. */
function joined(ranges: readonly Range[]): readonly Range[] {
  const apart: Range[] = [];
  for (const range of ranges.toSorted((one, other) => compareCuts(one.from, other.from))) {
    const last = apart.at(-1);
    if (last === undefined || compareCuts(last.to, range.from) < 0) apart.push(range);
    else if (compareCuts(last.to, range.to) < 0) apart[apart.length - 1] = { from: last.from, to: range.to };
  }
  return apart;
}

/** A decimal number. */
export function readNumber(value: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/**
 * Milliseconds since the epoch of a W3C date, or of seconds since the epoch. Four digits are a year. Eight may be a date
 * without its hyphens: nobody knows.
 * https://www.w3.org/TR/NOTE-datetime
 */
export function readDateMs(value: string): number | undefined {
  if (/^\d+$/.test(value) && value.length !== 4) return value.length === 8 ? undefined : Number(value) * 1000;
  if (!W3C_DATE.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

const W3C_DATE = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/;

/** The addresses of a CIDR block or of one address: those of version 4 come after those of version 6. */
export function readAddresses(value: string): Range | undefined {
  const [address = "", bits, ...more] = value.split("/");
  const v4 = address.includes(":") ? undefined : readIpv4(address);
  const read = v4 === undefined ? readIpv6(address) : V4_START + v4;
  const length = v4 === undefined ? 128 : 32;
  if (read === undefined || more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits)))
    return undefined;
  const free = length - Number(bits ?? length);
  if (free < 0) return undefined;
  const size = 1n << BigInt(free);
  const from = read - (read % size); // V4_START is a multiple of each size of version 4
  return { from: before(from), to: before(from + size) };
}

const V4_START = 1n << 128n;

function readIpv4(address: string): bigint | undefined {
  const bytes = address.split(".");
  if (bytes.length !== 4 || bytes.some((byte) => !/^\d{1,3}$/.test(byte) || Number(byte) > 255))
    return undefined;
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function readIpv6(address: string): bigint | undefined {
  const [start = "", end, ...more] = address.split("::");
  if (!address.includes(":") || more.length > 0) return undefined;
  const left = readGroups(start);
  const right = readGroups(end ?? "");
  if (left === undefined || right === undefined) return undefined;
  const zeros = 8 - left.length - right.length;
  if (end === undefined ? zeros !== 0 : zeros < 1) return undefined;
  return [...left, ...Array.from({ length: zeros }, () => 0), ...right].reduce(
    (sum, group) => sum * 65_536n + BigInt(group),
    0n,
  );
}

/** Groups of four hexadecimal digits, the last two perhaps in the notation of version 4. */
function readGroups(text: string): readonly number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  const last = groups.at(-1) ?? "";
  const v4 = last.includes(".") ? readIpv4(last) : undefined;
  const tail = v4 === undefined ? [] : [Number(v4 >> 16n), Number(v4 & 0xffffn)];
  const plain = v4 === undefined ? groups : groups.slice(0, -1);
  if (plain.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return [...plain.map((group) => Number.parseInt(group, 16)), ...tail];
}
