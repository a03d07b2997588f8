/** What rules of tenants share: the tenant's parameters, and conditions on hosts and durations. */
import { tenantAnnotations } from "../components/names";
import { quote } from "./rule";

/** An annotation of the tenant's namespace, or another value where it is missing. */
export const annotation = (name: string, otherwise: string): string =>
  `namespaceObject.metadata.?annotations[?${quote(name)}].orValue(${otherwise})`;

/** Variable: the tenant's namespaces. Without the annotation only the object's own. */
export const ownNamespaces = {
  namespaces: `${annotation(tenantAnnotations.namespaces, "namespaceObject.metadata.name")}.split(",")`,
};

/** Hosts of an annotation, none without it. */
export const hostsIn = (name: string): string =>
  `${annotation(name, quote(""))}.split(",").filter(host, host != "")`;

/** A number of an annotation; without it 0, which nothing is at or below. */
export const numberIn = (name: string): string => `int(${annotation(name, quote("0"))})`;

/** What is before a path: an optional scheme, a host, an optional port. Nothing that a parser of urls reads as a user or a password. */
const urlShape = quote("^(https?://)?[a-zA-Z0-9._-]+(:[0-9]+)?([/?#][!-~]*)?$");

/** The host of such a url. */
const hostOf = (url: string): string =>
  `(${url}.startsWith("http://") ? ${url}.substring(7) : ${url}.startsWith("https://") ? ${url}.substring(8) : ${url})` +
  `.split("/")[0].split("?")[0].split("#")[0].split(":")[0].lowerAscii()`;

/** Whether the url or host is in a list of hosts, in which `*.example.org` is every host below it and `*` every host. */
export const isAllowed = (url: string, hosts: string): string =>
  // A list of one gives the host a name, so that it is cut out once.
  `${url}.matches(${urlShape}) && [${hostOf(url)}].exists(asked, ${hosts}.exists(host,
    host == "*" || host == asked || (host.startsWith("*.") && asked.endsWith(host.substring(1)))))`;

/** Whether the url or host is a Service of the tenant. Short names are none: they are looked up in the namespace of who asks. */
export const isOwnService = (url: string): string =>
  `variables.namespaces.exists(n, ${url}.matches(
    "^(https?://)?[a-z0-9]([-a-z0-9]*[a-z0-9])?[.]" + n + "[.]svc([.]cluster[.]local)?(:[0-9]+)?(/[!-~]*)?$"))`;

/** Shortest time between two scrapes or two evaluations. */
export const shortestInterval = "5s";

/** Whether a duration of Prometheus is `shortestInterval` or more: a unit of minutes or longer, or enough seconds or milliseconds. */
export const isLongEnough = (duration: string): string =>
  `${duration}.matches(${quote(
    "[1-9][0-9]*(y|w|d|h|m([^s]|$))|(^|[a-z])0*([5-9]|[1-9][0-9]+)s([0-9]+ms)?$|(^|[a-z])0*([5-9][0-9]{3}|[1-9][0-9]{4,})ms$",
  )})`;

/**
 * Whether a time between scrapes or evaluations has no unit above hours and so few digits that no sum of its parts is more than
 * Prometheus can hold. `300y` is.
 */
export const isShortEnough = (duration: string): string =>
  `${duration}.matches(${quote("^([0-9]{1,2}h)?([0-9]{1,4}m)?([0-9]{1,5}s)?([0-9]{1,7}ms)?$")})`;

/** The same for times that may be years: at most 237 of the 292 that Prometheus can hold. */
export const isReadable = (duration: string): string =>
  `${duration}.matches(${quote(
    "^(0|([0-9]{1,2}y)?([0-9]{1,3}w)?([0-9]{1,4}d)?([0-9]{1,5}h)?([0-9]{1,7}m)?([0-9]{1,9}s)?([0-9]{1,12}ms)?)$",
  )})`;

/** Variable `platformHosts`: the platform's hosts. Without the annotation every host may be one. */
export const platformHosts = `${annotation(tenantAnnotations.platformHosts, quote("*"))}.split(",").filter(host, host != "")`;

/** Whether no host of a list is the platform's, nor a wildcard over one. A dot at the end changes nothing, and empty ones are none. */
export const leavesPlatformHosts = (hosts: string): string =>
  `${hosts}.filter(h, h != "").map(h, h.lowerAscii()).map(h, h.endsWith(".") ? h.substring(0, size(h) - 1) : h).all(h,
    !variables.platformHosts.exists(p, p == "*" || h == p || (h.startsWith("*") && p.endsWith(h.substring(1)))))`;
