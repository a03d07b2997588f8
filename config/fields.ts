/** Kinds of values that several parts of the configuration have. A title is the type's name in docs/config.md. */
import { z } from "zod";

/** RFC 1123 label of at most so many characters. */
export const dnsLabel = (longest: number) =>
  z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, {
      error: "must be lower-case letters, digits and dashes, and begin and end with a letter or digit",
    })
    .max(longest, { error: `must have at most ${longest} characters` })
    .meta({ title: "name" });

/** Range of IPv4 addresses. */
export const range = z
  .cidrv4({ error: "must be an address range such as 10.1.0.0/16" })
  .meta({ title: "address range" });
