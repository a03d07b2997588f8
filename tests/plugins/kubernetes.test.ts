/** The stand-in for @pulumi/kubernetes, with the real Pulumi CLI against a real API server. */
import { configuration } from "./kubernetes/configuration";
import { drift } from "./kubernetes/drift";
import { lifecycle } from "./kubernetes/lifecycle";
import { previews } from "./kubernetes/previews";
import { replacement } from "./kubernetes/replacement";
import { rollouts } from "./kubernetes/rollouts";
import { secrets } from "./kubernetes/secrets";
import { Cluster } from "./support/cluster";

jest.setTimeout(180_000);

const cluster = new Cluster();
beforeAll(() => cluster.start());
afterAll(() => cluster.stop());

describe("lifecycle", () => lifecycle(cluster));
describe("replacement", () => replacement(cluster));
describe("preview", () => previews(cluster));
describe("refresh and import", () => drift(cluster));
describe("readiness", () => rollouts(cluster));
describe("secrets", () => secrets(cluster));
describe("provider arguments", () => configuration(cluster));
