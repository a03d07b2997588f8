import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import type { Size } from "../workload/sizes";
import type { PrivateCa } from "./privateCa";

export interface EdgeArgs {
  /** Namespace of the platform. */
  readonly namespace: pulumi.Input<string>;
  /** Domain, ports and how the cluster shows the edge. */
  readonly config: EnvironmentConfig["edge"];
  /** Resource requests. */
  readonly size: Size;
  /** Authority of the routes' certificate and of the read gateway's. */
  readonly ca: PrivateCa;
  /** Service host of the read gateway, which serves HTTPS on `ports.readGateway`. */
  readonly readGatewayHost: pulumi.Input<string>;
  /** Service host of the query frontend, which serves HTTP on `ports.http`. */
  readonly queryFrontendHost: pulumi.Input<string>;
}

export class Edge extends pulumi.ComponentResource {
  /** Where tenants read, by their token. */
  readonly readGatewayUrl: pulumi.Output<string>;
  /** The query UI for operators, by password. */
  readonly queryUrl: pulumi.Output<string>;
  /** Password of the user `admin` of the query UI. Secret. */
  readonly adminPassword: pulumi.Output<string>;

  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:Edge", name, {}, opts);
    this.readGatewayUrl = pulumi.output(`https://metrics.${args.config.domain}`);
    this.queryUrl = pulumi.output(`https://query.${args.config.domain}`);
    this.adminPassword = pulumi.secret("");
    this.registerOutputs({});
  }
}
