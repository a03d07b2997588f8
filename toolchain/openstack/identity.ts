/** What Keystone is told about: the services with their users and addresses, and the people of the tests with a project each. */
import { z } from "zod";
import type { Session } from "./api";
import { region, urls } from "./settings";

export interface Service {
  readonly name: string;
  /** As the catalogue calls it: `object-store`. */
  readonly type: string;
  readonly url: string;
}

export const swiftService: Service = {
  name: "swift",
  type: "object-store",
  url: `${urls.swift}/v1/AUTH_%(project_id)s`,
};

export interface Tell {
  readonly admin: Session;
  readonly services: readonly Service[];
  /** Password of every service's user. */
  readonly servicePassword: string;
  /** Names and passwords; each gets a project of the same name, in which it has the role `member`. */
  readonly people: Readonly<Record<string, string>>;
}

export async function introduce({ admin, services, servicePassword, people }: Tell): Promise<void> {
  const make = async (kind: Kind, fields: Readonly<Record<string, unknown>>): Promise<string> =>
    (await admin.json(created, "POST", `${urls.keystone}/${kind}s`, { [kind]: fields }))[kind]?.id ?? "";
  const roles = new Map(
    (await admin.json(listed, "GET", `${urls.keystone}/roles`)).roles.map(({ name, id }) => [name, id]),
  );
  const roleId = async (name: string): Promise<string> => {
    const id = roles.get(name) ?? (await make("role", { name }));
    roles.set(name, id);
    return id;
  };
  const grant = async (project: string, user: string, role: string): Promise<void> => {
    const path = `projects/${project}/users/${user}/roles/${await roleId(role)}`;
    await admin.must("PUT", `${urls.keystone}/${path}`);
  };
  const newUser = (name: string, password: string): Promise<string> =>
    make("user", { name, password, domain_id: "default" });
  const newProject = (name: string): Promise<string> => make("project", { name, domain_id: "default" });

  await roleId("ResellerAdmin");
  const serviceProject = await newProject("service");
  for (const { name, type, url } of services) {
    const user = await newUser(name, servicePassword);
    await grant(serviceProject, user, "admin");
    await grant(serviceProject, user, "service");
    const service = await make("service", { name, type });
    for (const face of ["public", "internal", "admin"])
      await make("endpoint", { service_id: service, interface: face, url, region_id: region });
  }
  for (const [name, password] of Object.entries(people)) {
    const project = await newProject(name);
    await grant(project, await newUser(name, password), "member");
  }
}

type Kind = "role" | "user" | "project" | "service" | "endpoint";

const created = z.record(z.string(), z.object({ id: z.string() }));
const listed = z.object({ roles: z.array(z.object({ name: z.string(), id: z.string() })) });
