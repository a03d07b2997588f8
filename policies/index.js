// The engine compiles policy packs with ts-node, types and all, at every preview. tsx, registered after it, only strips the types;
// `make check` checks them.
require("tsx/cjs");
require("./pack.ts");
