/** Jest's global teardown of a suite that shares an API server. */
import { stop } from "./sharedApiServer";

export default stop;
