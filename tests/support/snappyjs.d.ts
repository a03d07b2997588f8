/** The package has no types of its own. What goes in comes out as the same kind. */
declare module "snappyjs" {
  export function compress(content: Buffer): Buffer;
  export function uncompress(packed: Buffer): Buffer;
}
