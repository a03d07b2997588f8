/**
 * The kinds that the Prometheus Operator adds to the cluster. A component of its own, because everything that is of these kinds, the
 * operator itself and the monitors of tenants must come after it and go before it.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { readCrds } from "./crds";

export interface OperatorCrdsArgs {
  /** Folder with one YAML file for each kind. Default: where the toolchain puts them, `.moat/crds/prometheus-operator/<version>`. */
  readonly folder?: string;
}

export class OperatorCrds extends pulumi.ComponentResource {
  constructor(name: string, args: OperatorCrdsArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:OperatorCrds", name, {}, opts);
    for (const crd of readCrds(args.folder)) {
      new kubernetes.apiextensions.v1.CustomResourceDefinition(
        `${name}-${crd.spec.names.plural}`,
        { metadata: crd.metadata, spec: crd.spec },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
