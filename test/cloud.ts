// A local cloud of a test's own, and what its SDK clients and assertions need of it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCloud } from "../src/local/cloud.ts";
import type { Cloud, CloudOptions } from "../src/local/cloud.ts";
import type { Fault } from "../src/local/faults.ts";
import type { LoggedRequest } from "../src/local/request-log.ts";

export interface TestCloud {
  readonly cloud: Cloud;
  readonly folder: string;
  /** For `new SomeClient(config)`: one attempt, so that each refusal is seen. */
  readonly config: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: 1;
  };
  /** The next `times` (1) calls of an operation go wrong in that way. */
  failNext(operation: string, fault?: Partial<Omit<Fault, "operation">>): Promise<void>;
  clearFaults(): Promise<void>;
  /**
   * Clears them, too.
   * @throws {Error} naming those that no call has met: the test has proved nothing
   */
  endFaults(): Promise<void>;
  /** What was called since the last `clearRequests`, oldest first. */
  requests(): Promise<LoggedRequest[]>;
  clearRequests(): Promise<void>;
  /** A call of `/_awsls/<path>` with the cloud's key. */
  control(method: string, path: string, body?: unknown): Promise<Response>;
  /** Ends the cloud and deletes its folder. */
  close(): Promise<void>;
}

/** Starts a cloud in this process on a temporary folder and any free port. */
export async function startTestCloud(options: Partial<CloudOptions> = {}): Promise<TestCloud> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "awsls-cloud-")));
  const cloud = await startCloud({ folder, ...options });
  const { accessKeyId, secretAccessKey } = cloud.credentials;

  async function control(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${cloud.url}/_awsls/${path}`, {
      method,
      headers: { authorization: `Bearer ${secretAccessKey}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async function succeed(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await control(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  return {
    cloud,
    folder,
    config: {
      region: cloud.region,
      endpoint: cloud.url,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    },
    control,
    async failNext(operation, fault = {}) {
      await succeed("POST", "faults", { times: 1, ...fault, operation });
    },
    async clearFaults() {
      await succeed("DELETE", "faults");
    },
    async endFaults() {
      const { faults } = (await succeed("GET", "faults")) as { faults: Fault[] };
      await succeed("DELETE", "faults");
      if (faults.length > 0) throw new Error(`never met: ${JSON.stringify(faults)}`);
    },
    async requests() {
      const { requests } = (await succeed("GET", "requests")) as { requests: LoggedRequest[] };
      return requests;
    },
    async clearRequests() {
      await succeed("DELETE", "requests");
    },
    async close() {
      await cloud.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
