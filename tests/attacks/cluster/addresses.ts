/**
 * A pod whose status has the address of somebody else's: one that has ended while its address was given out again, or one whose status was
 * written by hand. Through the API server that is a way past every wall. `held` is a tenant's namespace, `free` is none.
 */
import { ports, programs } from "../../../components/names";
import { run } from "../../../toolchain/shell";
import { apply, type KubernetesObject, kubectl, podsOf } from "../../support/live/kubectl";
import { queryString, readVector } from "../../support/live/prometheusApi";
import type { Attack, Outcome } from "../attack";

/** Has the address from before. */
const ended = "attack-ended";
/** Its author writes the address. */
const claiming = "attack-claiming";
/** Leads to the address. */
const led = "attack-led";

/** What the operators' Thanos Query at that address is asked: it answers for every tenant. */
const query = `/api/v1/query?${queryString({ query: 'sample_orders_total{shop="beta"}' })}`;

/** No scheduler takes it, so it gets no address of its own. */
const pod = (name: string, namespace: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace },
  spec: {
    schedulerName: "none",
    securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "c",
        image: "example.org/none:v1",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
});

const service = (namespace: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: led, namespace },
  spec: { ports: [{ name: "http", port: ports.http }] },
});

/** The API server's proxy goes by these, and to no address that is not a pod's of the namespace. */
const endpoints = (namespace: string, ip: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Endpoints",
  metadata: { name: led, namespace },
  subsets: [
    {
      addresses: [{ ip, targetRef: { kind: "Pod", name: ended, namespace } }],
      ports: [{ name: "http", port: ports.http }],
    },
  ],
});

const written = (name: string, namespace: string, ip: string, as: readonly string[]): readonly string[] => [
  ...["patch", "pod", name, "-n", namespace, "--subresource=status", "--type=merge", ...as],
  `--patch=${JSON.stringify({ status: { podIP: ip, podIPs: [{ ip }] } })}`,
];

let address: string | undefined;

function theAddress(): string {
  if (address === undefined) throw new Error("the stage is not set up");
  return address;
}

/** What stands before anybody attacks, written by the cluster's administrator. T10a refuses the Service in `held`, whoever makes it. */
export async function setUpAddresses(held: string, free: string): Promise<void> {
  const [target] = await podsOf(programs.operatorQuery);
  address = target?.status.podIP;
  const ip = theAddress();
  const pods = [held, free].flatMap((namespace) => [pod(ended, namespace), pod(claiming, namespace)]);
  await apply(...pods, service(free), endpoints(free, ip));
  for (const namespace of [held, free]) await kubectl(written(ended, namespace, ip, []));
}

/** Goes as a tenant's person; says by which rule it is kept out. */
async function refusable(args: readonly string[], done: (stdout: string) => string): Promise<Outcome> {
  const { code, stdout, stderr } = await run("kubectl", args);
  if (code === 0) return { leaked: true, seen: done(stdout) };
  const id = /denied request: ([A-Z]\d+[a-z]?): /.exec(stderr)?.[1];
  if (id === undefined) throw new Error(`refused for another reason: ${stderr}`);
  return { leaked: false, seen: `refused by ${id}` };
}

/** An answer without the other tenant's series proves nothing. */
function answered(body: string): string {
  const { length } = readVector(body);
  if (length === 0) throw new Error("there are no series of beta there");
  return `${length} series of beta`;
}

const ask = (path: string, as: readonly string[]) =>
  refusable(["get", "--raw", `/api/v1/namespaces/${path}/proxy${query}`, ...as], answered);

export function addressAttacks(person: string, held: string, free: string): Attack[] {
  const as = ["--as", person];
  const common = {
    surface: "tenant objects",
    expected: "refused",
    without: "a namespace that is no tenant's",
  } as const;
  const throughPod = (namespace: string) => ask(`${namespace}/pods/${ended}:${ports.http}`, as);
  const throughService = (namespace: string) => ask(`${namespace}/services/${led}:http`, as);
  const byStatus = (namespace: string) =>
    refusable(written(claiming, namespace, theAddress(), as), () => "the address stands in its status");
  return [
    {
      ...common,
      name: "asks Thanos through a pod that has ended and kept its address",
      rule: "T13a",
      play: () => throughPod(held),
      teeth: () => throughPod(free),
    },
    {
      ...common,
      name: "asks Thanos through a Service that leads there",
      rule: "T13a",
      play: () => throughService(held),
      teeth: () => throughService(free),
    },
    {
      ...common,
      name: "writes Thanos's address into the status of its own pod",
      rule: "T13b",
      play: () => byStatus(held),
      teeth: async () => {
        const { seen } = await byStatus(free);
        // That it stands there is not yet a leak.
        const asked = await ask(`${free}/pods/${claiming}:${ports.http}`, as);
        return { ...asked, seen: `${seen}: ${asked.seen}` };
      },
    },
  ];
}
