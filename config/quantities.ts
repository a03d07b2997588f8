/** Durations and sizes as configuration writes them, and what they amount to. */

const seconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 } as const;
const durationForm = /^(\d+)(s|m|h|d|w|y)$/;

const bytes = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;
const sizeForm = /^(\d+)(Ki|Mi|Gi|Ti)?$/;

/** True for one whole number and one unit, such as `90s`, `2h` or `30d`: the form that Prometheus and Thanos both take. */
export const isDuration = (text: string): boolean => durationForm.test(text);

/** True for a Kubernetes quantity in bytes with a binary unit, such as `512Mi`. */
export const isSize = (text: string): boolean => sizeForm.test(text);

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

function isKeyOf<T extends object>(table: T, key: string | undefined): key is Extract<keyof T, string> {
  return key !== undefined && Object.hasOwn(table, key);
}
