/** What is in the cloud, asked by its APIs. */
import { z } from "zod";
import type { Session } from "../../../toolchain/openstack/api";
import { externalNetwork, imageName } from "../../../toolchain/openstack/cloud/furnishings";
import { address } from "../../../toolchain/openstack/cloud/service";
import { ports } from "../../../toolchain/openstack/settings";

const compute = `${address(ports.open.nova)}/v2.1`;
const network = `${address(ports.open.neutron)}/v2.0`;

const named = z.array(z.looseObject({ id: z.string(), name: z.string() }));
const server = z.looseObject({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  "OS-EXT-AZ:availability_zone": z.string(),
  hostId: z.string(),
  addresses: z.record(z.string(), z.array(z.looseObject({ addr: z.string() }))),
});
const volume = z.looseObject({ id: z.string(), name: z.string(), status: z.string() });

export class Cloud {
  constructor(private readonly session: Session) {}

  async image(): Promise<string> {
    const url = `${address(ports.open.glance)}/v2/images?name=${imageName}`;
    return first((await this.session.json(z.object({ images: named }), "GET", url)).images);
  }

  async externalNetwork(): Promise<string> {
    const url = `${network}/networks?name=${externalNetwork.name}`;
    return first((await this.session.json(z.object({ networks: named }), "GET", url)).networks);
  }

  async servers(): Promise<z.output<typeof server>[]> {
    const url = `${compute}/servers/detail`;
    return (await this.session.json(z.object({ servers: z.array(server) }), "GET", url)).servers;
  }

  async deleteServer(id: string): Promise<void> {
    await this.session.must("DELETE", `${compute}/servers/${id}`);
  }

  async volumes(): Promise<z.output<typeof volume>[]> {
    const url = `${address(ports.open.cinder)}/v3/${this.session.projectId}/volumes/detail`;
    return (await this.session.json(z.object({ volumes: z.array(volume) }), "GET", url)).volumes;
  }

  /** Names of the project's own networks, routers or groups. */
  async names(kind: "networks" | "routers" | "security-groups" | "ports" | "floatingips"): Promise<string[]> {
    const key = kind.replace("-", "_");
    const url = `${network}/${kind}?project_id=${this.session.projectId}`;
    const listed = z.object({ [key]: z.array(z.looseObject({ name: z.string().optional() })) });
    const found: unknown = (await this.session.json(listed, "GET", url))[key];
    return z
      .array(z.looseObject({ name: z.string().default("") }))
      .parse(found)
      .map(({ name }) => name);
  }
}

function first(found: z.output<typeof named>): string {
  const [one] = found;
  if (one === undefined) throw new Error("the cloud has none of this name");
  return one.id;
}
