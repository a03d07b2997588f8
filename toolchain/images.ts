/**
 * Images for the embedded cluster: our build of each program under the upstream image's name, with its paths, user and
 * entry point, so that what runs on them runs on the published ones too.
 */
import { edgeImages, type Image, imageRef, images as published } from "../versions";
import { dnsImage } from "./cluster/manifests";
import { pauseImage } from "./cluster/settings";

export interface ImageConfig {
  readonly Entrypoint: readonly string[];
  readonly Cmd?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
}

export interface BuiltImage {
  readonly ref: string;
  readonly config: ImageConfig;
  /** Program of the toolchain to its place in the image. */
  readonly files: Readonly<Record<string, string>>;
  /** Empty folders, as mkimage takes them: /path/:mode[:uid]. */
  readonly folders?: readonly string[];
}

const tmp = "/tmp/:1777";

const simple = (image: Image | string, program: string, path: string, user?: string): BuiltImage => ({
  ref: typeof image === "string" ? image : imageRef(image),
  config: { Entrypoint: [path], WorkingDir: "/", ...(user === undefined ? {} : { User: user }) },
  files: { [program]: path },
  folders: [tmp],
});

/** What the node needs before any pod can run. */
export const nodeImages: readonly BuiltImage[] = [
  simple(pauseImage, "pause", "/pause", "65535:65535"),
  simple(dnsImage, "coredns", "/coredns", "65532:65532"),
];

export const builtImages: readonly BuiltImage[] = [
  simple(published.thanos, "thanos", "/bin/thanos", "1001"),
  {
    ref: imageRef(published.prometheus),
    config: {
      Entrypoint: ["/bin/prometheus"],
      Cmd: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
      User: "nobody",
      WorkingDir: "/prometheus",
    },
    files: { prometheus: "/bin/prometheus", promtool: "/bin/promtool" },
    folders: [tmp, "/prometheus/:0775:65534", "/etc/prometheus/:0755:65534"],
  },
  simple(published.prometheusOperator, "operator", "/bin/operator", "65534"),
  simple(
    published.prometheusConfigReloader,
    "prometheus-config-reloader",
    "/bin/prometheus-config-reloader",
    "nobody",
  ),
  simple(published.kubeRbacProxy, "kube-rbac-proxy", "/usr/local/bin/kube-rbac-proxy", "65532:65532"),
  simple(published.promLabelProxy, "prom-label-proxy", "/bin/prom-label-proxy", "nobody"),
  simple(published.guards, "guards", "/bin/guards", "65532:65532"),
  // Upstream starts these two through a shell script that hands flags on unchanged; here there is no shell.
  simple(published.s3, "versitygw", "/usr/local/bin/versitygw"),
  simple(published.traefik, "traefik", "/usr/local/bin/traefik"),
  simple(published.nodeExporter, "node_exporter", "/bin/node_exporter", "nobody"),
];

/** For certificates by ACME: only tests ask for them. */
export const acmeImages: readonly BuiltImage[] = [
  simple(edgeImages.certManager, "cert-manager-controller", "/app/cmd/controller/controller", "65532"),
  simple(edgeImages.acmeSolver, "acmesolver", "/app/cmd/acmesolver/acmesolver", "65532"),
];

/** Arguments of mkimage for an image; `where` finds a program's file. */
export const mkimageArgs = (image: BuiltImage, where: (program: string) => string): string[] => [
  "-tag",
  image.ref,
  "-config",
  JSON.stringify({
    Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    ...image.config,
  }),
  ...(image.folders ?? []),
  ...Object.entries(image.files).map(([program, path]) => `${where(program)}=${path}`),
];
