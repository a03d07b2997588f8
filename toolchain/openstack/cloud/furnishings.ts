/** What a cloud's operator offers: flavours, an image, a network to the outside. */
import { z } from "zod";
import type { Session } from "../api";
import { ports } from "../settings";
import { address } from "./service";

/** CPUs, MiB of memory, and GiB of disk: nova refuses servers without a volume on flavours that have none. */
export const flavors = {
  "m1.tiny": [1, 512, 1],
  "m1.medium": [2, 4096, 0],
  "m1.large": [4, 8192, 0],
} as const;
export const imageName = "debian-12";
export const externalNetwork = { name: "public", cidr: "203.0.113.0/24" } as const;

export async function furnishings(admin: Session): Promise<void> {
  for (const [name, [vcpus, ram, disk]] of Object.entries(flavors)) {
    const flavor = { name, vcpus, ram, disk };
    await admin.must("POST", `${address(ports.open.nova)}/v2.1/flavors`, { json: { flavor } });
  }
  const images = `${address(ports.open.glance)}/v2/images`;
  const image = {
    name: imageName,
    disk_format: "raw",
    container_format: "bare",
    visibility: "public",
    min_disk: 1,
  };
  const { id } = await admin.json(withId, "POST", images, image);
  const headers = { "Content-Type": "application/octet-stream" };
  await admin.must("PUT", `${images}/${id}/file`, { headers, data: Buffer.alloc(4096) });

  const networks = `${address(ports.open.neutron)}/v2.0`;
  const made = await admin.json(network, "POST", `${networks}/networks`, {
    network: {
      name: externalNetwork.name,
      "router:external": true,
      "provider:network_type": "flat",
      "provider:physical_network": "outside",
    },
  });
  await admin.must("POST", `${networks}/subnets`, {
    json: {
      subnet: { network_id: made.network.id, ip_version: 4, cidr: externalNetwork.cidr, enable_dhcp: false },
    },
  });
}

const withId = z.object({ id: z.string() });
const network = z.object({ network: withId });
