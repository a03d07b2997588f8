/**
 * A provider that makes nothing and remembers everything: what was asked for is there, with an id and what a cloud would add. It stands for
 * a cloud where a test wants the state of an environment that was made.
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { main, type Provider } from "@pulumi/pulumi/provider";
import { isRpcSecret, unwrapRpcSecret } from "@pulumi/pulumi/runtime";

type Values = Readonly<Record<string, unknown>>;

/** The same for the same resource, in the form of OpenStack's ids. */
const idOf = (urn: string): string =>
  createHash("sha256")
    .update(urn)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

/** What programs read that they did not ask for. */
const added = (urn: string): Values => ({
  address: "203.0.113.10",
  vipPortId: idOf(`${urn} port`),
  access: idOf(`${urn} access`),
  secret: idOf(`${urn} secret`),
  arn: `arn:aws:made-up:eu-central-1:123456789012:${idOf(urn)}`,
  keyId: idOf(urn),
  endpoint: "https://made-up.eks.amazonaws.com",
  certificateAuthority: { data: "bWFkZSB1cA==" },
  defaultRouteTableId: idOf(`${urn} routes`),
  latestVersion: 1,
});

/** Without the wrapping of what is secret, at any depth. */
function plain(value: unknown): unknown {
  if (isRpcSecret(value)) return plain(unwrapRpcSecret(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

const recorder: Provider = {
  version: "0.0.0",
  create: async (urn: string, inputs: Values) => ({ id: idOf(urn), outs: { ...added(urn), ...inputs } }),
  update: async (_, urn: string, __, inputs: Values) => ({ outs: { ...added(urn), ...inputs } }),
  diff: async (id: string, urn: string, state: Values, inputs: Values) => ({
    changes: !isDeepStrictEqual(plain({ ...state, id }), plain({ ...added(urn), ...inputs, id })),
  }),
};

void main(recorder, process.argv.slice(2));
