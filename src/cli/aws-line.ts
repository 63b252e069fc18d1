// An AWS call as the line of the AWS CLI, version 2, that does the same.

import type { CallEvent } from "../core/event.ts";
import { maskSecrets } from "./secrets.ts";
import type { Shell } from "./shell.ts";

/** What a line needs to know of a call. */
export type Call = Pick<CallEvent, "service" | "operation" | "input" | "zip" | "isPartial">;

/**
 * `aws dynamodb describe-table --table-name items`: scalars as they are, switches as `--flag` and `--no-flag`, maps and structures
 * as JSON. Secrets are masked: such a line says what was done, but must be completed to be run.
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html
 */
export function awsLine(call: Call, shell: Shell): string {
  return awsWords(call, shell)
    .map((word) => shell.quote(word))
    .join(" ");
}

/** The same as words, before the shell's quotes. */
export function awsWords(call: Call, shell: Shell): string[] {
  const { service, operation } = call;
  const command = `${service} ${toKebab(operation)}`;
  /** What cannot be written as an option. */
  const rest: Record<string, unknown> = {};
  const members = Object.entries(maskSecrets(call.input)).filter(([, value]) => value !== undefined && value !== null);
  const options = members.flatMap(([name, value]) => {
    const special = specialOptions(command, name, value, call, shell);
    if (special !== undefined) return special;
    const words = optionOf(RENAMED[`${command} ${name}`] ?? `--${toKebab(name)}`, value, shell);
    if (words === undefined) rest[name] = value;
    return words ?? [];
  });
  return [
    "aws",
    ...command.split(" "),
    ...(command === "lambda invoke" ? [ANSWER_FILE] : []),
    ...options,
    ...(Object.keys(rest).length === 0 ? [] : ["--cli-input-json", shell.json(toJsonValue(rest))]),
    // The CLI goes on to the last page by itself. Where the first is the last, it does the same as one call.
    ...(call.isPartial === true ? ["--no-paginate"] : []),
  ];
}

/** What a function answers goes to a file; the CLI insists. */
const ANSWER_FILE = "answer.json";

/** `--version` is the CLI's own. */
const RENAMED: Readonly<Record<string, string>> = {
  "apigatewayv2 create-api Version": "--api-version",
  "apigatewayv2 update-api Version": "--api-version",
};

/** As botocore's `xform_name` has it: `GetApis` → `get-apis`, `ResourceARNs` → `resource-arns`. */
export function toKebab(name: string): string {
  return name
    .replace(/[A-Z]{2,}s$/, (plural) => `-${plural.toLowerCase()}`)
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1-$2")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();
}

/** Where the CLI has an option of its own for a member; undefined elsewhere. */
function specialOptions(command: string, name: string, value: unknown, call: Call, shell: Shell): string[] | undefined {
  if (name === "ZipFile") return zipFile(call);
  if (command !== "lambda create-function" || name !== "Code") return undefined;
  const { ZipFile, ...others } = value as Record<string, unknown>;
  return [
    ...(ZipFile === undefined ? [] : zipFile(call)),
    ...(Object.keys(others).length === 0 ? [] : ["--code", shell.json(toJsonValue(others))]),
  ];
}

function zipFile({ zip = "function.zip" }: Call): string[] {
  return ["--zip-file", `fileb://${zip}`];
}

/** An option's words, or undefined when it can only be sent as a whole input in JSON. */
function optionOf(option: string, value: unknown, shell: Shell): string[] | undefined {
  if (typeof value === "boolean") return [value ? option : option.replace("--", "--no-")];
  if (value instanceof Uint8Array) return blob(option, value, shell);
  if (value instanceof Date) return [option, value.toISOString()];
  if (Array.isArray(value) && value.length > 0 && value.every(isPlainWord)) return [option, ...value];
  if (typeof value === "object" && value !== null) return [option, shell.json(toJsonValue(value))];
  return text(option, String(value), shell);
}

function text(option: string, value: string, shell: Shell): string[] | undefined {
  // The CLI would read that file. (Version 1 would fetch http addresses, too.)
  if (/^fileb?:\/\//.test(value)) return undefined;
  // PowerShell drops empty words; a dash in front looks like the next option.
  const words = value === "" || value.startsWith("-") ? [`${option}=${value}`] : [option, value];
  return words.every((word) => shell.canQuote(word)) ? words : undefined;
}

/** Version 2 takes blobs in base64 unless told otherwise. */
function blob(option: string, bytes: Uint8Array, shell: Shell): string[] {
  const decoded = Buffer.from(bytes).toString("utf8");
  const isText = Buffer.from(decoded, "utf8").equals(bytes);
  const asText = isText ? text(option, decoded, shell) : undefined;
  if (asText !== undefined) return [...asText, "--cli-binary-format", "raw-in-base64-out"];
  return [option, Buffer.from(bytes).toString("base64")];
}

/** Neither JSON, nor the next option, nor a file. */
function isPlainWord(value: unknown): boolean {
  return typeof value === "string" && /^(?!fileb?:)[\w@+=:,./][\w@+=:,./-]*$/.test(value);
}

/** As JSON has it: bytes in base64, as the CLI reads them inside of structures. */
function toJsonValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(toJsonValue);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toJsonValue(member)]));
}
