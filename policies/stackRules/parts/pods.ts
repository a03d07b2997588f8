/** The pods that a stack makes, what runs in them, and who answers at their ports. */
import type { Kind } from "../../kinds";
import { authenticators, named, openPrograms } from "../../programs";
import type { Fields } from "../../rule";
import { once, type StackResource, seen } from "../../stack";
import {
  at,
  fieldsAt,
  listAt,
  nameOf,
  namespaceOf,
  ofKind,
  ofKinds,
  type PortName,
  plain,
  templateKinds,
  textAt,
} from "./objects";

export interface Pods {
  readonly owner: StackResource;
  readonly namespace: string;
  readonly labels: Fields;
  /** Read when they are asked for: their images are often not known at preview. */
  readonly containers: () => readonly Container[];
}

interface Container {
  /** Answers whoever reaches it. */
  readonly open: boolean;
  /** Asks who it is. */
  readonly authenticator: boolean;
  /** One of the guards: some of them are open, and others at some of their ports. */
  readonly guard: boolean;
  readonly ports: readonly { readonly name: unknown; readonly number: unknown }[];
  readonly line: () => string;
}

/** Kinds of the operator. */
export const operatedKinds = [
  "monitoring.coreos.com/v1/Prometheus",
  "monitoring.coreos.com/v1alpha1/PrometheusAgent",
  "monitoring.coreos.com/v1/Alertmanager",
  "monitoring.coreos.com/v1/ThanosRuler",
] as const satisfies readonly Kind[];

/** Everything that runs pods, but for jobs, to which nothing is routed. */
export const podsOf = (resources: readonly StackResource[]): Pods[] => [
  ...ofKinds(resources, templateKinds).map((owner) =>
    seen(owner, () => ({
      owner,
      namespace: namespaceOf(owner),
      labels: plain(fieldsAt(owner.props, "spec", "template", "metadata", "labels")),
      containers: containersOf(owner, () => listAt(owner.props, "spec", "template", "spec", "containers")),
    })),
  ),
  ...ofKind(resources, "v1/Pod").map((owner) =>
    seen(owner, () => ({
      owner,
      namespace: namespaceOf(owner),
      labels: plain(fieldsAt(owner.props, "metadata", "labels")),
      containers: containersOf(owner, () => listAt(owner.props, "spec", "containers")),
    })),
  ),
  ...operated.flatMap((sort) =>
    ofKind(resources, sort.kind).map((owner) => seen(owner, () => operatedPods(owner, sort))),
  ),
];

interface Operated {
  readonly kind: (typeof operatedKinds)[number];
  /** Name that the operator gives to the pods. */
  readonly program: string;
  /** Programs in them, with the ports at which they answer. */
  readonly listeners: Readonly<Record<string, readonly (readonly [name: string, number: number])[]>>;
}

const web = (number: number) => ["web", number] as const;
const grpc = ["grpc", 10901] as const;

const operated: readonly Operated[] = [
  {
    kind: "monitoring.coreos.com/v1/Prometheus",
    program: "prometheus",
    listeners: { prometheus: [web(9090)], thanos: [grpc, ["http", 10902]] },
  },
  {
    kind: "monitoring.coreos.com/v1alpha1/PrometheusAgent",
    program: "prometheus",
    listeners: { prometheus: [web(9090)] },
  },
  {
    kind: "monitoring.coreos.com/v1/Alertmanager",
    program: "alertmanager",
    listeners: { alertmanager: [web(9093)] },
  },
  {
    kind: "monitoring.coreos.com/v1/ThanosRuler",
    program: "thanos-ruler",
    listeners: { thanos: [web(10902), grpc] },
  },
];

/** The labels are those that the operator sets over any others. */
function operatedPods(owner: StackResource, { program, listeners }: Operated): Pods {
  const name = nameOf(owner);
  const programs = Object.entries(listeners).map(([image, ports]) => ({
    image,
    ports: ports.map(([port, containerPort]) => ({ name: port, containerPort })),
  }));
  return {
    owner,
    namespace: namespaceOf(owner),
    labels: {
      ...fieldsAt(owner.props, "spec", "podMetadata", "labels"),
      [program]: name,
      "app.kubernetes.io/name": program,
      "app.kubernetes.io/instance": name,
      "app.kubernetes.io/managed-by": "prometheus-operator",
      "operator.prometheus.io/name": name,
    },
    containers: containersOf(owner, () => [
      // On loopback nobody outside the pod reaches them.
      ...(at(owner.props, "spec", "listenLocal") === true ? [] : programs),
      ...listAt(owner.props, "spec", "containers"),
    ]),
  };
}

const isOpen = new RegExp(named(openPrograms));
const isAuthenticator = new RegExp(named(authenticators));
const isGuard = new RegExp(named("guards"));

const containersOf = (owner: StackResource, list: () => readonly unknown[]): (() => readonly Container[]) =>
  once(() => seen(owner, () => list().map((container) => describe(owner, container))));

function describe(owner: StackResource, container: unknown): Container {
  const words = [textAt(container, "image"), textAt(container, "name"), ...listAt(container, "command")].join(
    " ",
  );
  return {
    open: isOpen.test(words),
    authenticator: isAuthenticator.test(words),
    guard: isGuard.test(words),
    ports: listAt(container, "ports").map((p) => ({ name: at(p, "name"), number: at(p, "containerPort") })),
    line: () =>
      seen(owner, () => `${[...listAt(container, "command"), ...listAt(container, "args")].join(" ")} `),
  };
}

/** Whether one of the programs is open to whoever reaches it. */
export const runsOpenProgram = ({ containers }: Pods): boolean => containers().some(({ open }) => open);

/** Whether one of the programs, or who asks in front of it, believes headers about who it is. */
export const believesHeaders = ({ containers }: Pods): boolean =>
  containers().some(({ open, authenticator }) => open || authenticator);

/**
 * Whether who reaches the port of these pods is answered without a question. Undefined stands for every port. A port that no container
 * tells of may be any program's, unless an authenticator says that it listens there.
 */
export function answersAnybody(pods: Pods, port: PortName | undefined): boolean {
  if (!runsOpenProgram(pods)) return false;
  if (port === undefined) return true;
  const owner = pods
    .containers()
    .find(({ ports }) => ports.some(({ name, number }) => name === port || number === Number(port)));
  if (owner !== undefined) {
    const { number } = owner.ports.find(({ name, number }) => name === port || number === Number(port)) ?? {};
    return owner.open && !servesAt(owner, number);
  }
  return !pods
    .containers()
    .some((c) => (c.authenticator && c.line().includes(`:${port} `)) || servesAt(c, port));
}

/** Whether it is the query guard, and this the port at which it asks who it is; or the webhook, which has nothing of anybody's to tell. */
const servesAt = ({ guard, line }: Container, port: unknown): boolean =>
  guard && new RegExp(`(^| )(query|admit) .*-listen-address[= ]\\S*:${port} `).test(line());
