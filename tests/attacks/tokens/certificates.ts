/** Certificates instead of tokens: one's own where it does not belong, and such as nobody should believe. */
import { grafanaUser } from "../../../components/tenancy/tenant";
import { type KeyPair, newAuthority, signedBy, type Wanted } from "../../support/readerCertificates";
import type { Attempt } from "../gateway/attempt";
import { type Door, inNamespace, knock, type Stage } from "../gateway/stage";
import { attacker, byTraces, victim } from "../gateway/traces";

const path = "/api/v1/query?query=sample_orders_total";

const showing = (door: Door, identity: KeyPair): Door => ({
  ...door,
  server: async () => ({ ...(await door.server()), identity }),
});

const asked = async (door: Door, identity: KeyPair, namespaces: readonly string[]) =>
  byTraces(await knock(showing(door, identity), { path, headers: namespaces.map(inNamespace) }));

const ofVictim: Wanted = { commonName: grafanaUser(victim) };

/** The attacker's own, as Grafana shows it for that tenant. */
const own = (name: string, namespaces: readonly string[]): Attempt => ({
  name,
  surface: "certificates",
  rule: "Q5",
  expected: "403",
  without: "authorisation",
  at: (door, { authorities }) =>
    asked(door, signedBy(authorities.readers, { commonName: grafanaUser(attacker) }), namespaces),
});

/** In the victim's name, but wrong in one place. Right in all, it opens the victim's namespace; else the case would show nothing. */
const wrong = (name: string, make: (stage: Stage) => KeyPair): Attempt => ({
  name,
  surface: "certificates",
  rule: "Q1",
  expected: "401",
  without: "authentication",
  at: async (door, stage) => {
    const [, inside] = stage.real;
    const right = inside && (await asked(inside, signedBy(stage.authorities.readers, ofVictim), [victim]));
    if (!right?.leaked)
      throw new Error("the gateway does not take the victim's certificate when it is right");
    return asked(door, make(stage), [victim]);
  },
});

export const certificates: readonly Attempt[] = [
  own("its own certificate in the victim's namespace", [victim]),
  own("its own certificate in its own namespace and the victim's", [attacker, victim]),
  own("its own certificate in the victim's namespace and its own", [victim, attacker]),
  wrong("a certificate that has ended", ({ authorities }) =>
    signedBy(authorities.readers, { ...ofVictim, days: -1 }),
  ),
  wrong("a certificate of another authority of the same name", () =>
    signedBy(newAuthority("moat readers CA"), ofVictim),
  ),
  wrong("a certificate of the authority for servers", ({ authorities }) =>
    signedBy(authorities.servers, ofVictim),
  ),
  wrong("a certificate that is for servers", ({ authorities }) =>
    signedBy(authorities.readers, { ...ofVictim, use: "serverAuth" }),
  ),
];
