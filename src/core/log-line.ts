// What one event of a Lambda function's log says: the platform's lines and the function's own, as text or as JSON.
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html, …/monitoring-cloudwatchlogs-logformat.html

import type { InvocationReport, LogLine } from "./row.ts";

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`;
/** `undefined` stands where a request id would: the module is being loaded. */
const CONSOLE = new RegExp(String.raw`^${TIME}\t(${UUID}|undefined)\t([A-Z]+)\t([^]*)$`);
const TIMED_OUT = new RegExp(String.raw`^${TIME} (${UUID}) (Task timed out after [^]*)$`);
const DIED = new RegExp(String.raw`^RequestId: (${UUID}) (Error: [^]*)$`);
const PLATFORM = new RegExp(String.raw`^(START|END|REPORT) RequestId: (${UUID})(.*)`, "s");
const INIT = /^(INIT_START|INIT_REPORT) ([^]*)$/;
const TYPES = {
  START: "start",
  END: "end",
  REPORT: "report",
  INIT_START: "initStart",
  INIT_REPORT: "initReport",
} as const;
const BEGINNINGS = [CONSOLE, TIMED_OUT, DIED, PLATFORM, INIT];

/** Whatever it does not know is output of the function as it stands. */
export function parseLogLine(message: string): LogLine {
  const text = message.trimEnd();
  return parsePlatform(text) ?? parseConsole(text) ?? parseJson(text) ?? { type: "output", text };
}

/** The events of a log's tail, which comes as one text: a line that begins none belongs to the one before it. */
export function splitLogTail(tail: string): string[] {
  const events: string[][] = [];
  for (const line of tail.split("\n")) {
    const isBeginning = line.startsWith("{") || BEGINNINGS.some((beginning) => beginning.test(line));
    if (isBeginning || events.length === 0) events.push([line]);
    else events.at(-1)?.push(line);
  }
  return events.map((lines) => lines.join("\n").trimEnd()).filter((text) => text !== "");
}

function parsePlatform(text: string): LogLine | undefined {
  const [, kind, requestId = "", rest = ""] = PLATFORM.exec(text) ?? [];
  if (kind === "START" || kind === "END") return { type: TYPES[kind], requestId, text };
  if (kind === "REPORT") return { type: TYPES[kind], requestId, text, report: reportOf(rest) };
  const [, phase, details = ""] = INIT.exec(text) ?? [];
  if (phase === "INIT_START") return { type: TYPES[phase], text };
  return phase === "INIT_REPORT" ? { type: TYPES[phase], text, report: reportOf(details) } : undefined;
}

/** `Duration: 3.09 ms\tBilled Duration: 4 ms\t…`: each field behind its own name, in no order that we rely on. */
function reportOf(fields: string): InvocationReport {
  const values = new Map(
    fields.split(/[\t\n]/).flatMap((field) => {
      const at = field.indexOf(": ");
      return at < 0 ? [] : [[field.slice(0, at).trim(), field.slice(at + 2).trim()] as const];
    }),
  );
  const numberIn = (name: string): number | undefined => numberOf(Number.parseFloat(values.get(name) ?? ""));
  return withoutUndefined({
    durationMs: numberIn("Duration"),
    billedDurationMs: numberIn("Billed Duration"),
    memorySizeMb: numberIn("Memory Size"),
    maxMemoryUsedMb: numberIn("Max Memory Used"),
    initDurationMs: numberIn("Init Duration"),
    status: values.get("Status"),
    errorType: values.get("Error Type"),
  });
}

function parseConsole(text: string): LogLine | undefined {
  const [, requestId, level, said = ""] = CONSOLE.exec(text) ?? [];
  if (requestId !== undefined && level !== undefined) {
    return withoutUndefined({
      type: "output" as const,
      level,
      requestId: requestId === "undefined" ? undefined : requestId,
      text: withStack(said),
    });
  }
  const [, id, why] = TIMED_OUT.exec(text) ?? DIED.exec(text) ?? [];
  return id === undefined || why === undefined
    ? undefined
    : { type: "output", level: "ERROR", requestId: id, text: why.replaceAll("\n", " ") };
}

/** `Invoke Error \t{"errorType":…,"stack":[…]}`, the runtime's own line for what a handler threw, as a stack that can be read. */
function withStack(said: string): string {
  const at = said.indexOf("\t{");
  const thrown = at < 0 ? undefined : objectOf(said.slice(at + 1));
  const stack = thrown === undefined ? undefined : stackOf(thrown);
  return stack === undefined ? said : `${said.slice(0, at).trimEnd()} ${stack}`;
}

function parseJson(text: string): LogLine | undefined {
  const event = text.startsWith("{") ? objectOf(text) : undefined;
  if (event === undefined) return undefined;
  const { type, record } = event;
  if (typeof type === "string" && type.startsWith("platform.") && isObject(record)) {
    return platformOf(type.slice("platform.".length), record, text);
  }
  const { level, requestId, message } = event;
  if (typeof level !== "string") return undefined;
  return withoutUndefined({
    type: "output" as const,
    level: level.toUpperCase(),
    requestId: stringOf(requestId),
    text: wordsOf(event, message) ?? text,
  });
}

function platformOf(type: string, record: Fields, text: string): LogLine {
  const requestId = stringOf(record["requestId"]);
  const of = (is: LogLine["type"], report?: InvocationReport): LogLine =>
    withoutUndefined({ type: is, requestId, text, report });
  if (type === "start") return of("start");
  if (type === "runtimeDone" || type === "end") return of("end");
  if (type === "initStart" || type === "initRuntimeDone") return of("initStart");
  if (type !== "report" && type !== "initReport") return of("platform");
  const metrics = isObject(record["metrics"]) ? record["metrics"] : {};
  const { status } = record;
  const report = withoutUndefined({
    durationMs: numberOf(metrics["durationMs"]),
    billedDurationMs: numberOf(metrics["billedDurationMs"]),
    memorySizeMb: numberOf(metrics["memorySizeMB"]),
    maxMemoryUsedMb: numberOf(metrics["maxMemoryUsedMB"]),
    initDurationMs: numberOf(metrics["initDurationMs"]),
    status: status === "success" ? undefined : stringOf(status),
    errorType: stringOf(record["errorType"]),
  });
  if (type === "report") return of("report", report);
  const { durationMs, ...others } = report;
  return of("initReport", withoutUndefined({ ...others, initDurationMs: durationMs }));
}

/** The message, and the stack of the error that was logged with it, or that it is. */
function wordsOf(event: Fields, message: unknown): string | undefined {
  const stack = stackOf(event);
  if (isObject(message)) return stackOf(message) ?? JSON.stringify(message);
  const said = message === undefined ? undefined : (stringOf(message) ?? JSON.stringify(message));
  return said !== undefined && stack !== undefined && !said.includes("\n") ? `${said}\n${stack}` : (said ?? stack);
}

function stackOf({ stack, stackTrace, trace, errorType, errorMessage }: Fields): string | undefined {
  const lines = [stack, stackTrace, trace].find((each) => Array.isArray(each));
  if (Array.isArray(lines) && lines.length > 0) return lines.map(String).join("\n");
  return typeof errorMessage === "string" ? `${stringOf(errorType) ?? "Error"}: ${errorMessage}` : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function objectOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}
