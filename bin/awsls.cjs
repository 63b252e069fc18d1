#!/usr/bin/env node
// The shim: one clear line on a Node that is too old, before anything modern is parsed.
"use strict";

const version = parseFloat(process.versions.node.replace(/^(\d+)\.(\d)\./, "$1.0$2."));
if (version < 20.19) {
  process.stderr.write(
    "awsls needs Node.js 20.19 or later; this is " +
      process.versions.node +
      ". Get a newer one from https://nodejs.org\n",
  );
  process.exitCode = 3;
} else {
  // The SDK warns of Node 20 on its first import; whoever runs awsls cannot do anything about that.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  // Not a literal: type checks must not follow it into what the build made.
  const entry = "../dist/cli.js";
  import(entry).catch(function (error) {
    process.stderr.write("awsls: " + (error instanceof Error ? error.stack : String(error)) + "\n");
    process.exitCode = 1;
  });
}
