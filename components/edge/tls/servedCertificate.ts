/** The edge's certificate of whatever kind, as the edge serves it. */
import * as pulumi from "@pulumi/pulumi";
import type { EdgeTlsConfig } from "../../../config/edgeTls";
import { algorithmOf, certificatesOf } from "../../../config/givenCertificate";
import { privateCaConfigMap } from "../../names";
import type { PrivateCa } from "../../trust/privateCa";
import { ServerCertificate } from "../../trust/serverCertificate";
import type { Size } from "../../workload/sizes";
import type { Volume } from "../../workload/workload";
import { type CertificateSource, files, folders, replaced } from "../traefik";
import { AcmeCertificate } from "./acmeCertificate";
import { GivenCertificate } from "./givenCertificate";

export interface ServedCertificateArgs {
  readonly namespace: string;
  readonly tls: EdgeTlsConfig;
  /** The edge's hosts, by first label. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Authority inside the cluster, and of the edge when no other is named. */
  readonly ca: PrivateCa;
  readonly size: Size;
  readonly clusterName: string;
}

export interface ServedCertificate {
  readonly source: CertificateSource;
  /** The volume with it, once it is known which ConfigMap has the routes, and where programs look for it. */
  readonly volume: (settings: pulumi.Input<string>) => { readonly volume: Volume; readonly path: string };
  /** Changes when pods must be replaced because of it. */
  readonly restartOn: pulumi.Input<string>;
}

/** Makes it, as children of the edge `name`. */
export function servedCertificate(
  name: string,
  args: ServedCertificateArgs,
  parent: pulumi.Resource,
): ServedCertificate {
  const { tls, namespace, ca, hosts } = args;
  switch (tls.kind) {
    case "privateCa": {
      const { secretName, certificatePem } = new ServerCertificate(
        `${name}-certificate`,
        { ca, namespace, dnsNames: Object.values(hosts) },
        { parent },
      );
      return {
        source: replaced("ecdsa"),
        volume: () => inSecret(secretName),
        restartOn: pulumi.interpolate`${certificatePem}${ca.certificatePem}`,
      };
    }
    case "given": {
      const privateKeyPem = new pulumi.Config("moat").requireSecret("edgePrivateKey");
      const { secretName } = new GivenCertificate(
        `${name}-given-certificate`,
        { namespace, ca, certificatePem: tls.certificate, privateKeyPem },
        { parent },
      );
      const [server] = certificatesOf(tls.certificate);
      return {
        source: replaced(server === undefined ? "ecdsa" : algorithmOf(server.publicKey)),
        volume: () => inSecret(secretName),
        restartOn: pulumi.interpolate`${tls.certificate}${ca.certificatePem}`,
      };
    }
    case "acme": {
      const { secretName, source } = new AcmeCertificate(
        `${name}-acme`,
        { ...args, config: tls },
        { parent },
      );
      return { source, volume: (settings) => besideRoutes(secretName, settings), restartOn: "" };
    }
  }
}

const inSecret = (secret: pulumi.Input<string>) => ({
  volume: { name: "tls", type: "secret", secret } as const,
  path: folders.tls,
});

/**
 * Routes, certificate and authority in one folder, which the kubelet swaps as a whole: Traefik watches the folder, so it reads the
 * certificate again with the routes. The routes lie one folder deeper, where Traefik finds them once, as it does not follow links to folders.
 */
const besideRoutes = (secret: string, settings: pulumi.Input<string>) => ({
  volume: {
    name: "live",
    type: "projected",
    sources: [
      { configMap: settings, files: { [files.routes]: `conf/${files.routes}` } },
      // Comes with the authority's first answer, for which the edge must already run.
      { secret, optional: true, files: { "tls.crt": "tls.crt", "tls.key": "tls.key" } },
      { configMap: privateCaConfigMap.name, files: { [privateCaConfigMap.key]: "ca.crt" } },
    ],
  } as const,
  path: folders.live,
});
