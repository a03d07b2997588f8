import { runtime } from "@pulumi/pulumi";
import { loadConfig } from "../../config";
import { temporaryFolder, writeKubeconfig } from "../support/kubeconfig";

const kubeconfig = writeKubeconfig(temporaryFolder());

/** As the engine hands it over: text for text, JSON for everything else. */
const stack = {
  "moat:clusterName": "test",
  "moat:cluster": JSON.stringify({ kubeconfig }),
  "moat:objectStore": '{"kind":"inCluster"}',
  "moat:edge": '{"domain":"example.org"}',
};

/** Loads `stack` with the changes; keys of `secret` are marked as encrypted. */
function load(changes: Record<string, string> = {}, secret: string[] = []) {
  runtime.setAllConfig({ ...stack, ...changes }, secret);
  return loadConfig();
}

test("reads texts, objects and lists of the stack", () => {
  const config = load({ "moat:tenants": '{"alpha":{"users":["alice"]}}', "moat:size": "small" });
  expect(config.size).toBe("small");
  expect(config.tenants).toMatchObject([{ name: "alpha", namespaces: ["alpha"], users: ["alice"] }]);
});

test("takes a name of digits as the text that it is", () => {
  expect(load({ "moat:clusterName": "42" }).clusterName).toBe("42");
});

test("leaves keys of other packages alone", () => {
  expect(load({ "kubernetes:namespace": "x", "moat2:size": "tiny" }).size).toBe("medium");
});

test("an empty text is no value", () => {
  expect(load({ "moat:storageClass": "", "moat:objectStoreAccessKey": "" }).storageClass).toBeUndefined();
});

test("throws one error with every mistake", () => {
  expect(() => load({ "moat:sise": "small", "moat:metrics": '{"replicas":0}' })).toThrow(
    `2 mistakes in the configuration; nothing was created
  moat:metrics.replicas: the value 0 must be 1 or more: with 0 replicas nothing runs
    → docs/config.md has its meaning, unit and default
  moat:sise: is not a known key
    → remove it or correct its spelling; docs/config.md lists all keys`,
  );
});

test("text where JSON should stand is a mistake like any other", () => {
  expect(() => load({ "moat:metrics": "{replicas" })).toThrow(
    'moat:metrics: the text "{replicas" must be a group of keys',
  );
});

describe("the secrets of an S3 service", () => {
  const s3 = { "moat:objectStore": '{"kind":"s3","endpoint":"s3.example.org","bucket":"blocks"}' };
  const keys = { "moat:objectStoreAccessKey": "very", "moat:objectStoreSecretKey": "secret" };

  test("are taken when encrypted, and are no part of the configuration", () => {
    expect(JSON.stringify(load({ ...s3, ...keys }, Object.keys(keys)))).not.toMatch(/very|secret/);
  });

  test("are refused when missing or plain, without being shown", () => {
    expect(() => load(s3)).toThrow("moat:objectStoreAccessKey: is missing");
    expect(() => load({ ...s3, ...keys }, ["moat:objectStoreAccessKey"])).toThrow(
      "1 mistake in the configuration; nothing was created\n  moat:objectStoreSecretKey: is not encrypted",
    );
  });
});
