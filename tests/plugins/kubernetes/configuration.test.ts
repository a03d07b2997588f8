import { onCluster } from "../support/cluster";
import { configuration } from "./configuration";

onCluster("provider arguments", configuration);
