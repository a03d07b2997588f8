/** Durations, sizes and address ranges as configuration writes them, and what they amount to. */

const seconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 } as const;
const durationForm = /^([1-9]\d*)(s|m|h|d|w|y)$/;
/** Prometheus counts durations in nanoseconds in 63 bits, which end at 292 years. */
const longestDuration = 100 * seconds.y;

const bytes = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;
const sizeForm = /^([1-9]\d*)(Ki|Mi|Gi|Ti)?$/;

/** True for one whole number above 0 and one unit, such as `90s`, `2h` or `30d`: the form that Prometheus and Thanos both take. */
export const isDuration = (text: string): boolean =>
  durationForm.test(text) && toSeconds(text) <= longestDuration;

/** True for a Kubernetes quantity in bytes above 0 with a binary unit, such as `512Mi`. */
export const isSize = (text: string): boolean => sizeForm.test(text) && Number.isSafeInteger(toBytes(text));

/** True for a Kubernetes quantity of CPU above 0: `2`, `0.5`, `500m`. */
export const isCpu = (text: string): boolean => /^(?=.*[1-9])\d{1,6}(m|\.\d{1,3})?$/.test(text);

/** Seconds of a duration such as `2h`. Throws on any other form. */
export function toSeconds(text: string): number {
  const [, count, unit] = durationForm.exec(text) ?? [];
  if (count === undefined || !isKeyOf(seconds, unit))
    throw new RangeError(`"${text}" is not a duration like 90s, 2h or 30d`);
  return Number(count) * seconds[unit];
}

/** Bytes of a quantity such as `512Mi`. Throws on any other form. */
export function toBytes(text: string): number {
  const [match, count, unit = ""] = sizeForm.exec(text) ?? [];
  if (match === undefined || !isKeyOf(bytes, unit))
    throw new RangeError(`"${text}" is not a size like 512Mi or 20Gi`);
  return Number(count) * bytes[unit];
}

/** Cores of a quantity of CPU such as `500m` or `1.5`. Throws on any other form. */
export function toCores(text: string): number {
  if (!isCpu(text)) throw new RangeError(`"${text}" is not an amount of CPU like 500m or 2`);
  return text.endsWith("m") ? Number(text.slice(0, -1)) / 1000 : Number(text);
}

/** First and last address of an IPv4 range such as `10.1.0.0/16`, as numbers. */
export function addressesOf(cidr: string): { readonly first: number; readonly last: number } {
  const [address = "", prefix = "32"] = cidr.split("/");
  const count = 2 ** (32 - Number(prefix));
  const any = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(any / count) * count;
  return { first, last: first + count - 1 };
}

/** True when two IPv4 ranges have an address in common. */
export function overlap(one: string, other: string): boolean {
  const a = addressesOf(one);
  const b = addressesOf(other);
  return a.first <= b.last && b.first <= a.last;
}

function isKeyOf<T extends object>(table: T, key: string | undefined): key is Extract<keyof T, string> {
  return key !== undefined && Object.hasOwn(table, key);
}
