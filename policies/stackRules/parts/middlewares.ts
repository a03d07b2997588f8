/** What happens to requests on a way in, as Traefik's middlewares and filters of the Gateway API tell it. */
import { fieldsAt, listAt } from "./objects";

/** What a way does for what is behind it. */
export interface Passage {
  /** Whether somebody asks for a password or a token. */
  readonly authenticated: boolean;
  /** Headers that are taken from requests, in small letters. */
  readonly stripped: readonly string[];
}

/** Middlewares that ask who it is. */
const asking = ["basicAuth", "digestAuth", "forwardAuth"];

/** The descriptions of middlewares, as one. A header with an empty value is taken away. */
export const passage = (middlewares: readonly unknown[]): Passage => ({
  authenticated: middlewares.some((m) => asking.some((kind) => kind in fieldsAt(m))),
  stripped: middlewares.flatMap((m) =>
    Object.entries(fieldsAt(m, "headers", "customRequestHeaders"))
      .filter(([, value]) => value === "")
      .map(([header]) => header.toLowerCase()),
  ),
});

export const together = (...parts: readonly Passage[]): Passage => ({
  authenticated: parts.some((part) => part.authenticated),
  stripped: parts.flatMap((part) => part.stripped),
});

/** A filter of the Gateway API. */
export const filtered = (filter: unknown): Passage => ({
  authenticated: fieldsAt(filter).type === "ExternalAuth",
  stripped: listAt(filter, "requestHeaderModifier", "remove").map((header) => String(header).toLowerCase()),
});
