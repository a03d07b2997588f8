/** Buckets and ways into them, as the components of the object store make them, on moto. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { AwsStore, type AwsStoreArgs } from "../../../components/storage/aws";
import { bucketRights } from "../../../components/storage/awsPolicies";
import {
  objectStoreConfigFile,
  objectStoreMount,
  secretNames,
} from "../../../components/storage/objectStore";
import { S3Store } from "../../../components/storage/s3";
import { type Moto, region } from "../../../toolchain/aws/moto";
import { startAgent } from "./agent";
import type { Boto, Keys } from "./boto";
import { madeOnMoto, type Result, withoutTlsOnly } from "./provider";

export interface Way {
  readonly bucket: string;
  /** Path of `objstore.yml`. */
  readonly config: string;
  /** As whom pods come. */
  readonly keys: Keys;
  /** Variables of the pods. */
  readonly env: NodeJS.ProcessEnv;
  /** Variables of pods that are handed a wrong secret, where it does not stand in the configuration. */
  readonly wrongEnv: NodeJS.ProcessEnv;
  close(): void;
}

export type Opening = (moto: Moto, boto: Boto, folder: string, name: string) => Promise<Way>;

const namespace = "moat-system";

const storeArgs = (bucketPrefix: string, identity: AwsStoreArgs["identity"]): AwsStoreArgs => ({
  namespace,
  signal: "metrics",
  bucketPrefix,
  region,
  keepDeletedDays: 14,
  identity,
  protectData: true,
});

/** A bucket of ours and a user with a key. */
export const byAccessKey: Opening = async (moto, boto, folder, name) => {
  const args = storeArgs(name, { type: "accessKey" });
  const made = await madeOnMoto(boto, () => void new AwsStore("store", args), withoutTlsOnly);
  const config = mounted(made, folder);
  return { ...config, keys: keysIn(config.text), env: moto.env, wrongEnv: moto.env, close: () => undefined };
};

/** A bucket of ours and a role, for which the agent on the node answers. */
export const byPodIdentity: Opening = async (moto, boto, folder, name) => {
  const args = storeArgs(name, { type: "podIdentity", cluster: "prod" });
  const made = await madeOnMoto(boto, () => void new AwsStore("store", args), withoutTlsOnly);
  const [RoleArn] = made.roles;
  // moto does not know services such as EKS as those who are trusted.
  await moto.checkCallers(false);
  const keys = await roleKeys(boto, RoleArn ?? "none was made");
  await moto.checkCallers(true);
  const agent = await startAgent(keys);
  const liar = await startAgent({ ...keys, secretKey: "wrong" });
  return {
    ...mounted(made, folder),
    keys,
    env: { ...moto.env, ...agent.env },
    wrongEnv: { ...moto.env, ...liar.env },
    close: () => {
      agent.stop();
      liar.stop();
    },
  };
};

/** Somebody's bucket behind an endpoint, and somebody's key with the rights that we ask for. */
export const byEndpoint: Opening = async (moto, boto, folder, bucket) => {
  const keys = await boto.user(`${bucket}-user`, bucketRights({ bucket, region }));
  await boto.call("s3", "create_bucket", {
    Bucket: bucket,
    CreateBucketConfiguration: { LocationConstraint: region },
  });
  await boto.call("s3", "put_bucket_versioning", {
    Bucket: bucket,
    VersioningConfiguration: { Status: "Enabled" },
  });
  const args = { namespace, signal: "metrics", endpoint: moto.endpoint, region, bucket, ...keys } as const;
  const made = await madeOnMoto(boto, () => void new S3Store("store", args));
  return { ...mounted(made, folder), keys, env: moto.env, wrongEnv: moto.env, close: () => undefined };
};

const temporary = z.object({
  Credentials: z.object({
    AccessKeyId: z.string(),
    SecretAccessKey: z.string(),
    SessionToken: z.string(),
  }),
});

async function roleKeys(boto: Boto, RoleArn: string): Promise<Keys> {
  const made = await boto.call("sts", "assume_role", { RoleArn, RoleSessionName: "pod" });
  const { AccessKeyId, SecretAccessKey, SessionToken } = temporary.parse(made).Credentials;
  return { accessKey: AccessKeyId, secretKey: SecretAccessKey, token: SessionToken };
}

/** The Secret as pods see it, in `folder` instead of its place. */
function mounted(made: Result, folder: string) {
  mkdirSync(folder, { recursive: true });
  const files = made.secrets.get(secretNames.metrics) ?? {};
  for (const [file, content] of Object.entries(files))
    writeFileSync(join(folder, file), content.replaceAll(objectStoreMount, folder), { mode: 0o600 });
  const text = files["objstore.yml"] ?? "";
  const { bucket } = configs.parse(parse(text)).config;
  return { bucket, text, config: objectStoreConfigFile.replace(objectStoreMount, folder) };
}

const configs = z.object({
  config: z.object({
    bucket: z.string(),
    access_key: z.string().default(""),
    secret_key: z.string().default(""),
  }),
});

function keysIn(text: string): Keys {
  const { access_key, secret_key } = configs.parse(parse(text)).config;
  return { accessKey: access_key, secretKey: secret_key };
}
