// A function's code as the zip that Lambda takes.

import { ZipArchive } from "archiver";

/** @param {string} code of `index.mjs` */
export async function zipOf(code) {
  const archive = new ZipArchive({ store: true });
  /** @type {Buffer[]} */
  const chunks = [];
  archive.on("data", (chunk) => chunks.push(chunk));
  archive.append(code, { name: "index.mjs", mode: 0o644 });
  await archive.finalize();
  return Buffer.concat(chunks);
}
