/** Starts OpenStack's services from whatever an earlier run left, and takes them away for sure. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { canHaveTrees, prepareTree, type Tree, treeOf } from "../debianTree";
import { ToolError } from "../errors";
import { alone } from "../lock";
import { step } from "../progress";
import { digest } from "../store";
import { Session } from "./api";
import { caFile, makeCertificates, readCa } from "./certificates";
import {
  cloudPackages,
  cloudServices,
  furnishCloud,
  prepareDatabases,
  startCloud,
  startFoundations,
} from "./cloud/cloud";
import { introduce, swiftService } from "./identity";
import { keystone, prepareKeystone } from "./keystone";
import { makeNetwork, networkIsWhole } from "./network";
import { otherOwner, startedAs, takeOwnership } from "./owner";
import { cleanUp, processes, recordedNames } from "./running";
import { folders, inside, lock, people, region, urls } from "./settings";
import { prepareSwift, swift } from "./swift";
import { waitForAnswer } from "./waiting";

/** What clients need; kept beside the state, and random anew at every start. */
export interface Access {
  readonly url: string;
  readonly region: string;
  readonly caFile: string;
  readonly passwords: Readonly<Record<string, string>>;
}

/** `object-store`: Keystone and Swift. `cloud`: all that a cluster of virtual machines needs besides. */
export type Extent = "object-store" | "cloud";

const packages = [
  "python3-keystone",
  "swift-proxy",
  "swift-account",
  "swift-container",
  "swift-object",
  "python3-keystonemiddleware",
  "python3-memcache",
  "memcached",
  "uwsgi-core",
  "uwsgi-plugin-python3",
  "openssl",
  "dash",
  "coreutils",
] as const;

/** The services trust this cloud's own authority and nobody else. */
const treeWith = (names: readonly string[]): Tree => ({
  of: "OpenStack's services",
  packages: names,
  folder: folders.trees,
  folders: [inside.slice(1), "etc/ssl/certs"],
  links: { "etc/ssl/certs/ca-certificates.crt": `${inside}/pki/ca.crt` },
});

const accessFile = join(folders.state, "access.json");

/** Ready for clients when this returns. Running ones stay when they are as wanted. */
export const startOpenStack = (extent: Extent = "object-store"): Promise<Access> =>
  alone(() => startIfNeeded(extent), lock);

/** Takes the services away; not those of another checkout. */
export const stopOpenStack = (): Promise<void> =>
  alone(async () => {
    if (!isOfOthers()) await cleanUp();
  }, lock);

/** Whether this machine can run them. */
export const canRunOpenStack = canHaveTrees;

const isOfOthers = (): boolean => otherOwner() !== undefined && processes.alive("keystone");

async function startIfNeeded(extent: Extent): Promise<Access> {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    throw new ToolError("OpenStack's services need root on Linux", "run this as root");
  if (isOfOthers())
    throw new ToolError(
      `the OpenStack of this machine belongs to ${otherOwner()}`,
      "run `make openstack-down` there first",
    );
  const whole = treeWith([...packages, ...cloudPackages]);
  // The whole cloud has the object store too.
  if (await isRunning(wantedOf(treeOf(whole)))) return readAccess();
  const tree = await prepareTree(extent === "cloud" ? whole : treeWith(packages));
  const wanted = wantedOf(tree);
  if (await isRunning(wanted)) return readAccess();
  await cleanUp();
  mkdirSync(folders.state, { recursive: true, mode: 0o700 });
  takeOwnership(wanted);
  await makeNetwork();
  const access = await start(tree, extent);
  writeFileSync(accessFile, JSON.stringify(access), { mode: 0o600 });
  return access;
}

async function start(tree: string, extent: Extent): Promise<Access> {
  const password = (): string => randomBytes(16).toString("hex");
  const servicePassword = password();
  const { admin, owner, stranger } = people;
  const passwords = { [admin]: password(), [owner]: password(), [stranger]: password() };
  const others = cloudServices(tree, servicePassword);
  await makeCertificates(tree);
  if (extent === "cloud") await step("start MariaDB and RabbitMQ", () => startFoundations(tree, others));
  await step("start Keystone and Swift", () => startBase(tree, passwords[admin] ?? "", servicePassword));
  const services = extent === "cloud" ? [swiftService, ...others] : [swiftService];
  const session = await Session.open({
    url: urls.keystone,
    ca: readCa(),
    user: admin,
    password: passwords[admin] ?? "",
    project: admin,
  });
  const { [admin]: _, ...newcomers } = passwords;
  await introduce({ admin: session, services, servicePassword, people: newcomers });
  if (extent === "cloud") {
    await step("make the databases of OpenStack's services", () => prepareDatabases(tree, others));
    await step("start OpenStack's services", () => startCloud(others));
    await step("give the cloud hosts, flavours, an image and a network", () => furnishCloud(tree, session));
  }
  return { url: urls.keystone, region, caFile, passwords };
}

async function startBase(tree: string, adminPassword: string, servicePassword: string): Promise<void> {
  await Promise.all([prepareKeystone(tree, adminPassword), prepareSwift(tree, servicePassword)]);
  const programs = [keystone(tree), ...swift(tree)];
  for (const program of programs) await processes.start(program);
  const names = programs.map(({ name }) => name);
  await waitForAnswer("Keystone", urls.keystone, names);
  await waitForAnswer("Swift", `${urls.swift}/healthcheck`, names);
}

async function isRunning(wanted: string): Promise<boolean> {
  const names = recordedNames();
  return (
    startedAs() === wanted &&
    names.includes("swift-proxy") &&
    names.every((name) => processes.alive(name)) &&
    (await networkIsWhole()) &&
    haveAccess()
  );
}

/** Other packages or other code would have made other services. */
const wantedOf = (tree: string): string => join(tree, digest([], [__dirname]));

const accesses = z.object({
  url: z.string(),
  region: z.string(),
  caFile: z.string(),
  passwords: z.record(z.string(), z.string()),
});

const haveAccess = (): boolean => {
  try {
    readAccess();
    return true;
  } catch {
    return false;
  }
};

export const readAccess = (): Access => accesses.parse(JSON.parse(readFileSync(accessFile, "utf8")));

/** A session of one of the people, in the project of the same name. */
export function sessionOf({ url, caFile: file, passwords }: Access, user: string): Promise<Session> {
  return Session.open({
    url,
    ca: readFileSync(file, "utf8"),
    user,
    password: passwords[user] ?? "",
    project: user,
  });
}

/** The variables by which OpenStack's clients come as one of the people. */
export const environmentOf = ({ url, region: where, caFile: file, passwords }: Access, user: string) => ({
  OS_AUTH_URL: url,
  OS_CACERT: file,
  OS_USERNAME: user,
  OS_PASSWORD: passwords[user] ?? "",
  OS_PROJECT_NAME: user,
  OS_USER_DOMAIN_NAME: "Default",
  OS_PROJECT_DOMAIN_NAME: "Default",
  OS_REGION_NAME: where,
  OS_IDENTITY_API_VERSION: "3",
});
