import { onCluster } from "../support/cluster";
import { drift } from "./drift";

onCluster("refresh and import", drift);
