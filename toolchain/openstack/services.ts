/** Starts the services from whatever an earlier run left, and takes them away for sure. */
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { end, Processes, type Program, processesInNetns } from "../cluster/processes";
import { ToolError } from "../errors";
import { alone } from "../lock";
import { root } from "../paths";
import { step, table } from "../progress";
import { waitFor } from "../shell";
import { digest } from "../store";
import { ask, Session } from "./api";
import { caFile, makeCertificates, readCa } from "./certificates";
import { introduce, swiftService } from "./identity";
import { keystone, prepareKeystone } from "./keystone";
import { makeNetwork, networkIsWhole, removeNetwork } from "./network";
import { folders, lock, people, region, run, urls } from "./settings";
import { prepareSwift, swift } from "./swift";
import { haveApt, prepareTree } from "./tree";

export const processes = new Processes(run.processes, folders.logs);

/** What clients need; kept beside the state, and random anew at every start. */
export interface Access {
  readonly url: string;
  readonly region: string;
  readonly caFile: string;
  readonly passwords: Readonly<Record<string, string>>;
}

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

const accessFile = join(folders.state, "access.json");

/** Keystone and Swift, ready for clients when this returns. Running ones stay when they are as wanted. */
export const startOpenStack = (): Promise<Access> => alone(startIfNeeded, lock);

/** Takes the services away; not those of another checkout. */
export const stopOpenStack = (): Promise<void> => alone(stop, lock);

/** Whether this machine can run them. */
export const canRunOpenStack = async (): Promise<boolean> =>
  process.platform === "linux" && process.getuid?.() === 0 && (await haveApt());

async function startIfNeeded(): Promise<Access> {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    throw new ToolError("OpenStack's services need root on Linux", "run this as root");
  mustBeOurs();
  const tree = await prepareTree(packages);
  const wanted = join(tree, digestOfCode());
  if (await isRunning(wanted)) return readAccess();
  await cleanUp();
  mkdirSync(folders.state, { recursive: true, mode: 0o700 });
  mkdirSync(run.root, { recursive: true, mode: 0o700 });
  writeFileSync(run.owner, JSON.stringify({ checkout: root, wanted } satisfies Owner));
  await makeNetwork();
  const access = await step("start OpenStack's Keystone and Swift", () => start(tree));
  writeFileSync(accessFile, JSON.stringify(access), { mode: 0o600 });
  return access;
}

async function start(tree: string): Promise<Access> {
  const password = (): string => randomBytes(16).toString("hex");
  const servicePassword = password();
  const { admin, owner, stranger } = people;
  const passwords = { [admin]: password(), [owner]: password(), [stranger]: password() };
  const adminPassword = passwords[admin] ?? "";
  await makeCertificates(tree);
  await Promise.all([prepareKeystone(tree, adminPassword), prepareSwift(tree, servicePassword)]);
  const programs = [keystone(tree), ...swift(tree)];
  for (const program of programs) await processes.start(program);
  const ca = readCa();
  await waitForAnswer("Keystone", `${urls.keystone}`, ca, programs);
  await waitForAnswer("Swift", `${urls.swift}/healthcheck`, ca, programs);
  const login = { url: urls.keystone, ca, user: admin, password: adminPassword, project: admin };
  const { [admin]: _, ...others } = passwords;
  await introduce({
    admin: await Session.open(login),
    services: [swiftService],
    servicePassword,
    people: others,
  });
  return { url: urls.keystone, region, caFile, passwords };
}

const waitForAnswer = (who: string, url: string, ca: string, programs: readonly Program[]): Promise<void> =>
  waitFor(
    `answer of ${who}`,
    120,
    async () => {
      for (const { name } of programs) processes.mustRun(name);
      try {
        return (await ask(ca, "GET", url)).status === 200;
      } catch {
        return false;
      }
    },
    `look into ${folders.logs}`,
  );

async function stop(): Promise<void> {
  if (belongsToAnother()) return;
  await cleanUp();
}

/** Ends all and removes what is left of it, whichever part that is. The packages stay. */
async function cleanUp(): Promise<void> {
  await end([...new Set([...recorded(), ...processesInNetns(run.netns), ...processesInTrees()])], 3000);
  await removeNetwork();
  for (const folder of [run.root, folders.state, folders.logs, folders.packages])
    rmSync(folder, { recursive: true, force: true });
}

const recordedNames = (): string[] => {
  try {
    return readdirSync(run.processes).map((file) => file.replace(/\.json$/, ""));
  } catch {
    return [];
  }
};

const recorded = (): number[] =>
  recordedNames()
    .flatMap((name) => (processes.alive(name) ? [processes.record(name)?.pid ?? 0] : []))
    .filter((pid) => pid > 0);

/** Programs whose network was removed under them still have a folder of packages for their root. */
function processesInTrees(): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/root`).startsWith(`${folders.trees}/`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

const owners = z.object({ checkout: z.string(), wanted: z.string() });
type Owner = z.output<typeof owners>;

function readOwner(): Owner | undefined {
  try {
    return owners.parse(JSON.parse(readFileSync(run.owner, "utf8")));
  } catch {
    return undefined;
  }
}

function mustBeOurs(): void {
  if (!belongsToAnother()) return;
  throw new ToolError(
    `the OpenStack of this machine belongs to ${readOwner()?.checkout}`,
    "run `make openstack-down` there first",
  );
}

/** A checkout that was removed owns nothing. */
function belongsToAnother(): boolean {
  const owner = readOwner();
  return (
    owner !== undefined &&
    owner.checkout !== root &&
    existsSync(owner.checkout) &&
    processes.alive("keystone")
  );
}

async function isRunning(wanted: string): Promise<boolean> {
  const names = recordedNames();
  return (
    readOwner()?.wanted === wanted &&
    names.includes("swift-proxy") &&
    names.every((name) => processes.alive(name)) &&
    (await networkIsWhole()) &&
    haveAccess()
  );
}

/** Other code would have made other services. */
const digestOfCode = (): string => digest([], [__dirname]);

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

/** Name, process, resident memory, of what runs. */
export const report = (): string =>
  table([
    ["SERVICE", "PROCESS", "MEMORY"],
    ...recordedNames().map((name) => {
      const pid = processes.record(name)?.pid;
      return [
        name,
        String(pid ?? ""),
        pid === undefined || !processes.alive(name) ? "gone" : `${residentMiB(pid)} MiB`,
      ];
    }),
  ]);

/** Of the program and all that it started: it leads a session of its own. */
function residentMiB(leader: number): number {
  const kib = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => (sessionOfProcess(pid) === leader ? residentKiB(pid) : 0));
  return Math.round(kib.reduce((sum, each) => sum + each, 0) / 1024);
}

function sessionOfProcess(pid: string): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
}

const residentKiB = (pid: string): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? "0");

/** Empty for a process that has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
