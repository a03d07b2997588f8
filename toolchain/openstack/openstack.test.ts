/** What OpenStack's services are told, as text. */
import { ini } from "./ini";
import { inTree } from "./network";
import { folders, inside } from "./settings";
import { proxyConfig } from "./swift";

test("a section begins with its name, and values follow", () => {
  expect(ini({ DEFAULT: { debug: false, workers: 2 }, cache: { enabled: true } })).toBe(
    "[DEFAULT]\ndebug = false\nworkers = 2\n\n[cache]\nenabled = true\n",
  );
});

describe("Swift's proxy", () => {
  const text = proxyConfig("its-password");
  const pipeline = /^pipeline = (.*)$/m.exec(text)?.[1]?.split(" ") ?? [];

  test("knows who asks before it makes a Swift request of an S3 one", () => {
    const wanted = ["authtoken", "s3api", "s3token", "keystoneauth"];
    expect(pipeline.filter((name) => wanted.includes(name))).toEqual(wanted);
  });

  test("has a section for all that is in the pipeline", () => {
    const sections = new Set([...text.matchAll(/^\[(?:filter|app):(.*)\]$/gm)].map(([, name]) => name));
    expect(pipeline.filter((name) => !sections.has(name))).toEqual([]);
  });

  test("asks Keystone about S3 keys as a service", () => {
    const s3token = /\[filter:s3token\]\n([\s\S]*?)\n\n/.exec(text)?.[1]?.split("\n");
    expect(s3token).toEqual(
      expect.arrayContaining(["username = swift", "password = its-password", "http_timeout = 60"]),
    );
  });

  test("speaks TLS alone", () => {
    expect(text).toMatch(new RegExp(`^cert_file = ${inside}/pki/server.crt$`, "m"));
  });
});

test("a program starts with none of the environment, in the packages' folder, with the state", () => {
  const [command, args] = inTree("/tree", ["/bin/program", "--flag"], { NAME: "value" });
  expect(command).toBe("nsenter");
  expect(args.slice(args.indexOf("/tree"))).toEqual([
    "/tree",
    folders.state,
    "/usr/bin/env",
    "-i",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG=C.UTF-8",
    "HOME=/root",
    "NAME=value",
    "/bin/program",
    "--flag",
  ]);
});
