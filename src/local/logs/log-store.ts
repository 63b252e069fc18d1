// Where log groups, streams and events live: groups as records, events appended to one file a stream, written behind.

import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { appendFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CloudEnvironment, Collection } from "../service.ts";
import { isCode, makeFolder } from "../store.ts";
import { fileOf, list, loadStreams, parseEvents, widen } from "./stream-file.ts";
import type { LogEvent, Span, Stream } from "./stream-file.ts";

export interface Group {
  /** Names the folder of its streams, so that a group made again never meets the old one's files. */
  readonly id: string;
  readonly creationTime: number;
  readonly retentionInDays?: number;
  readonly deletionProtection?: boolean;
  readonly logGroupClass: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface LogStore {
  readonly groups: Collection<Group>;
  addGroup(name: string, settings?: Partial<Omit<Group, "id" | "creationTime">>): void;
  deleteGroup(name: string): Promise<void>;
  /** The streams of a group that is there. */
  streams(group: string): ReadonlyMap<string, Stream>;
  addStream(group: string, stream: string): Stream;
  deleteStream(group: string, stream: string): Promise<void>;
  append(stream: Stream, events: readonly { timestamp: number; message: string }[]): void;
  /** All events by time, less what the group's retention has taken. */
  read(group: string, stream: Stream): Promise<LogEvent[]>;
  spanOf(group: string, stream: Stream): Promise<Span>;
  flush(): Promise<void>;
  reset(): Promise<void>;
}

const WRITE_BEHIND_MS = 200;
const DAY_MS = 24 * 60 * 60 * 1000;

export function openLogStore(env: CloudEnvironment): LogStore {
  const folder = join(env.folder, "logs");
  const groups = env.collection<Group>("logs/groups");
  const streamsByGroup = new Map<string, Map<string, Stream>>();
  const dirty = new Set<Stream>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  dropForgotten(folder, groups);

  function requireGroup(name: string): Group {
    const group = groups.get(name);
    if (!group) throw new Error(`no log group ${name}`);
    return group;
  }

  function loaded(name: string): Map<string, Stream> {
    const { id } = requireGroup(name);
    let streams = streamsByGroup.get(id);
    if (!streams) {
      streams = loadStreams(join(folder, id));
      streamsByGroup.set(id, streams);
    }
    return streams;
  }

  function write(stream: Stream, lines: string): void {
    stream.pending += lines;
    dirty.add(stream);
    timer ??= setTimeout(() => void flush(), WRITE_BEHIND_MS).unref();
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(async () => {
      const streams = [...dirty];
      dirty.clear();
      for (const stream of streams) {
        const lines = stream.pending;
        stream.pending = "";
        await appendFile(stream.path, lines, { mode: 0o600 }).catch((error: unknown) => {
          env.log(`log events lost: ${error instanceof Error ? error.message : String(error)}`);
        });
      }
    });
    return writing;
  }

  async function forget(streams: Iterable<Stream>, path: string): Promise<void> {
    for (const stream of streams) dirty.delete(stream);
    await flush();
    await rm(path, { recursive: true, force: true });
  }

  async function read(group: string, stream: Stream): Promise<LogEvent[]> {
    const { retentionInDays } = requireGroup(group);
    await flush();
    const oldest = retentionInDays === undefined ? 0 : env.clock.now() - retentionInDays * DAY_MS;
    const text = await readFile(stream.path, "utf8").catch((error: unknown) => {
      // Deleted meanwhile.
      if (isCode(error, "ENOENT")) return "";
      throw error;
    });
    return parseEvents(text).filter(({ timestamp }) => timestamp >= oldest);
  }

  return {
    groups,
    addGroup(name, settings = {}) {
      const id = randomUUID();
      makeFolder(folder);
      makeFolder(join(folder, id));
      streamsByGroup.set(id, new Map());
      groups.set(name, { id, creationTime: env.clock.now(), logGroupClass: "STANDARD", tags: {}, ...settings });
    },
    async deleteGroup(name) {
      const { id } = requireGroup(name);
      groups.delete(name);
      const streams = streamsByGroup.get(id)?.values() ?? [];
      streamsByGroup.delete(id);
      await forget(streams, join(folder, id));
    },
    streams: loaded,
    addStream(group, name) {
      const path = join(folder, requireGroup(group).id, fileOf(name));
      const stream: Stream = { name, creationTime: env.clock.now(), path, pending: "", span: {} };
      loaded(group).set(name, stream);
      write(stream, `${JSON.stringify({ name, creationTime: stream.creationTime })}\n`);
      return stream;
    },
    async deleteStream(group, name) {
      const stream = loaded(group).get(name);
      if (!stream) return;
      loaded(group).delete(name);
      await forget([stream], stream.path);
    },
    append(stream, events) {
      const now = env.clock.now();
      let lines = "";
      for (const { timestamp, message } of events) {
        lines += `${JSON.stringify([timestamp, now, message])}\n`;
        if (stream.span) widen(stream.span, timestamp, now);
      }
      write(stream, lines);
    },
    read,
    async spanOf(group, stream) {
      if (!stream.span) {
        const span: Span = {};
        for (const { timestamp, ingestionTime } of await read(group, stream)) widen(span, timestamp, ingestionTime);
        // What was appended while the file was read may be missing: ask again next time.
        if (dirty.has(stream)) return span;
        stream.span = span;
      }
      return stream.span;
    },
    flush,
    async reset() {
      groups.clear();
      const streams = [...streamsByGroup.values()].flatMap((map) => [...map.values()]);
      streamsByGroup.clear();
      for (const stream of streams) dirty.delete(stream);
      await flush();
      dropForgotten(folder, groups);
    },
  };
}

/** Folders of groups that were deleted when the process was killed. */
function dropForgotten(folder: string, groups: Collection<Group>): void {
  const known = new Set([...groups.values()].map(({ id }) => id));
  for (const entry of list(folder)) {
    if (/^[0-9a-f-]{36}$/.test(entry) && !known.has(entry)) {
      rmSync(join(folder, entry), { recursive: true, force: true });
    }
  }
}
