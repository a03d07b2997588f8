/** Credentials of a cloud that is not there, for programs that want some: with mocks nobody is asked. */
import { nowhere } from "../../toolchain/nowhere";

for (const [name, value] of Object.entries(nowhere)) process.env[name] ??= value;
