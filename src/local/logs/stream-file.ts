// One log stream on disk: a line that names it, then a line of JSON for each event.

import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { isCode } from "../store.ts";

const HEADER_BYTES = 4096;

export interface Stream {
  readonly name: string;
  readonly creationTime: number;
  readonly path: string;
  /** Lines that are not on disk yet. */
  pending: string;
  /** Undefined until events are known: a stream of an earlier process is read when somebody asks. */
  span: Span | undefined;
}

export interface Span {
  first?: number;
  last?: number;
  lastIngestion?: number;
}

export interface LogEvent {
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
  /** Place in the stream's file: with the timestamp it orders events for good. */
  readonly sequence: number;
}

/** Stream names hold `/`, `[` and `$`: not every file system likes that. */
export function fileOf(stream: string): string {
  return `${createHash("sha256").update(stream).digest("hex").slice(0, 40)}.jsonl`;
}

/** The streams of a group's folder, by name. */
export function loadStreams(folder: string): Map<string, Stream> {
  const streams = new Map<string, Stream>();
  for (const file of list(folder)) {
    const path = join(folder, file);
    const header = readHeader(path);
    // A kill may have cut the last line off in the middle: the next one starts on a line of its own.
    if (header) streams.set(header.name, { ...header, path, pending: "\n", span: undefined });
  }
  return streams;
}

function readHeader(path: string): { name: string; creationTime: number } | undefined {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(HEADER_BYTES);
    const text = buffer.toString("utf8", 0, readSync(file, buffer, 0, HEADER_BYTES, 0));
    return JSON.parse(text.split("\n", 1)[0] ?? "") as { name: string; creationTime: number };
  } catch {
    // Killed before the first line was whole: there was nothing in it yet.
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** Events by time; a line that a kill cut off is none. */
export function parseEvents(text: string): LogEvent[] {
  return text
    .split("\n")
    .map(parseEvent)
    .filter((event) => event !== undefined)
    .toSorted((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence);
}

function parseEvent(line: string, sequence: number): LogEvent | undefined {
  if (!line.startsWith("[")) return undefined;
  try {
    const [timestamp, ingestionTime, message] = JSON.parse(line) as [number, number, string];
    return { timestamp, ingestionTime, message, sequence };
  } catch {
    return undefined;
  }
}

/** Takes one more event into a span. */
export function widen(span: Span, timestamp: number, ingestionTime: number): void {
  span.first = Math.min(span.first ?? timestamp, timestamp);
  span.last = Math.max(span.last ?? timestamp, timestamp);
  span.lastIngestion = Math.max(span.lastIngestion ?? ingestionTime, ingestionTime);
}

/** A folder's entries; none when it is not there. */
export function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  }
}
