/** What the stack `dev` is configured to be. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type ParsedConfig, schema } from "../../../config/schema";
import { root } from "../../../toolchain/paths";

export const stack = "dev";
export const stackFile = join(root, `Pulumi.${stack}.yaml`);

const file = z.object({ config: z.record(z.string(), z.unknown()) });

/** The stack's configuration with its defaults. */
export const settings: ParsedConfig = schema.parse(
  Object.fromEntries(
    Object.entries(file.parse(parse(readFileSync(stackFile, "utf8"))).config)
      .filter(([key]) => key.startsWith("moat:"))
      .map(([key, value]) => [key.slice("moat:".length), value]),
  ),
);

export const { platformNamespace } = settings;
