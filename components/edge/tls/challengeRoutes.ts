/**
 * Traefik's routes for HTTP-01: an authority asks each host for a file over plain HTTP, and a pod that cert-manager made for the moment
 * answers. Pure.
 */
import { ports } from "../../names";
import type { CertificateSource } from "../traefik";

type Challenges = Pick<CertificateSource, "challenges">;

export const hasChallenges = ({ challenges }: Challenges): boolean => Object.keys(challenges).length > 0;

const path = "/.well-known/acme-challenge/";
const nameOf = (host: string): string => `challenge-${host}`;

/** From anywhere, as authorities ask from several places at once and do not say from which. */
export const challengeRouters = ({ challenges }: Challenges) =>
  Object.fromEntries(
    Object.keys(challenges).map((host) => [
      nameOf(host),
      {
        rule: `Host(\`${host}\`) && PathPrefix(\`${path}\`) && Method(\`GET\`)`,
        entryPoints: ["web"],
        middlewares: ["answer-headers", "challenge-rate"],
        service: nameOf(host),
      },
    ]),
  );

export const challengeServices = ({ challenges }: Challenges) =>
  Object.fromEntries(
    Object.entries(challenges).map(([host, service]) => [
      nameOf(host),
      { loadBalancer: { servers: [{ url: `http://${service}:${ports.acmeSolver}` }] } },
    ]),
  );

/** Per client address; a challenge takes a handful of requests. */
export const challengeMiddlewares = {
  "challenge-rate": { rateLimit: { average: 10, burst: 50 } },
};
