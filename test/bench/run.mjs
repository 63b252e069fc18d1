// `npm run bench [-- --json]`: the project's figures, as ratios within one run where the machine would decide otherwise.
// They are shown beside their limits; none of them fails the run.

import { againstAwsScript } from "./aws-script.mjs";
import { enforcement } from "./enforcement.mjs";
import { print } from "./figures.mjs";
import { journeys } from "./journeys.mjs";
import { packageSize } from "./package.mjs";
import { startUp } from "./start-up.mjs";
import { underLoad } from "./under-load.mjs";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

await startUp();
await journeys();
await underLoad();
await enforcement();
await againstAwsScript();
await packageSize();
print();
