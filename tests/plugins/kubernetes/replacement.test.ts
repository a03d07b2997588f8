import { onCluster } from "../support/cluster";
import { replacement } from "./replacement";

onCluster("replacement", replacement);
