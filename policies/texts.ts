/** CEL by which rules read configuration that stands as text in ConfigMaps. */

/**
 * The texts without their comments. Certificates are no configuration, and often unknown at preview. Secrets are left out: what is in
 * them is no text to judge, and a value that is made at the update is unknown before.
 */
export const textVariables = {
  texts: `object.?data.orValue({}).filter(k, !k.matches("\\\\.(crt|pem|key|cert)$"))
    .map(k, object.data[k].split("\\n").filter(line, !line.matches("^\\\\s*[#;]")).join("\\n") + "\\n")`,
} as const;

/** A pattern for a key of YAML, JSON or TOML, and what stands between it and its value. */
export const key = (name: string): string => `(^|[\\s{,"'])${name}["']?\\s*[:=]\\s*["']?`;

/** A pattern for what YAML and ini files take for true. */
export const truth = "(true|True|TRUE|yes|Yes|on|On|1)\\b";
