// AWS Lambda of the local cloud: its control plane, and functions that run in processes of their own.

import { randomUUID } from "node:crypto";
import type { CloudEnvironment, Functions, Invocation, LogSink, Roles, Service, ServiceCaller } from "../service.ts";
import { AwsError } from "../service.ts";
import { type CodeDownload, createCodeDownload } from "./code-download.ts";
import { openCodeStore } from "./code-store.ts";
import { concurrencyOperations } from "./concurrency.ts";
import { createEventQueue } from "./event-queue.ts";
import { isPending } from "./function-record.ts";
import type { FunctionRecord, LambdaContext } from "./function-record.ts";
import { functionOperations } from "./functions.ts";
import { invokeOperation } from "./invoke.ts";
import { createInvoker } from "./invoker.ts";
import { permissionOperations, permits } from "./permissions.ts";
import { TIMINGS } from "./pool.ts";
import type { PoolTimings } from "./pool.ts";
import { tagOperations } from "./tags.ts";
import { updateOperations } from "./updates.ts";

export interface LambdaOptions {
  readonly env: CloudEnvironment;
  readonly roles: Roles;
  readonly logs: LogSink;
  /** How long a new function is Pending and an update InProgress, in milliseconds. */
  readonly settleMs?: number;
  /** Concurrent invocations of a function without reserved concurrency: 10, a new account's quota. */
  readonly functionConcurrency?: number;
  readonly timings?: Partial<PoolTimings>;
}

/** Long enough to be seen by a client that polls, short enough not to be waited for. */
const SETTLE_MS = 30;
const NEW_ACCOUNT_CONCURRENCY = 10;

export interface Lambda {
  readonly service: Service;
  readonly functions: Functions;
  readonly download: CodeDownload;
}

export function createLambda(options: LambdaOptions): Lambda {
  const { env, roles, logs } = options;
  const records = env.collection<FunctionRecord>("lambda-functions");
  const code = openCodeStore(env.folder);
  code.keepOnly(new Set([...records.values()].map(({ codeFolder }) => codeFolder)));
  const context: LambdaContext = {
    env,
    roles,
    records,
    code,
    download: createCodeDownload(env, code),
    settleMs: options.settleMs ?? SETTLE_MS,
    functionConcurrency: options.functionConcurrency ?? NEW_ACCOUNT_CONCURRENCY,
    changed: (before) => invoker.changed(before),
  };
  const invoker = createInvoker(context, logs, { ...TIMINGS, ...options.timings });
  let events = createEventQueue(context, invoker);
  const service: Service = {
    signingName: "lambda",
    protocol: "restJson1",
    validationError: "ValidationException",
    operations: {
      ...functionOperations(context),
      ...updateOperations(context),
      ...permissionOperations(context),
      ...tagOperations(context),
      ...concurrencyOperations(context),
      Invoke: invokeOperation(context, invoker, {
        add: (record, requestId, payload) => events.add(record, requestId, payload),
        close: () => events.close(),
      }),
    },
    inventory: () => Promise.resolve([...records.values()].map(({ arn }) => arn)),
    async close() {
      events.close();
      await invoker.close();
    },
    async reset() {
      events.close();
      records.clear();
      await invoker.close();
      code.keepOnly(new Set());
      events = createEventQueue(context, invoker);
    },
  };
  return { service, functions: createFunctions(), download: context.download };

  function createFunctions(): Functions {
    /** Answers of resource policies; a record that changed is another one. */
    const permitted = new WeakMap<FunctionRecord, Map<string, boolean>>();

    function mayInvoke(record: FunctionRecord, caller: ServiceCaller): boolean {
      const known = permitted.get(record) ?? new Map<string, boolean>();
      permitted.set(record, known);
      const key = `${caller.principal} ${caller.sourceArn}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      const now = permits(record, env.accountId, caller);
      known.set(key, now);
      return now;
    }

    function findFor(functionArn: string, caller: ServiceCaller): FunctionRecord | "missing" | "denied" {
      const record = records.get(functionArn.slice(functionArn.lastIndexOf(":") + 1));
      if (record?.arn !== functionArn) return "missing";
      return mayInvoke(record, caller) ? record : "denied";
    }

    return {
      enqueue(functionArn, payload, caller) {
        const record = findFor(functionArn, caller);
        if (typeof record === "string") return record;
        events.add(record, randomUUID(), payload);
        return "queued";
      },
      async invoke(functionArn, payload, caller): Promise<Invocation> {
        const record = findFor(functionArn, caller);
        if (typeof record === "string") return { outcome: record };
        const now = env.clock.now();
        if (isPending(record, now)) await env.clock.sleep(record.activeAt - now, caller.signal);
        try {
          const outcome = await invoker.run(record, {
            requestId: randomUUID(),
            payload,
            wantsLog: false,
            trace: caller.trace,
          });
          return outcome.kind === "throttled"
            ? { outcome: "throttled" }
            : { outcome: outcome.kind, payload: outcome.payload };
        } catch (error) {
          if (error instanceof AwsError) return { outcome: "unstartable", reason: error.message };
          throw error;
        }
      },
    };
  }
}
