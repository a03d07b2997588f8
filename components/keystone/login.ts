/** The application credential by which OpenStack's provider logs in, found where the provider finds it: `OS_*` variables and clouds.yaml. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { ApiAccess } from "../cluster/existing/access";

export interface Login {
  readonly access: ApiAccess;
  /** Body of the request for a token. */
  readonly request: object;
  /** Where it was found, for words. */
  readonly place: string;
}

// The provider overlooks what it does not understand, too.
const text = z.string().optional().catch(undefined);
const auth = z.object({
  auth_url: text,
  username: text,
  user_id: text,
  user_domain_id: text,
  user_domain_name: text,
  application_credential_id: text,
  application_credential_name: text,
  application_credential_secret: text,
});
const entry = z.object({
  auth: auth.prefault({}),
  cacert: text,
  cert: text,
  key: text,
  verify: z.boolean().optional().catch(undefined),
});
const file = z.object({ clouds: z.record(z.string(), entry.catch({ auth: {} })) });

type Auth = z.output<typeof auth>;
type Entry = z.output<typeof entry>;

/** Undefined where somebody else logs in: a user with a password, a token, or nobody who is known here. Throws where a file cannot be read. */
export function loginOf(cloud: string | undefined, env: NodeJS.ProcessEnv): Login | undefined {
  const name = cloud ?? env.OS_CLOUD;
  const found = name ? entryOf(name, env) : entry.parse({});
  const value = (key: keyof Auth): string | undefined =>
    found?.auth[key] ?? (env[`OS_${key.toUpperCase()}`] || undefined);
  const url = value("auth_url");
  const secret = value("application_credential_secret");
  // A credential goes over TLS or not at all.
  if (found === undefined || url === undefined || secret === undefined || !url.startsWith("https://"))
    return undefined;
  const ca = env.OS_CACERT || found.cacert;
  return {
    place: name ? `clouds.yaml, ${name}` : "OS_APPLICATION_CREDENTIAL_ID",
    request: {
      auth: {
        identity: { methods: ["application_credential"], application_credential: { ...who(value), secret } },
      },
    },
    access: {
      server: `${url.replace(/\/+(v3\/*)?$/, "")}/v3`,
      context: "",
      ca: ca === undefined ? systemAuthorities() : contentOf(ca),
      verify: env.OS_INSECURE ? !/^(1|t|true)$/i.test(env.OS_INSECURE) : found.verify !== false,
      certificate: contentOf(env.OS_CERT || found.cert),
      key: contentOf(env.OS_KEY || found.key),
    },
  };
}

/** By its id, or by its name together with whose it is. */
function who(value: (key: keyof Auth) => string | undefined): object {
  const id = value("application_credential_id");
  if (id !== undefined) return { id };
  const userId = value("user_id");
  const domainId = value("user_domain_id");
  const domain = domainId === undefined ? { name: value("user_domain_name") ?? "Default" } : { id: domainId };
  const user = userId === undefined ? { name: value("username"), domain } : { id: userId };
  return { name: value("application_credential_name"), user };
}

/** An entry of clouds.yaml, with what secure.yaml adds to it. */
function entryOf(name: string, env: NodeJS.ProcessEnv): Entry | undefined {
  const open = cloudsIn(env.OS_CLIENT_CONFIG_FILE ?? findFile("clouds", env))[name];
  const secret = cloudsIn(findFile("secure", env))[name];
  if (open === undefined || secret === undefined) return open ?? secret;
  return { ...open, ...said(secret), auth: { ...open.auth, ...said(secret.auth) } };
}

/** Without fields that have no value, which would hide others. */
const said = <T extends object>(fields: T): Partial<T> => {
  const copy = { ...fields };
  for (const key in copy) if (copy[key] === undefined) delete copy[key];
  return copy;
};

function cloudsIn(path: string | undefined): Readonly<Record<string, Entry>> {
  if (path === undefined) return {};
  const read = file.safeParse(parse(readFileSync(path, "utf8")));
  if (!read.success) throw new Error(`${path} is no list of clouds`);
  return read.data.clouds;
}

const findFile = (name: string, { HOME = homedir() }: NodeJS.ProcessEnv): string | undefined =>
  [process.cwd(), join(HOME, ".config/openstack"), "/etc/openstack"]
    .flatMap((folder) => ["yaml", "yml"].map((ending) => join(folder, `${name}.${ending}`)))
    .find((path) => existsSync(path));

/** The provider takes a path or the text itself. */
const contentOf = (given: string | undefined): string | undefined =>
  given === undefined || given.startsWith("-----BEGIN")
    ? given
    : readFileSync(given.replace(/^~(?=\/)/, homedir()), "utf8");

/** The provider trusts whom the system trusts, Node by itself does not. */
function systemAuthorities(): string | undefined {
  const path = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
  ].find((p) => existsSync(p));
  return path === undefined ? undefined : readFileSync(path, "utf8");
}
