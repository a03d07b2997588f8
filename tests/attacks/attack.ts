/** What an attack is. The same play is staged twice: against the environment, and where the defence is missing. */

/** Where it is tried. */
export type Surface =
  | "read gateway"
  | "query language"
  | "network"
  | "store API"
  | "tenant objects"
  | "scraping"
  | "rules and alerts"
  | "tokens"
  | "certificates"
  | "rights"
  | "secrets"
  | "metadata service"
  | "limits";

/** What came of a play. */
export interface Outcome {
  /** The attacker reached what is not its own: another tenant's data, a door that should be shut, an object that should be refused. */
  readonly leaked: boolean;
  /** What was seen, in a few words: `403`, `own series only`, `refused by T1`. */
  readonly seen: string;
}

export interface Attack {
  /** What the attacker does. Unique within its surface. */
  readonly name: string;
  readonly surface: Surface;
  /** Id of the rule that stops it, as in docs/rules.md or the threat model: `Q5`. */
  readonly rule: string;
  /** What should be seen: `403 or own series only`. */
  readonly expected: string;
  /** The attack on the environment as it is. */
  readonly play: () => Promise<Outcome>;
  /** The defence that is missing in the second staging, in a few words: `no label enforcement`. */
  readonly without: string;
  /** The same attack there. It must leak, or the case proves nothing. */
  readonly teeth: () => Promise<Outcome>;
}

/** Attacks that share a stage. Several parts are played side by side. */
export interface Part {
  readonly attacks: readonly Attack[];
  /** Attacks under way at a time. */
  readonly concurrency: number;
  /** Makes what the attacks need, and first removes what an earlier run may have left. */
  readonly setUp: () => Promise<void>;
  /** Removes it all, also after `setUp` failed half-way. */
  readonly tearDown: () => Promise<void>;
}
