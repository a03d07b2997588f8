/** Whether anybody says as whom a cluster on OpenStack is made. Providers would tell only when the first resource is looked at, one by one. */
import type { Problem } from "./problems";
import type { WellFormed } from "./shape";

/** Any of them goes with OS_AUTH_URL, each with its own names of users. */
const secrets = ["OS_PASSWORD", "OS_APPLICATION_CREDENTIAL_SECRET", "OS_TOKEN", "OS_AUTH_TOKEN"];

export function credentialProblems({ cluster }: WellFormed, env: NodeJS.ProcessEnv): Problem[] {
  if (cluster.kind !== "openstack" && cluster.kind !== "magnum") return [];
  if (cluster.cloud !== undefined || env.OS_CLOUD) return [];
  const mend =
    "source the openrc file of your project, or name an entry of clouds.yaml: moat:cluster.cloud or OS_CLOUD";
  const path = "moat:cluster.cloud";
  if (!env.OS_AUTH_URL)
    return [{ path, reason: "is missing, and so is OS_AUTH_URL: nobody says which cloud is meant", mend }];
  return secrets.some((name) => env[name])
    ? []
    : [{ path, reason: `is missing, and OS_AUTH_URL comes with none of ${secrets.join(", ")}`, mend }];
}
