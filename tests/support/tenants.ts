/** The tenants of a configuration, as the program makes them under mocks. */
import { ComponentResource, output } from "@pulumi/pulumi";
import { Tenants } from "../../components/tenancy/tenants";
import { checkConfig } from "../../config";
import { temporaryFolder, writeKubeconfig } from "./kubeconfig";
import { type Made, madeBy } from "./mocks";
import { settled } from "./settled";

const kubeconfig = writeKubeconfig(temporaryFolder());

class Definitions extends ComponentResource {
  constructor() {
    super("test:test:Definitions", "definitions");
  }
}

/** What is made for these values of `moat:tenants`, and what the stack tells of it. */
export async function tenantsOf(tenants: unknown): Promise<{ made: Made[]; outputs: unknown }> {
  const checked = checkConfig({
    clusterName: "test",
    cluster: { kubeconfig },
    objectStore: { kind: "inCluster" },
    edge: { domain: "example.org" },
    tenants,
  });
  if ("problems" in checked) throw new Error(JSON.stringify(checked.problems));
  let outputs: unknown;
  const made = await madeBy(async () => {
    const metrics = {
      definitions: new Definitions(),
      tenantScraper: { account: output("prometheus-tenants"), role: output("discovery") },
      operatorReferences: { account: output("prometheus-operator"), role: output("references") },
    };
    const { config } = checked;
    const all = metrics.definitions;
    const args = { config, readerRole: "reader", metrics, webhook: all, scraping: all };
    outputs = await settled(new Tenants("tenants", args).outputs);
  });
  return { made, outputs };
}
