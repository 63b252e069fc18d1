// A stack's context on a test cloud: commands run in process, events are recorded, sleeps take no time.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Clients, createClients } from "../src/aws/clients.ts";
import { readIdentity } from "../src/aws/identity.ts";
import type { StackContext } from "../src/commands/context.ts";
import type { RunEvent } from "../src/core/event.ts";
import { DEFAULT_STACK, namesOf } from "../src/core/names.ts";
import type { EntryName } from "../src/core/problem.ts";
import { packageCode } from "../src/stack/code.ts";
import { ownerOf } from "../src/stack/ownership.ts";
import type { Settings } from "../src/state/state.ts";
import { openState } from "../src/state/store.ts";
import type { TestCloud } from "./cloud.ts";

const HANDLERS = fileURLToPath(new URL("../handlers", import.meta.url));

export interface TestStack {
  /** As a command that begins now would see it. */
  context(more?: Partial<Settings>): Promise<StackContext>;
  readonly events: RunEvent[];
  readonly folder: string;
  readonly statePath: string;
  /** Ends the connections; the state file stays. */
  release(): void;
  close(): void;
}

export interface TestStackOptions {
  readonly stack?: string;
  readonly origin?: string;
  /** Of another stack, to share its state file. */
  readonly folder?: string;
  /** What is entered where it is asked for. */
  readonly entries?: Partial<Record<EntryName, string>>;
  /** As if Ctrl-C came after that many writing calls of a context. */
  readonly interruptAfter?: number;
}

export function openTestStack({ config }: TestCloud, options: TestStackOptions = {}): TestStack {
  const { stack = DEFAULT_STACK, origin = "tester@here", entries = {}, interruptAfter = Infinity } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "awsls-state-"));
  const statePath = join(folder, `${stack}.json`);
  const events: RunEvent[] = [];
  const opened: Clients[] = [];
  const release = (): void => {
    for (const clients of opened) clients.destroy();
  };
  return {
    events,
    folder,
    statePath,
    release,
    close() {
      release();
      rmSync(folder, { recursive: true, force: true });
    },
    async context(more = {}) {
      const stop = new AbortController();
      const { signal } = stop;
      let written = 0;
      const emit = (event: RunEvent): void => {
        events.push(event);
        if (event.type !== "call" || /^(Get|List|Describe)/.test(event.operation)) return;
        written += 1;
        if (written === interruptAfter) stop.abort();
      };
      const connection = { region: config.region, endpoint: config.endpoint, credentials: config.credentials };
      const clients = createClients({ connection, emit, signal });
      opened.push(clients);
      const identity = await readIdentity(clients);
      const state = openState(statePath, stack);
      const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
      return {
        emit,
        clock,
        signal,
        target: { kind: "endpoint", endpoint: config.endpoint, region: config.region, account: identity.account },
        settings: { ...state.current().settings, ...more },
        dryRun: false,
        ask: () => Promise.resolve("yes" as const),
        enter: ({ of }) => Promise.resolve(entries[of]),
        packageHandler: (handler) => packageCode({ folder: join(HANDLERS, handler) }),
        handlerHere: (handler) => ({ folder: join(folder, "handlers", handler) }),
        session: {
          clients,
          clock,
          signal,
          emit,
          names: namesOf(stack),
          place: { region: config.region, account: identity.account, partition: identity.partition },
          owner: ownerOf(identity, stack, config.region, origin),
          state,
          adopt: false,
        },
      };
    },
  };
}
