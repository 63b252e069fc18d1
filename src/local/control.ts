// `/_awsls/` on the control port: the life cycle of the cloud and the levers of tests. Needs the root key's secret.

import { HELLO_PATH } from "../core/hello.ts";
import { parseFault } from "./faults.ts";
import type { Faults } from "./faults.ts";
import { own } from "./own.ts";
import type { RequestLog } from "./request-log.ts";
import { Reply } from "./service.ts";
import type { Traffic } from "./traffic.ts";
import type { WireRequest } from "./wire/wire.ts";

export const CONTROL_PATH = "/_awsls/";

export interface Health {
  readonly pid: number;
  readonly url: string;
  readonly region: string;
  readonly accountId: string;
  readonly version: string;
  /** A cloud that a command started ends with the last stack; the user's own stays until `local stop`. */
  readonly startedBy: StartedBy;
}

export type StartedBy = "command" | "user";

/** A port that was taken when the cloud started, and the one that is used from now on. */
export interface PortChange {
  /** The API whose URL it is; the control port unless given. */
  readonly api?: string;
  readonly from: number;
  readonly to: number;
}

export interface ControlOptions {
  readonly requests: RequestLog;
  readonly faults: Faults;
  isSecret(secret: string): boolean;
  /** Proves that this cloud has the key, to whoever asks. */
  proof(nonce: string): string;
  health(): Health;
  /** ARNs of everything in this cloud. */
  inventory(): Promise<string[]>;
  /** The mails that services would have sent, newest last. */
  inbox(): readonly object[];
  readonly traffic: Traffic;
  /** From now on it stays until it is stopped. */
  keep(): void;
  /** Called once the answer is on its way. */
  stop(options: { erase: boolean }): void;
  /** @throws {ResetFailed} */
  reset(): Promise<void>;
}

/** Something was not forgotten. */
export class ResetFailed extends Error {
  constructor(failures: readonly string[]) {
    super(`Not everything could be forgotten: ${failures.join("; ")}`);
    this.name = "ResetFailed";
  }
}

/** Answers the requests below `/_awsls/`; needs `Authorization: Bearer <secret access key>`. */
export function createControl(options: ControlOptions): (request: WireRequest) => Promise<Reply> {
  const { requests, faults } = options;
  const actions: Readonly<Record<string, (request: WireRequest) => unknown>> = {
    "GET health": () => options.health(),
    "GET inventory": async () => ({ holds: await options.inventory() }),
    "POST stop": async (request) => {
      const { erase, onlyIfEmpty } = jsonOf(request) as { erase?: unknown; onlyIfEmpty?: unknown };
      let holds: string[] = [];
      const stopping =
        onlyIfEmpty !== true ||
        (await options.traffic.shutIf(async () => {
          holds = await options.inventory();
          return holds.length === 0;
        }));
      if (stopping) setImmediate(() => options.stop({ erase: erase === true }));
      return { stopping, holds };
    },
    "POST keep": () => {
      options.keep();
      return options.health();
    },
    "POST reset": async () => {
      await options.reset();
      return {};
    },
    "GET requests": ({ query }) => {
      const since = Number(new URLSearchParams(query).get("since") ?? 0);
      return { requests: requests.since(Number.isNaN(since) ? 0 : since) };
    },
    "DELETE requests": () => {
      requests.clear();
      return {};
    },
    "GET faults": () => ({ faults: faults.list() }),
    "POST faults": (request) => {
      const given = jsonOf(request);
      const parsed = (Array.isArray(given) ? given : [given]).map(parseFault);
      parsed.forEach((fault) => faults.add(fault));
      return { faults: faults.list() };
    },
    "DELETE faults": () => {
      faults.clear();
      return {};
    },
    "GET inbox": () => ({ mails: options.inbox() }),
  };

  return async (request) => {
    if (request.path === HELLO_PATH) {
      return new Reply(200, { "content-type": "text/plain" }, Buffer.from(options.proof(request.query)));
    }
    const [scheme, secret = ""] = (request.headers.authorization ?? "").split(" ");
    if (scheme !== "Bearer" || !options.isSecret(secret)) {
      return json(401, { message: "Authorization: Bearer <secret access key of this cloud> is needed" });
    }
    const name = `${request.method} ${request.path.slice(CONTROL_PATH.length)}`;
    const action = own(actions, name);
    if (!action) return json(404, { message: `There is no ${request.method} ${request.path}` });
    try {
      return json(200, await action(request));
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return json(400, { message: error.message });
      // Logged where it happened; whoever has the key may know why.
      if (error instanceof ResetFailed) return json(500, { message: error.message });
      throw error;
    }
  };
}

/** @throws {SyntaxError} when the body is not JSON */
function jsonOf({ body }: WireRequest): unknown {
  return body.length === 0 ? {} : JSON.parse(body.toString("utf8"));
}

function json(status: number, value: unknown): Reply {
  return new Reply(status, { "content-type": "application/json" }, Buffer.from(JSON.stringify(value)));
}
