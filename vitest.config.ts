// How the tests run: against the built dist, hidden from the AWS settings of whoever runs them.

import { devNull } from "node:os";
import { defineConfig } from "vitest/config";

// The processes of the tests inherit what is left here. An empty value is not the same as none.
for (const name of Object.keys(process.env)) {
  if (name.startsWith("AWS_")) delete process.env[name];
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // They need another cloud or a quiet machine: scripts of their own run them.
    exclude: ["test/compat/**", "test/bench/**"],
    globalSetup: ["test/build.ts"],
    env: {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: "true",
      NO_COLOR: "1",
    },
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
