/** Configuration as OpenStack's services read it: sections of `name = value`. */
export type Section = Readonly<Record<string, string | number | boolean>>;

export const ini = (sections: Readonly<Record<string, Section>>): string =>
  Object.entries(sections)
    .map(([name, values]) =>
      [`[${name}]`, ...Object.entries(values).map(([k, v]) => `${k} = ${v}`), ""].join("\n"),
    )
    .join("\n");
