/** Kubeconfig of one user with a client certificate. Pure. JSON, which is YAML too. */

export interface KubeconfigArgs {
  /** Name of the cluster, the context and the user in it. */
  readonly name: string;
  /** `https://192.0.2.10:6443` */
  readonly server: string;
  /** PEM of the authority that signed the API server's certificate. */
  readonly serverCa: string;
  /** PEM of the client's certificate and key. */
  readonly certificate: string;
  readonly key: string;
}

export const kubeconfigOf = ({ name, server, serverCa, certificate, key }: KubeconfigArgs): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": base64(serverCa) } }],
    users: [
      {
        name,
        user: { "client-certificate-data": base64(certificate), "client-key-data": base64(key) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });

const base64 = (text: string): string => Buffer.from(text).toString("base64");
