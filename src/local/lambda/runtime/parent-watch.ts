// Ends this process when the local cloud is gone, even while a handler keeps the main thread busy: a thread of its own
// holds the pipe whose other end only the cloud has, and the system closes that one however the cloud ended.

import { Worker } from "node:worker_threads";

const WATCH = `
const { Socket } = require("node:net");
const pipe = new Socket({ fd: 0, readable: true, writable: false });
const end = () => {
  // The whole group on POSIX, so that processes which the handler started go too.
  try { if (process.platform !== "win32") process.kill(-process.pid, "SIGKILL"); } catch {}
  process.kill(process.pid, "SIGKILL");
};
pipe.on("error", end).on("close", end).resume();
`;

/** A small thread: about 8 MB and 30 ms beside the start of the handler. */
export function watchParent(): void {
  const worker = new Worker(WATCH, {
    eval: true,
    env: {},
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  worker.unref();
}
