/**
 * Regions that the names of S3 services say. Requests are signed for a region, and a service refuses those for another one: so the name
 * counts where nobody names a region, and a region beside it must be the same.
 */
import type { Problem } from "./problems";
import type { WellFormed } from "./shape";

interface Names {
  /** Of the host, in lower case; its group is the region. */
  readonly host: RegExp;
  /** The region of a host without one. */
  readonly otherwise?: string;
  /** A region that it takes besides. */
  readonly also?: string;
}

const region = "([a-z][a-z0-9-]*)";
const ofAws = "([a-z]{2}(?:-[a-z]+)+-\\d)";

/** From the services' own lists of endpoints. */
const services: readonly Names[] = [
  // AWS, with its older names (s3-eu-west-1) and China
  {
    host: new RegExp(`^s3(?:-fips)?(?:\\.dualstack)?(?:[.-]${ofAws})?\\.amazonaws\\.com(?:\\.cn)?$`),
    otherwise: "us-east-1",
  },
  // Scaleway
  { host: new RegExp(`^s3\\.${region}\\.scw\\.cloud$`) },
  // DigitalOcean
  { host: new RegExp(`^${region}\\.digitaloceanspaces\\.com$`), also: "us-east-1" },
  // Wasabi
  { host: new RegExp(`^s3(?:\\.${region})?\\.wasabisys\\.com$`), otherwise: "us-east-1" },
  // Backblaze
  { host: new RegExp(`^s3\\.${region}\\.backblazeb2\\.com$`) },
  // OVHcloud
  { host: new RegExp(`^s3\\.${region}\\.(?:io\\.|perf\\.)?cloud\\.ovh\\.(?:net|us)$`) },
];

interface Said {
  readonly region: string;
  readonly also: string | undefined;
}

/** What the name of a host says; undefined where it says nothing. */
function saidBy(endpoint: string): Said | undefined {
  const [host = ""] = endpoint.split(":");
  for (const { host: pattern, otherwise, also } of services) {
    const match = pattern.exec(host);
    if (match === null) continue;
    const found = match[1] ?? otherwise;
    return found === undefined ? undefined : { region: found, also };
  }
  return undefined;
}

/** What most services that are no cloud's take, whatever they call themselves. */
const usual = "us-east-1";

/** Region to sign requests for. */
export const signingRegion = (store: {
  readonly endpoint: string;
  readonly region?: string | undefined;
}): string => store.region ?? saidBy(store.endpoint)?.region ?? usual;

/** The endpoint and the region must not say different things. */
export function regionIsTheEndpoints({ objectStore }: WellFormed): Problem[] {
  if (objectStore?.kind !== "s3" || objectStore.region === undefined) return [];
  const { endpoint, region: given } = objectStore;
  const said = saidBy(endpoint);
  if (said === undefined || given === said.region || given === said.also) return [];
  return [
    {
      path: "moat:objectStore.region",
      reason: `${given} is not the region of ${endpoint}, which refuses what is signed for another one`,
      mend: `leave it out, or set ${said.region}; a bucket in ${given} has an endpoint there`,
    },
  ];
}
