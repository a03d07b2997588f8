import { onCluster } from "../support/cluster";
import { lifecycle } from "./lifecycle";

onCluster("lifecycle", lifecycle);
