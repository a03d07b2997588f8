/** Versions of programs, `v0.89.0` or `0.89.0`, and which of two is older. Pure. */

export type Version = readonly [major: number, minor: number, patch: number];

/** Undefined for what is no version. Whatever follows the three numbers does not count. */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

export const isOlder = (a: Version, b: Version): boolean => {
  const place = a.findIndex((number, i) => number !== b[i]);
  return place >= 0 && (a[place] ?? 0) < (b[place] ?? 0);
};
