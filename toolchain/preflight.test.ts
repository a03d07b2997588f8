import { createServer } from "node:net";
import { type Facts, isFree, isServed, older, overlapping, problemsOf } from "./preflight";

const gigabyte = 1024 ** 3;

/** A machine on which everything is right. */
const good: Facts = {
  nodeVersion: "20.20.2",
  embedded: true,
  running: false,
  builds: true,
  cold: true,
  platform: "linux",
  root: true,
  apt: true,
  goVersion: "1.26.8",
  goWanted: "1.26.0",
  freeDisk: 50 * gigabyte,
  cacheFolder: "/cache",
  freeMemory: 8 * gigabyte,
  busyPorts: [],
  routes: [],
};

test("a machine that has everything has no problems", () => {
  expect(problemsOf(good)).toEqual([]);
});

test.each<[string, Partial<Facts>, RegExp]>([
  ["old Node", { nodeVersion: "18.1.0" }, /Node 18.1.0 is too old[\s\S]*install Node 20/],
  ["no disk", { freeDisk: gigabyte }, /1.0 GB free at \/cache, 15.0 GB needed[\s\S]*XDG_CACHE_HOME/],
  ["no disk, warm", { freeDisk: gigabyte, cold: false }, /3.0 GB needed/],
  ["no memory", { freeMemory: gigabyte }, /1.0 GB of memory free, 4.0 GB needed/],
  ["a busy port", { busyPorts: [8443] }, /port 8443 on 127.0.0.1 is in use[\s\S]*moat:edge/],
  ["no Go", { goVersion: undefined }, /Go is not installed[\s\S]*install Go 1.26.0/],
  ["old Go", { goVersion: "1.19" }, /Go 1.19 is too old/],
  ["no root", { root: false }, /needs root[\s\S]*sudo make up[\s\S]*KUBECONFIG/],
  ["another system", { platform: "darwin" }, /runs on Linux only, this is darwin/],
  ["another distribution", { apt: false }, /apt-get/],
  ["a route in the way", { routes: ["10.200.0.0/24 dev eth1"] }, /10.200.0.0\/24 dev eth1/],
])("%s is told with its mend", (_, change, words) => {
  const problems = problemsOf({ ...good, ...change });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(words);
});

test("all problems are told at once", () => {
  expect(problemsOf({ ...good, root: false, freeDisk: 0, busyPorts: [8080, 8443] })).toHaveLength(4);
});

test("a cluster elsewhere needs neither root nor Debian, and with downloads no Go", () => {
  const facts = { ...good, embedded: false, builds: false, root: false, apt: false, goVersion: undefined };
  expect(problemsOf(facts)).toEqual([]);
});

test("the memory of a running cluster is not asked for again", () => {
  expect(problemsOf({ ...good, running: true, freeMemory: gigabyte })).toEqual([]);
});

test.each([
  ["1.9", "1.21.0", true],
  ["1.21.0", "1.21.0", false],
  ["1.26.8", "1.26", false],
  ["1.26", "1.26.1", true],
])("%s is older than %s: %s", (version, than, answer) => {
  expect(older(version, than)).toBe(answer);
});

test("routes that hold the cluster's addresses, or part of them, overlap", () => {
  const routes = `default via 192.0.2.1 dev eth0
10.200.0.0/30 dev moat0 proto kernel scope link src 10.200.0.1
local 10.200.0.1 dev moat0 table local
10.200.0.0/16 dev tun0
10.200.0.2 dev tun1
10.201.0.0/16 dev tun2
192.0.2.0/24 dev eth0`;
  expect(overlapping(routes, "moat0")).toEqual(["10.200.0.0/16 dev tun0", "10.200.0.2 dev tun1"]);
});

test("a port is served or free, and to look whether it is served leaves it free for whoever is about to take it", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  expect([await isServed(port), await isFree(port)]).toEqual([true, false]);
  await new Promise((done) => server.close(done));
  const looks = Array.from({ length: 50 }, () => isServed(port));
  const taken = new Promise((done, failed) =>
    server.once("error", failed).listen(port, "127.0.0.1", () => done("taken")),
  );
  expect(await taken).toBe("taken");
  await Promise.all(looks);
  await new Promise((done) => server.close(done));
});
