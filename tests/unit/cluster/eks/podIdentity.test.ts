/** Rights in AWS for pods: for these service accounts of this cluster, and nobody else. */
import { PodIdentity } from "../../../../components/cluster/eks/podIdentity";
import { madeBy, ofType } from "../../../support/mocks";

const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["route53:GetChange"], Resource: ["arn:aws:route53:::change/*"] }],
});

test("a role with its rights, and an association for each account", async () => {
  const made = await madeBy(
    () =>
      new PodIdentity("dns", {
        cluster: "prod",
        namespace: "moat-system",
        serviceAccounts: ["external-dns", "cert-manager"],
        role: "prod-dns",
        policy,
      }),
  );
  const [role] = ofType(made, "aws:iam/role:Role");
  expect(role?.inputs.name).toBe("prod-dns");
  expect(JSON.parse(String(role?.inputs.assumeRolePolicy)).Statement).toMatchObject([
    {
      Principal: { Service: "pods.eks.amazonaws.com" },
      Condition: {
        StringEquals: {
          "aws:RequestTag/eks-cluster-name": "prod",
          "aws:RequestTag/kubernetes-namespace": "moat-system",
          "aws:RequestTag/kubernetes-service-account": ["external-dns", "cert-manager"],
        },
      },
    },
  ]);
  expect(ofType(made, "aws:iam/rolePolicy:RolePolicy").map((m) => m.inputs.policy)).toEqual([policy]);
  expect(
    ofType(made, "aws:eks/podIdentityAssociation:PodIdentityAssociation").map((m) => m.inputs),
  ).toMatchObject(
    ["external-dns", "cert-manager"].map((serviceAccount) => ({
      clusterName: "prod",
      namespace: "moat-system",
      serviceAccount,
    })),
  );
});
