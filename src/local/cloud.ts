// A whole local cloud in this process: its data folder, its services, its control port.

import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { systemClock } from "../core/clock.ts";
import { proofOf } from "../core/hello.ts";
import { CONTROL_PATH, createControl } from "./control.ts";
import type { PortChange, StartedBy } from "./control.ts";
import { CODE_PATH } from "./lambda/code-download.ts";
import { openCredentials } from "./credentials.ts";
import type { Credentials, RootKey } from "./credentials.ts";
import { createDispatch } from "./dispatch.ts";
import { createFaults } from "./faults.ts";
import { createRequestLog } from "./request-log.ts";
import { startServerNear } from "./server.ts";
import type { Handle, Server } from "./server.ts";
import { Reply } from "./service.ts";
import type { Clock, CloudEnvironment, Collection } from "./service.ts";
import { createServices } from "./services.ts";
import type { Services } from "./services.ts";
import { openCollection } from "./store.ts";
import { createTraffic } from "./traffic.ts";

export interface CloudOptions {
  /** Where this cloud's data lives; made when it is missing. */
  readonly folder: string;
  /** The folder's own region first, else us-east-1. */
  readonly region?: string;
  readonly accountId?: string;
  /** The port of last time first, else any free one. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly anyCredentials?: boolean;
  /** How many minutes of its rules' schedules pass in a real one, as last time if not given; clocks and signatures stay real. */
  readonly speed?: number;
  readonly version?: string;
  /** The user's own stays the user's when it is started again by a command after it died. */
  readonly startedBy?: StartedBy;
  log?(line: string): void;
  /** What its record says has changed. */
  onChange?(): void;
  /** Somebody asked over HTTP that this cloud ends; the default is to close it. */
  onStop?(options: { erase: boolean }): void;
}

export interface Cloud {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  readonly region: string;
  readonly accountId: string;
  readonly credentials: RootKey;
  /** Of its rules' schedules. */
  readonly speed: number;
  /** Ports that were taken when it started, the control port first. */
  readonly portsChanged: readonly PortChange[];
  startedBy(): StartedBy;
  /** Ends processes, ports and open files; the data stays. */
  close(): Promise<void>;
}

/** What a data folder keeps of its cloud from one start to the next. */
interface Settings {
  readonly region: string;
  readonly accountId: string;
  readonly port: number;
  /** Of its rules' schedules; 1 if absent. */
  readonly speed?: number;
  /** It is the user's own, until it is stopped. */
  readonly isKept?: boolean;
}

/**
 * Starts a local cloud on 127.0.0.1.
 * @throws {RegionConflict} when the folder's data belongs to another region
 * @throws {Error} when the folder cannot be written, is damaged, or is in use
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const data = await openData(options);
  const { env, settings, last, credentials, services, speed } = data;
  const { region, accountId } = env;
  let server: Server | undefined;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= Promise.resolve(server?.close()).then(() => services.close());
    return closing;
  };
  const wanted = options.port ?? last?.port ?? 0;
  let isKept = (options.startedBy ?? "user") === "user" || last?.isKept === true;
  const startedBy = (): StartedBy => (isKept ? "user" : "command");
  const remember = (): void =>
    settings.set("cloud", { region, accountId, port: server?.port ?? wanted, speed, isKept });
  const setKept = (kept: boolean): void => {
    isKept = kept;
    remember();
  };
  let portsChanged: PortChange[];
  try {
    server = await startServerNear(
      wanted,
      createHandle({ options, env, credentials, services, startedBy, setKept, close }),
    );
    data.setUrl(url(server.port));
    remember();
    const moved = wanted !== 0 && wanted !== server.port ? [{ from: wanted, to: server.port }] : [];
    portsChanged = [...moved, ...(await services.start())];
  } catch (error) {
    await close();
    throw error;
  }
  const { port } = server;
  const { root } = credentials;
  return { url: url(port), port, region, accountId, speed, credentials: root, portsChanged, startedBy, close };
}

function url(port: number): string {
  return `http://127.0.0.1:${port}`;
}

interface Data {
  readonly env: CloudEnvironment;
  readonly settings: Collection<Settings>;
  /** As the last start left them. */
  readonly last: Settings | undefined;
  readonly credentials: Credentials;
  readonly services: Services;
  readonly speed: number;
  setUrl(url: string): void;
}

/**
 * Opens a data folder with its services, without a port.
 * @throws {RegionConflict} when the data belongs to another region
 * @throws {Error} when the folder cannot be written, is damaged, or is in use
 */
export async function openData(options: CloudOptions): Promise<Data> {
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const settings = openCollection<Settings>(folder, "settings");
  const last = settings.get("cloud");
  const { region, accountId } = placeOf(options, last);
  const clock = options.clock ?? systemClock;
  let endpoint = "";
  const env: CloudEnvironment = {
    region,
    accountId,
    partition: "aws",
    folder,
    clock,
    log: options.log ?? (() => {}),
    endpoint: () => endpoint,
    collection: <T>(name: string): Collection<T> => openCollection<T>(folder, name),
  };
  const anyCredentials = options.anyCredentials ?? false;
  const credentials = openCredentials({ folder, accountId, anyCredentials, now: () => clock.now() });
  const speed = options.speed ?? last?.speed ?? 1;
  const services = await createServices(env, credentials, speed);
  const setUrl = (served: string): void => {
    endpoint = served;
  };
  return { env, settings, last, credentials, services, speed, setUrl };
}

interface Parts {
  readonly options: CloudOptions;
  readonly env: CloudEnvironment;
  readonly credentials: Credentials;
  readonly services: Services;
  startedBy(): StartedBy;
  setKept(isKept: boolean): void;
  close(): Promise<void>;
}

/** What the control port does with a request: the levers below `/_awsls/`, functions' code, AWS's operations everywhere else. */
function createHandle({ options, env, credentials, services, startedBy, setKept, close }: Parts): Handle {
  const requests = createRequestLog();
  const faults = createFaults();
  const traffic = createTraffic();
  const { region, accountId, clock, log } = env;
  const dispatch = createDispatch({
    services: services.all,
    roles: services.roles,
    credentials,
    region,
    clock,
    requests,
    faults,
    log,
  });
  const control = createControl({
    requests,
    faults,
    isSecret: credentials.isSecret,
    health: () => ({
      pid: process.pid,
      url: env.endpoint(),
      region,
      accountId,
      version: options.version ?? "",
      startedBy: startedBy(),
    }),
    proof: (nonce) => proofOf({ ...credentials.root, folder: env.folder }, nonce),
    keep() {
      setKept(true);
      options.onChange?.();
    },
    inventory: services.inventory,
    inbox: services.cognito.inbox,
    traffic,
    stop(how) {
      setKept(false);
      if (options.onStop) options.onStop(how);
      else void close();
    },
    async reset() {
      requests.clear();
      faults.clear();
      await services.reset();
    },
  });
  return async (request, signal) => {
    try {
      if (request.path.startsWith(CONTROL_PATH)) return await control(request);
      if (request.path.startsWith(CODE_PATH)) return services.codeDownload.serve(request);
      if (services.cognito.wellKnown.isFor(request.path)) return services.cognito.wellKnown.serve(request);
      return await traffic.pass(() => dispatch(request, signal));
    } catch (error) {
      log(`${request.method} ${request.path} failed: ${error instanceof Error ? error.stack : String(error)}`);
      return new Reply(500, { "content-type": "application/json" }, Buffer.from('{"message":"internal failure"}'));
    }
  };
}

/** A data folder belongs to one region: every ARN in it names that region. */
export class RegionConflict extends Error {
  readonly asked: string;
  readonly recorded: string;

  constructor(asked: string, recorded: string) {
    super(`This local cloud's data belongs to ${recorded}, not to ${asked}: reset it, or use another folder`);
    this.name = "RegionConflict";
    this.asked = asked;
    this.recorded = recorded;
  }
}

function placeOf(options: CloudOptions, last: Settings | undefined): { region: string; accountId: string } {
  if (last && options.region !== undefined && options.region !== last.region) {
    throw new RegionConflict(options.region, last.region);
  }
  return {
    region: last?.region ?? options.region ?? "us-east-1",
    accountId: last?.accountId ?? options.accountId ?? "000000000000",
  };
}
