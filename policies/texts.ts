/** CEL by which rules read configuration that stands as text in ConfigMaps. */
import { quote } from "./rule";

/** Names of files that programs take their configuration from. */
export const configFiles = "\\.(ya?ml|json|toml|ini|conf|cfg)$";

/**
 * The texts without their comments. Other keys are left out, as a certificate or an address in them is often not known at preview; so
 * are Secrets, in which nearly nothing is.
 */
export const textVariables = {
  texts: `object.?data.orValue({}).filter(k, k.matches(${quote(configFiles)}))
    .map(k, object.data[k].split("\\n").filter(line, !line.matches("^\\\\s*[#;]")).join("\\n") + "\\n")`,
} as const;

/** A pattern for a key of YAML, JSON or TOML, and what stands between it and its value. */
export const key = (name: string): string => `(^|[\\s{,"'])${name}["']?\\s*[:=]\\s*["']?`;

/** A pattern for what YAML and ini files take for true. */
export const truth = "(true|True|TRUE|yes|Yes|on|On|1)\\b";
