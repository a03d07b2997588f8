import { docker, thanos } from "../../programSamples";
import { givenAs, linesOf, podVariables, programKinds, withSuffix } from "../../programs";
import type { Rule } from "../../rule";

const query = (...args: readonly string[]) => thanos("query", "--endpoint=store:10901", ...args);
const time = "--query.timeout=2m";
const count = "--query.max-concurrent=20";

export const queryCost: Rule = {
  id: "Q8a",
  title: "Queries end after a time, and wait for each other",
  why: "One tenant's queries over years take all processors and memory, and every other tenant waits.",
  severity: "high",
  references: ["https://thanos.io/tip/components/query.md/"],
  scope: "everywhere",
  on: programKinds,
  variables: {
    ...podVariables,
    queries: `(${linesOf(withSuffix("thanos"))}).filter(line, line.contains(" query "))`,
  },
  validations: [
    {
      expression: `variables.queries.all(line, ${givenAs("line", "query.timeout", "([1-9][0-9]*s|[1-9]m|10m)")})`,
      message: "Give Thanos Query --query.timeout, in seconds or up to 10m.",
    },
    {
      // 0 means no limit.
      expression: `variables.queries.all(line, ${givenAs("line", "query.max-concurrent", "[1-9][0-9]{0,2}")})`,
      message: "Give Thanos Query --query.max-concurrent, a number from 1 to 999.",
    },
  ],
  samples: {
    good: [
      query(time, count),
      query("--query.timeout", "90s", "--query.max-concurrent", "4"),
      thanos("query-frontend", "--query-frontend.downstream-url=http://thanos-query:10902"),
      docker({ entrypoints: ["/bin/thanos"], command: ["query", time, count] }),
    ],
    bad: [
      query(),
      query(time),
      query(count),
      query("--query.timeout=0s", count),
      query("--query.timeout=2h", count),
      query(time, "--query.max-concurrent=0"),
      docker({ entrypoints: ["/bin/thanos"], command: ["query", time] }),
    ],
  },
};
