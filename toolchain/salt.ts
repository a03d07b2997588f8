/**
 * The passphrase provider writes a salt into the stack's file, which is under version control, and formats it anew.
 * Here the salt belongs to a checkout: it stands in the state, from where the engine takes it when the file has none.
 */

/** The text without the salt, unless it holds secrets that were encrypted with it. */
export function withoutSalt(text: string): string {
  if (/^\s+secure:/m.test(text)) return text;
  return text.replace(/^encryptionsalt:.*\n?/m, "");
}

/** What the file shall hold after a run of Pulumi: what it held before, unless more than salt and spaces changed. */
export function restored(before: string, after: string): string {
  const bare = (text: string): string => withoutSalt(text).replace(/\s/g, "");
  return bare(before) === bare(after) ? withoutSalt(before) : withoutSalt(after);
}
