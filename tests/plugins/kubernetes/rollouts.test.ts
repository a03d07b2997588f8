import { onCluster } from "../support/cluster";
import { rollouts } from "./rollouts";

onCluster("readiness", rollouts);
