/** Who one is: no token, wrong ones, old ones, and tokens in places where they do not belong. */
import { gatewayAudience } from "../../../components/names";
import type { Ask } from "../../support/live/http";
import { kubectl } from "../../support/live/kubectl";
import type { Attempt } from "../gateway/attempt";
import { bearer, inNamespace, knock, type Stage } from "../gateway/stage";
import { attacker, byTraces, victim } from "../gateway/traces";
import { otherAudiences, type WeaknessName } from "../gateway/weaknesses";
import { clusterKey } from "./clusterKey";
import { claimsOf, signedBy, signedWithPublicText, strangeKey, unsigned, withClaims } from "./jwt";
import { withDeletedAccount, withDeletedSecret, withReplacedAccount } from "./lapsed";

const path = "/api/v1/query?query=sample_orders_total";
type Headers = readonly (readonly [string, string])[];

/** Asks for a namespace with the headers that `make` gives. */
const asked =
  (
    namespace: string,
    make: (stage: Stage) => Headers | Promise<Headers>,
    ask: Partial<Ask> = {},
  ): Attempt["at"] =>
  async (door, stage) => {
    const headers = [inNamespace(namespace), ...(await make(stage)), ...(ask.headers ?? [])];
    return byTraces(await knock(door, { path, ...ask, headers }));
  };

const attempt = (name: string, without: WeaknessName, at: Attempt["at"], expected = "401"): Attempt => ({
  name,
  surface: "tokens",
  rule: "Q1",
  expected,
  without,
  at,
});

/** A header that cannot pass for a token; the victim's namespace is asked for. */
const headerOnly = (name: string, headers: Headers): Attempt =>
  attempt(
    name,
    "authentication",
    asked(victim, () => headers),
  );

const none: readonly Attempt[] = [
  headerOnly("no token", []),
  headerOnly("garbage", [bearer("garbage")]),
  headerOnly("an empty token", [["Authorization", "Bearer "]]),
  headerOnly("a password", [["Authorization", `Basic ${Buffer.from("admin:admin").toString("base64")}`]]),
  headerOnly("an identity in headers", [
    ["X-Remote-User", "system:admin"],
    ["X-Remote-Group", "system:masters"],
    ["X-Forwarded-User", "system:admin"],
  ]),
  headerOnly("an identity to impersonate", [["Impersonate-User", "system:admin"]]),
  headerOnly("a client certificate in a header", [
    ["X-Forwarded-Tls-Client-Cert", "admin"],
    ["X-SSL-Client-Verify", "SUCCESS"],
    ["SSL-Client-Cert", "admin"],
  ]),
];

/** A token of somebody who may read, changed or made up; each is asked for what its bearer would be let to see. */
const forged = (name: string, make: (stage: Stage) => string | Promise<string>): Attempt =>
  attempt(
    name,
    "authentication",
    asked(victim, async (stage) => [bearer(await make(stage))]),
  );

const victimsName = (stage: Stage) => ({ sub: claimsOf(stage.tokens[victim]).sub });
const seconds = () => Math.floor(Date.now() / 1000);

const forgeries: readonly Attempt[] = [
  forged("its own token with the victim's name in it", (s) => withClaims(s.tokens[attacker], victimsName(s))),
  forged("its own token with the claims of the victim's", (s) =>
    withClaims(s.tokens[attacker], claimsOf(s.tokens[victim])),
  ),
  forged("a token without signature (none)", (s) => unsigned(s.tokens[victim], {}, "none")),
  forged("a token without signature (None)", (s) => unsigned(s.tokens[victim], {}, "None")),
  forged("a token whose signature is cut off", (s) => s.tokens[victim].split(".").slice(0, 2).join(".")),
  forged("a token signed with a strange key", (s) =>
    signedBy(s.tokens[victim], {}, strangeKey(s.tokens[victim])),
  ),
  forged("a token signed with the public key as secret", async (s) =>
    signedWithPublicText(s.tokens[victim], {}, await kubectl(["get", "--raw", "/openid/v1/jwks"])),
  ),
];

/** Claims that are wrong in one place, signed by the cluster's own key, which the test has where it made the cluster. */
const signedFor = (key: string | undefined): readonly Attempt[] =>
  key === undefined
    ? []
    : Object.entries(wrongClaims).map(([name, claims]) =>
        attempt(name, "authentication", async (door, stage) => {
          const token = stage.tokens[victim];
          const [real] = stage.real;
          const right = real && (await reads(signedBy(token, {}, key))(real, stage));
          if (!right?.leaked)
            throw new Error("the gateway does not take what this key signs, even when it is right");
          return reads(signedBy(token, claims(), key))(door, stage);
        }),
      );

const reads = (token: string): Attempt["at"] => asked(victim, () => [bearer(token)]);

const wrongClaims: Readonly<Record<string, () => Readonly<Record<string, unknown>>>> = {
  "an expired token": () => ({ iat: seconds() - 7200, nbf: seconds() - 7200, exp: seconds() - 600 }),
  "a token that is not valid yet": () => ({ nbf: seconds() + 1800, exp: seconds() + 3600 }),
  "a token of another issuer": () => ({ iss: "https://kubernetes.example.org" }),
};

const lapsed: readonly Attempt[] = [
  attempt("a token of an account that was deleted", "authentication", withDeletedAccount),
  attempt("a token of an account that was made anew", "authentication", withReplacedAccount),
  attempt("a token bound to a Secret that was deleted", "authentication", withDeletedSecret),
];

/** The attacker's own account and namespace, by a token for somebody else. */
const misdirected = (audience: string): Attempt =>
  attempt(`its own account's token for ${audience}`, "audience", async (door, stage) => {
    const it = stage.env.tenants[attacker];
    const account = [it?.serviceAccount ?? "", "-n", it?.serviceAccountNamespace ?? ""];
    const token = (await kubectl(["create", "token", ...account, "--audience", audience])).trim();
    const answer = await knock(door, { path, headers: [bearer(token), inNamespace(attacker)] });
    return { leaked: answer.status === 200, seen: String(answer.status) };
  });

/** The victim's valid token where tokens are not looked for: such places are logged, cached and sent along by browsers. */
const misplaced = (name: string, make: (token: string) => Partial<Ask>): Attempt =>
  attempt(name, "authentication", (door, stage) =>
    asked(victim, () => [], make(stage.tokens[victim]))(door, stage),
  );

const form = ["Content-Type", "application/x-www-form-urlencoded"] as const;

const places: readonly Attempt[] = [
  misplaced("a token in the url, access_token", (t) => ({ path: `${path}&access_token=${t}` })),
  misplaced("a token in the url, token", (t) => ({ path: `${path}&token=${t}` })),
  misplaced("a token in the url, authorization", (t) => ({ path: `${path}&authorization=Bearer%20${t}` })),
  misplaced("a token in the body", (t) => ({
    method: "POST",
    path: "/api/v1/query",
    headers: [form],
    body: `query=sample_orders_total&access_token=${t}`,
  })),
  misplaced("a token in a cookie", (t) => ({
    headers: [["Cookie", `token=${t}; access_token=${t}; Authorization=Bearer ${t}`]],
  })),
  misplaced("a token as a password", (t) => ({
    headers: [["Authorization", `Basic ${Buffer.from(`token:${t}`).toString("base64")}`]],
  })),
  misplaced("a token for a proxy", (t) => ({ headers: [["Proxy-Authorization", `Bearer ${t}`]] })),
  misplaced("a token in headers of other products", (t) => ({
    headers: [
      ["X-Auth-Token", t],
      ["X-Access-Token", t],
      ["X-Forwarded-Access-Token", t],
    ],
  })),
];

/** A valid token of the attacker's, presented in odd ways, for the victim's namespace. */
const presented = (name: string, make: (token: string) => Headers, expected = "403"): Attempt =>
  attempt(
    name,
    "authorisation",
    asked(victim, (stage) => make(stage.tokens[attacker])),
    expected,
  );

const rights: readonly Attempt[] = [
  presented("another tenant's token", (t) => [bearer(t)]),
  presented("another tenant's token, scheme in small letters", (t) => [["authorization", `bearer ${t}`]]),
  presented("another tenant's token with an identity to impersonate", (t) => [
    bearer(t),
    ["Impersonate-User", `system:serviceaccount:${victim}:default`],
    ["Impersonate-Group", "system:masters"],
  ]),
  presented("another tenant's token with an identity in headers", (t) => [
    bearer(t),
    ["X-Remote-User", "system:admin"],
    ["X-Remote-Group", "system:masters"],
  ]),
  presented(
    "another tenant's token beside a second one",
    (t) => [bearer(t), bearer("garbage")],
    "401 or 403",
  ),
  attempt(
    "a token of an account without rights, for its own namespace",
    "authorisation",
    async (door) => {
      const account = ["default", "-n", attacker, "--audience", gatewayAudience];
      const token = (await kubectl(["create", "token", ...account])).trim();
      const answer = await knock(door, { path, headers: [bearer(token), inNamespace(attacker)] });
      return { leaked: answer.status === 200, seen: String(answer.status) };
    },
    "403",
  ),
];

export const tokens: readonly Attempt[] = [
  ...none,
  ...forgeries,
  ...signedFor(clusterKey()),
  ...lapsed,
  ...otherAudiences.map(misdirected),
  ...places,
  ...rights,
];
