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

/** Id of a thing in OpenStack. */
export const uuid = z
  .uuid({ error: "must be an id as OpenStack shows it, such as 3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f" })
  .meta({ title: "id" });

export const text = z.string().min(1, { error: "must not be empty" });

/** Size of a volume in OpenStack. */
export const gibibytes = z
  .int()
  .min(10, { error: "must be 10 or more" })
  .max(16_384, { error: "must be 16384 or less" })
  .meta({ title: "GiB" });

/** Public half of a key for SSH. */
export const publicKey = z
  .string()
  .regex(/^(ssh-ed25519|ecdsa-sha2-nistp\d+|ssh-rsa|sk-\S+) [A-Za-z0-9+/=]+( .*)?$/, {
    error: "must be a public key as in ~/.ssh/id_ed25519.pub",
  });
