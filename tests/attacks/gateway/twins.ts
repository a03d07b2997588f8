/** Twins of the running read gateway, each with one weakness, each in a pod of its own that the gateway's Service does not find. */
import { stringify } from "yaml";
import { z } from "zod";
import { ports, programs } from "../../../components/names";
import { imageRef, images } from "../../../versions";
import { doorFor } from "../../support/live/blocks";
import {
  apply,
  isReady,
  type KubernetesObject,
  kubectl,
  kubectlJson,
  pod,
  remove,
} from "../../support/live/kubectl";
import { until } from "../../support/live/progress";
import { platformNamespace } from "../../support/live/settings";
import { files, healthPort, rulesFile, strongest, type WeaknessName, weaknesses } from "./weaknesses";

/** No label of the gateway's: its Service and its walls go by those. The twins have a way out of their own. */
const labels = { "moat.dev/attack": "twin" };
const door = doorFor("attack-twins", labels, [programs.operatorQuery, programs.tenantPrometheus]);

const podSpec = z.looseObject({
  containers: z.array(
    z.looseObject({
      name: z.string(),
      volumeMounts: z.array(z.looseObject({ mountPath: z.string() })),
    }),
  ),
  volumes: z.array(
    z.looseObject({ name: z.string(), configMap: z.looseObject({ name: z.string() }).optional() }),
  ),
});
const deployment = z.object({ spec: z.object({ template: z.object({ spec: podSpec }) }) });
const configMap = z.object({ data: z.record(z.string(), z.string()) });

type PodSpec = z.output<typeof podSpec>;

interface Original {
  readonly spec: PodSpec;
  /** Its files. */
  readonly data: Readonly<Record<string, string>>;
}

/** The gateway as it runs: its account, its certificate and the authority of its readers are the twins'. */
async function readOriginal(): Promise<Original> {
  const named = ["deployment", programs.readGateway, "-n", platformNamespace];
  const { spec } = (await kubectlJson(deployment, ["get", ...named])).spec.template;
  const name = spec.volumes.find((v) => v.configMap !== undefined)?.configMap?.name;
  if (name === undefined) throw new Error("the read gateway has no ConfigMap: the twins must be made anew");
  const { data } = await kubectlJson(configMap, ["get", "configmap", name, "-n", platformNamespace]);
  const [container] = spec.containers;
  const mounted = container?.volumeMounts.map(({ mountPath }) => mountPath) ?? [];
  if (data[files.clientCa] === undefined || ![files.tls, files.config].every((p) => mounted.includes(p)))
    throw new Error("the read gateway has its files elsewhere: the twins must be made anew");
  return { spec, data };
}

const slug = (name: string): string => name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

export const twinName = (weakness: WeaknessName): string =>
  `${programs.readGateway}-without-${slug(weakness)}`;

/** ConfigMap and pod of one twin. */
function twin({ spec, data }: Original, weakness: WeaknessName): KubernetesObject[] {
  const weak = weaknesses[weakness].weaken(strongest);
  const metadata = { name: twinName(weakness), namespace: platformNamespace, labels };
  const containers = spec.containers.flatMap((guard) => [
    ...(weak.rbacProxy === undefined ? [] : [{ ...guard, ...rbacProxy, ...common, args: weak.rbacProxy }]),
    ...(weak.labelProxy === undefined ? [] : [{ ...guard, ...labelProxy, ...common, args: weak.labelProxy }]),
  ]);
  const volumes = spec.volumes.map((v) =>
    v.configMap === undefined ? v : { ...v, configMap: { ...v.configMap, name: metadata.name } },
  );
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { ...data, [rulesFile]: stringify(weak.rules) },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata,
      spec: { ...spec, containers, volumes, terminationGracePeriodSeconds: 1 },
    },
  ];
}

/** What stands in the guard's place. */
const rbacProxy = {
  name: "kube-rbac-proxy",
  image: imageRef(images.kubeRbacProxy),
  ports: [
    { name: "https", containerPort: ports.readGateway },
    { name: "health", containerPort: healthPort },
  ],
  readinessProbe: { httpGet: { path: "/healthz", port: "health", scheme: "HTTPS" } },
};
const labelProxy = {
  name: "prom-label-proxy",
  image: imageRef(images.promLabelProxy),
  ports: [{ name: "metrics", containerPort: ports.queryGuardMetrics }],
  readinessProbe: { httpGet: { path: "/metrics", port: "metrics" } },
};

/** They serve a few hundred requests and stand beside everything else on one node. Nor need they wait at their end for requests. */
const small = { requests: { cpu: "1m", memory: "16Mi" }, limits: { memory: "128Mi" } };
const common = { resources: small, lifecycle: undefined, startupProbe: undefined, livenessProbe: undefined };

export async function makeTwins(names: readonly WeaknessName[]): Promise<void> {
  await removeTwins();
  const original = await readOriginal();
  await apply(...door, ...names.flatMap((name) => twin(original, name)));
  await until(`twins of the read gateway: ${names.join(", ")}`, 120, async () => {
    const pods = await Promise.all(names.map((name) => pod(platformNamespace, twinName(name))));
    return pods.every(isReady);
  });
}

/** Those of this run and of any run before. */
export async function removeTwins(): Promise<void> {
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const where = ["-n", platformNamespace, "-l", selector.join(",")];
  await kubectl(["delete", "pods,configmaps", ...where, "--ignore-not-found", "--grace-period=1"]);
  await remove(...door);
}
