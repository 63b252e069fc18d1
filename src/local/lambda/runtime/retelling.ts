// Errors as they read on AWS: the code lies in /var/task, and a stack is about it, not about how it came to be called.

import { realpathSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Gives a message or stack as it is told. */
export type Retell = (text: string) => string;

/** @param runtime URLs of this runtime's own file, and of the folder of what it brings along */
export function createRetelling(taskRoot: string, runtime: { readonly file: string; readonly folder: string }): Retell {
  const places = [...foldersOf(taskRoot, "/var/task"), ...foldersOf(fileURLToPath(runtime.folder), "/var/runtime")];
  return (text) => {
    const shown = withoutMachinery(text.split("\n"), runtime.file).join("\n");
    return places.reduce((told, { from, to }) => told.replaceAll(from, to), shown);
  };
}

interface Place {
  readonly from: string;
  readonly to: string;
}

/** As URLs first, which hold the path. */
function foldersOf(folder: string, to: string): Place[] {
  const all = [...new Set([folder, real(folder)])];
  return [
    ...all.map((each) => ({ from: pathToFileURL(each).href, to: `file://${to}` })),
    ...all.map((each) => ({ from: each, to })),
  ];
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

const FRAME = /^\s+at /;

/** Without frames of this runtime, of whoever called it, and of Node's insides. */
function withoutMachinery(lines: readonly string[], file: string): string[] {
  let isBelow = false;
  return lines.filter((line) => {
    if (!FRAME.test(line)) {
      isBelow = false;
      return true;
    }
    const isOwn = line.includes(file);
    isBelow ||= isOwn;
    return !isOwn && !line.includes("node:internal/") && !(isBelow && line.includes("(node:"));
  });
}
