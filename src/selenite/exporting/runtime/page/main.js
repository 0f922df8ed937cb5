/* The page's script. The page's worker runs it too, and does what takes longer than a slider may wait. */

import { listen } from "./background.js";
import { start } from "./page.js";

if (globalThis.document) start(document.getElementById("app"));
else if (globalThis.WorkerGlobalScope) listen(globalThis);
