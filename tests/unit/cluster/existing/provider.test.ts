/** The provider for a cluster that is there: the same inputs for everybody, wherever the project lies. */
import { ExistingCluster } from "../../../../components/cluster/existing";
import { madeBy, ofType } from "../../../support/mocks";

const inputsOf = async (args: ConstructorParameters<typeof ExistingCluster>[1]) => {
  const made = await madeBy(() => void new ExistingCluster("cluster", args));
  return ofType(made, "pulumi:providers:kubernetes")[0]?.inputs;
};

test.each([".moat/kubeconfig", "~/.kube/prod", "/etc/kubeconfig"])(
  "has the path as it is configured: %s",
  async (kubeconfig) => {
    expect(await inputsOf({ kubeconfig })).toMatchObject({ kubeconfig });
  },
);

test("without one it names no file: each takes what their kubectl takes", async () => {
  const before = process.env.KUBECONFIG;
  process.env.KUBECONFIG = "/home/alice/kubeconfig";
  try {
    expect(await inputsOf({ context: "prod" })).toMatchObject({ kubeconfig: "", context: "prod" });
  } finally {
    if (before === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = before;
  }
});

test("changes data in place, and sets back what others have set", async () => {
  expect(await inputsOf({})).toMatchObject({
    enableConfigMapMutable: "true",
    enableSecretMutable: "true",
    enablePatchForce: "true",
  });
});
