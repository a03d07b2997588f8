/** Kubeconfig of an EKS cluster. Pure. JSON, which is YAML too. Whoever uses it is asked for by AWS: there is no key in it. */

export interface KubeconfigArgs {
  /** Name of the cluster, the context and the user in it. */
  readonly name: string;
  readonly region: string;
  /** `https://….eks.amazonaws.com` */
  readonly server: string;
  /** Certificate of the API server's authority, in base64 as EKS gives it. */
  readonly ca: string;
}

export const kubeconfigOf = ({ name, region, server, ca }: KubeconfigArgs): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": ca } }],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"],
            interactiveMode: "Never",
            installHint: "Install the AWS CLI, version 2: https://docs.aws.amazon.com/cli/",
          },
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
