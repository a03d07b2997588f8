import { onCluster } from "../support/cluster";
import { previews } from "./previews";

onCluster("preview", previews);
