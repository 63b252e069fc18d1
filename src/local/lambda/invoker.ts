// Runs functions: whether the role lets them start, their pool, their processes and logs.

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { AwsError } from "../service.ts";
import type { LogSink } from "../service.ts";
import { packageRoot, removeFolder } from "./code-store.ts";
import { startFunctionProcess } from "./function-process.ts";
import type { FunctionProcess, ProcessEvents, ProcessOptions } from "./function-process.ts";
import { openFunctionLog } from "./function-log.ts";
import type { FunctionRecord, LambdaContext } from "./function-record.ts";
import { initStartLine } from "./init-start.ts";
import { createInvocationLog } from "./invocation-log.ts";
import { failed } from "./invocation.ts";
import type { Outcome } from "./invocation.ts";
import { createPool } from "./pool.ts";
import type { Pool, PoolTimings } from "./pool.ts";
import { processEnvironment } from "./process-environment.ts";
import { isAssumable } from "./settings.ts";
import { startRuntimeApi } from "./runtime-api.ts";
import type { RuntimeApi } from "./runtime-api.ts";
import { createTraceHeaders } from "./trace-header.ts";

/** The cloud itself is one thread: it cannot keep more busy with short requests. */
const STEADY = 4;

export interface Request {
  readonly requestId: string;
  readonly payload: Uint8Array;
  readonly wantsLog: boolean;
  readonly clientContext?: string;
  /** X-Ray's header of the caller. */
  readonly trace?: string | undefined;
}

export interface Invoker {
  /**
   * @throws {AwsError} when Lambda cannot even start the function: `AccessDeniedException` 403 when the role is gone,
   *   `KMSAccessDeniedException` 502 when it was made again
   */
  run(record: FunctionRecord, request: Request): Promise<Outcome>;
  /** The function's record is another one now, or gone. */
  changed(before: FunctionRecord): void;
  close(): Promise<void>;
}

export function createInvoker(context: LambdaContext, logs: LogSink, timings: PoolTimings): Invoker {
  const pools = new Map<string, Pool>();
  const ending = new Set<Promise<void>>();
  /** Which code each process runs. */
  const running = new Map<FunctionProcess, string>();
  const runtimeFile = join(packageRoot(), "dist", "function-runtime.js");
  const traceHeader = createTraceHeaders(() => context.env.clock.now());
  const startsAtOnce = Math.max(2, availableParallelism());
  let api: RuntimeApi | undefined;
  let starting: Promise<RuntimeApi> | undefined;

  function poolOf(name: string, runtimeApi: RuntimeApi): Pool {
    const present = pools.get(name);
    if (present) return present;
    const pool = createPool({
      timings,
      startsAtOnce,
      steady: Math.min(startsAtOnce, STEADY),
      limit: () => context.records.get(name)?.reservedConcurrency ?? context.functionConcurrency,
      start(events) {
        const record = requireRecord(name);
        const process = startProcess(context, logs, runtimeApi, runtimeFile, record, events);
        running.set(process, record.codeFolder);
        void process.ended.then(() => {
          running.delete(process);
          release(name, record.codeFolder);
        });
        return process;
      },
    });
    pools.set(name, pool);
    return pool;
  }

  /** Code goes when neither the function nor a process that still serves an earlier one needs it. */
  function release(name: string, codeFolder: string): void {
    if (context.records.get(name)?.codeFolder === codeFolder) return;
    if (![...running.values()].includes(codeFolder)) context.code.remove(codeFolder);
  }

  function requireRecord(name: string): FunctionRecord {
    const record = context.records.get(name);
    if (!record) throw new Error(`no function ${name}`);
    return record;
  }

  async function ready(): Promise<RuntimeApi> {
    starting ??= startRuntimeApi();
    api = await starting;
    return api;
  }

  return {
    async run(record, request) {
      checkRole(context, record);
      if (!record.runtime.startsWith("nodejs")) {
        return failed(
          "Runtime.InvalidEntrypoint",
          `The local cloud runs Node.js functions only, not ${record.runtime}`,
        );
      }
      const pool = poolOf(record.name, api ?? (await ready()));
      const trace = traceHeader(request.trace, record.tracingMode === "Active");
      return new Promise((settle) => pool.run({ ...request, trace, since: performance.now(), settle }));
    },
    changed(before) {
      const { name, codeFolder } = before;
      const pool = pools.get(name);
      if (context.records.get(name)) pool?.renew();
      else if (pool) {
        pools.delete(name);
        const end = pool.close();
        ending.add(end);
        void end.then(() => ending.delete(end));
      }
      release(name, codeFolder);
    },
    async close() {
      await Promise.all([...[...pools.values()].map((pool) => pool.close()), ...ending]);
      pools.clear();
      const open = await starting;
      starting = undefined;
      api = undefined;
      await open?.close();
    },
  };
}

function checkRole({ roles }: LambdaContext, record: FunctionRecord): void {
  const role = roles.find(record.role);
  if (!role || !isAssumable(roles, record.role)) {
    const message = "The role defined for the function cannot be assumed by Lambda.";
    throw new AwsError("AccessDeniedException", 403, message, { Type: "User" });
  }
  // The grant to decrypt the environment is the old role's: one made again under its name has another unique id.
  if (role.roleId === record.roleId || Object.keys(record.environment).length === 0) return;
  throw new AwsError(
    "KMSAccessDeniedException",
    502,
    "Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function's KMS key settings. KMS Exception: AccessDeniedException KMS Message: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
    { Type: "User" },
  );
}

function startProcess(
  { env, roles, code }: LambdaContext,
  logs: LogSink,
  api: RuntimeApi,
  runtimeFile: string,
  record: FunctionRecord,
  events: ProcessEvents,
): FunctionProcess {
  const log = openFunctionLog(env, roles, logs, record);
  const scratch = code.addScratch();
  const taskRoot = code.path(record.codeFolder);
  const now = (): number => env.clock.now();
  const options: ProcessOptions = {
    record,
    runtimeFile,
    taskRoot,
    log: createInvocationLog(log, record.memorySize, now, initStartLine(env, record.runtime)),
    environment: (runtimeApi) =>
      processEnvironment(env, record, {
        runtimeApi,
        taskRoot,
        scratch,
        logStream: log.stream,
        credentials: roles.credentials(record.role, {
          sessionName: record.name,
          keys: { "lambda:SourceFunctionArn": record.arn },
        }),
      }),
    open: api.open,
    events,
    now,
  };
  try {
    const started = startFunctionProcess(options);
    void started.ended.then(() => removeFolder(scratch));
    return started;
  } catch (error) {
    removeFolder(scratch);
    throw error;
  }
}
