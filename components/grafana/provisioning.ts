/**
 * What Grafana finds in each tenant's organisation at its start: one data source, which nobody can change, and the dashboards. Pure.
 * Organisations have numbers that only the database knows; `organisations.sh` puts them in.
 */
import type { EnvironmentConfig, TenantConfig } from "../../config";
import { namespaceHeader } from "../names";
import { folders, fromFile, readerFiles } from "./places";

/** Stands where the organisation's number goes. */
export const numberMark = "ORGANISATION_NUMBER";

/** The same in every organisation, so that one dashboard fits all. */
export const dataSourceUid = "metrics";

export interface DataSourceSettings {
  readonly tenant: Pick<TenantConfig, "name" | "namespaces">;
  /** Service host of the read gateway, the name in its certificate. */
  readonly gatewayHost: string;
  readonly gatewayPort: number;
  readonly config: Pick<EnvironmentConfig, "metrics" | "thanos">;
}

/** The provisioning file of a tenant's data source. */
export function dataSources({ tenant, gatewayHost, gatewayPort, config }: DataSourceSettings) {
  const reader = readerFiles(tenant.name);
  const ofReader = (file: string) => fromFile(folders.readers, file);
  // One header for each namespace: the gateway asks for the right to all of them, and answers with all of them.
  const headers = tenant.namespaces.map((_, place) => ({ number: place + 1, file: reader.namespace(place) }));
  return {
    apiVersion: 1,
    // A data source goes when its tenant does.
    prune: true,
    datasources: [
      {
        name: "Metrics",
        uid: dataSourceUid,
        orgId: numberMark,
        type: "prometheus",
        access: "proxy",
        url: `https://${gatewayHost}:${gatewayPort}`,
        isDefault: true,
        editable: false,
        jsonData: {
          httpMethod: "POST",
          prometheusType: "Thanos",
          timeInterval: config.metrics.scrapeInterval,
          queryTimeout: config.thanos.queryTimeout,
          manageAlerts: false,
          allowAsRecordingRulesTarget: false,
          tlsAuth: true,
          tlsAuthWithCACert: true,
          serverName: gatewayHost,
          ...Object.fromEntries(headers.map(({ number }) => [`httpHeaderName${number}`, namespaceHeader])),
        },
        secureJsonData: {
          tlsCACert: fromFile(folders.tls, "ca.crt"),
          tlsClientCert: ofReader(reader.certificate),
          tlsClientKey: ofReader(reader.key),
          ...Object.fromEntries(
            headers.map(({ number, file }) => [`httpHeaderValue${number}`, ofReader(file)]),
          ),
        },
      },
    ],
  };
}

/** The provisioning file that brings the dashboards into a tenant's organisation. */
export const dashboardProviders = ({ name }: Pick<TenantConfig, "name">) => ({
  apiVersion: 1,
  providers: [
    {
      name: `platform-${name}`,
      orgId: numberMark,
      folder: "Platform",
      type: "file",
      disableDeletion: true,
      allowUiUpdates: false,
      // The files change with the pod.
      updateIntervalSeconds: 3600,
      options: { path: folders.dashboards },
    },
  ],
});
