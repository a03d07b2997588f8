/** Every rule about a stack as a whole. */
import type { StackRule } from "../stack";
import { defaultDeny } from "./defaultDeny";
import { openPolicies } from "./openPolicies";
import { routeHeaders } from "./routeHeaders";
import { routes } from "./routes";

export const stackRules: readonly StackRule[] = [routes, defaultDeny, openPolicies, routeHeaders];
