/** The component of the object store, with Keystone and Swift in the place of an engine: what it asks for is really made. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { z } from "zod";
import { objectStoreConfigFile, objectStoreMount } from "../../../components/storage/objectStore";
import { SwiftStore, type SwiftStoreArgs } from "../../../components/storage/swift";
import type { Session } from "../../../toolchain/openstack/api";
import { urls } from "../../../toolchain/openstack/settings";
import { plain } from "../../support/mocks";

type State = Readonly<Record<string, unknown>>;
interface Made {
  readonly id: string;
  readonly state: State;
}

/** The requests that the provider makes for a kind of resource. */
const makers = (owner: Session): Readonly<Record<string, (inputs: unknown) => Promise<Made>>> => ({
  "openstack:objectstorage/container:Container": async (inputs) => {
    const { name, versioning, metadata } = container.parse(inputs);
    const labels = Object.entries(metadata).map(([key, value]) => [`X-Container-Meta-${key}`, value]);
    const headers = { ...Object.fromEntries(labels), ...(versioning && { "X-Versions-Enabled": "true" }) };
    await owner.must("PUT", `${accountOf(owner)}/${name}`, { headers });
    return { id: name, state: { name } };
  },
  "openstack:identity/ec2CredentialV3:Ec2CredentialV3": async () => {
    const url = `${urls.keystone}/users/${owner.userId}/credentials/OS-EC2`;
    const { credential } = await owner.json(ec2, "POST", url, { tenant_id: owner.projectId });
    return { id: credential.access, state: credential };
  },
  "openstack:identity/applicationCredential:ApplicationCredential": async (inputs) => {
    const { name, description, roles, unrestricted } = application.parse(inputs);
    const wanted = { name, description, unrestricted, roles: roles.map((role) => ({ name: role })) };
    const url = `${urls.keystone}/users/${owner.userId}/application_credentials`;
    const made = await owner.json(applied, "POST", url, { application_credential: wanted });
    const { id, secret } = made.application_credential;
    return { id, state: { name, secret } };
  },
});

const container = z.object({
  name: z.string(),
  versioning: z.boolean(),
  metadata: z.record(z.string(), z.string()),
});
const ec2 = z.object({ credential: z.object({ access: z.string(), secret: z.string() }) });
const application = z.object({
  name: z.string(),
  description: z.string(),
  roles: z.array(z.string()),
  unrestricted: z.boolean(),
});
const applied = z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) });
const secretInputs = z.object({ stringData: z.record(z.string(), z.string()) });

export const accountOf = ({ projectId }: Session): string => `${urls.swift}/v1/AUTH_${projectId}`;

/** Makes the store as `owner`, and gives the path of the `objstore.yml` that its pods would see. */
export async function makeStore(owner: Session, args: SwiftStoreArgs): Promise<string> {
  const making = makers(owner);
  const files: Record<string, string> = {};
  const failures: unknown[] = [];
  await runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        if (type === "kubernetes:core/v1:Secret")
          Object.assign(files, secretInputs.parse(plain(inputs)).stringData);
        const made = await making[type]?.(inputs).catch((error: unknown) => void failures.push(error));
        return made ?? { id: name, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    "moat",
    "test",
  );
  new SwiftStore("store", args);
  await runtime.disconnect();
  if (failures.length > 0) throw failures[0];
  const folder = mkdtempSync(join(tmpdir(), "moat-object-store-"));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), content.replaceAll(objectStoreMount, folder), { mode: 0o600 });
  return objectStoreConfigFile.replace(objectStoreMount, folder);
}
