import { onCluster } from "../support/cluster";
import { secrets } from "./secrets";

onCluster("secrets", secrets);
