// Ctrl-C while AWS does not answer, and `kill -9` at any moment: nothing is sent afterwards, nothing is left in the end.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StatusResult } from "../../src/commands/status.ts";
import type { State } from "../../src/state/state.ts";
import type { LoggedRequest } from "../../src/local/request-log.ts";
import { KEYS, openWorkplace, processesOn, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

const at = (file: string): string => join(place.folder, ".awsls", file);
/** How many resources are recorded as made. */
const made = (): number =>
  existsSync(at("http-crud-tutorial.json"))
    ? readFileSync(at("http-crud-tutorial.json"), "utf8").split('"made"').length - 1
    : 0;

/** How long a call under way may still take is 3 s; the rest is Node's own end on a busy machine. */
const END_MS = 6_000;

describe.skipIf(process.platform === "win32")("Ctrl-C while AWS", () => {
  let server: Server;
  let requests: number;
  let misbehave: (request: IncomingMessage) => void;
  beforeEach(async () => {
    requests = 0;
    server = createServer((request) => {
      requests += 1;
      misbehave(request);
    }).listen(0, "127.0.0.1");
    await vi.waitUntil(() => server.listening);
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ["does not answer", "up", (): void => undefined, 1],
    ["does not answer", "status", (): void => undefined, 1],
    // In the pause before the next try.
    ["hangs up", "up", ({ socket }: IncomingMessage): void => void socket.destroy(), 3],
  ] as const)("%s to %s: nothing more is sent, exit 130", async (_case, command, how, after) => {
    misbehave = how;
    const { port } = server.address() as AddressInfo;
    const target = ["--region", "us-east-1", "--endpoint-url", `http://127.0.0.1:${port}`];
    const { child, ended } = place.start(KEYS, command, ...target);
    await vi.waitUntil(() => requests >= after, { timeout: 10_000, interval: 5 });
    const sent = requests;
    const since = performance.now();
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain("Interrupted");
    // The next try may have been on its way as the signal was.
    expect(requests).toBeLessThanOrEqual(after === 1 ? sent : sent + 1);
    expect(performance.now() - since).toBeLessThan(END_MS);
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it("does not answer to up --watch: no row has been written, and what to do is said", async () => {
    await place.awsls("local", "start");
    await place.lever("POST", "faults", { operation: "CreateFunction", hang: true, times: 20 });
    const { child, ended } = place.start({}, "up", "--local", "--watch");
    await vi.waitUntil(() => made() === 7, { timeout: 10_000, interval: 20 });
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([130, ""]);
    expect(stderr).toContain("what was made so far is recorded");
    await place.lever("DELETE", "faults");
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
  });

  it("does not answer in the middle of up: what was made is recorded, and up goes on", async () => {
    await place.awsls("local", "start");
    const sent = async (): Promise<LoggedRequest[]> =>
      (await place.lever<{ requests: LoggedRequest[] }>("GET", "requests")).requests;
    await place.lever("POST", "faults", { operation: "CreateFunction", hang: true, times: 20 });
    const { child, ended } = place.start({}, "up", "--local");
    // Everything but the function and its permission is there, and nothing else is under way. What is not answered is not logged yet.
    const isMade = async (): Promise<boolean> =>
      made() === 7 && (await sent()).filter(({ operation }) => operation === "CreateRoute").length === 4;
    await vi.waitUntil(isMade, { timeout: 10_000, interval: 20 });
    const before = await sent();
    expect(before.map(({ operation }) => operation)).not.toContain("CreateFunction");
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    const since = (await sent()).slice(before.length);
    expect(since.map(({ operation }) => operation)).toEqual(["CreateFunction"]);
    const { resources } = JSON.parse(readFileSync(at("http-crud-tutorial.json"), "utf8")) as State;
    expect(resources["function"]?.status).toBe("intent");
    await place.lever("DELETE", "faults");
    expect(await place.awsls("up")).toMatchObject({ code: 0 });
    expect(await place.awsls("test")).toMatchObject({ code: 0 });
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
  });
});

describe("kill -9 of up --local", () => {
  it.each([
    ["as it takes the lock", () => existsSync(at("http-crud-tutorial.lock"))],
    ["as the cloud begins to start", () => existsSync(at("local/cloud.log"))],
    ["as the cloud has started", () => existsSync(at("local/cloud.json"))],
    ["in the middle", () => made() >= 4],
  ])("%s: up goes on, down leaves nothing", { timeout: 40_000 }, async (_moment, isDue) => {
    const { child, ended } = place.start({}, "up", "--local");
    await vi.waitUntil(isDue, { timeout: 10_000, interval: 1 });
    child.kill("SIGKILL");
    expect((await ended).code).toBe(null);
    const up = await place.awsls("up", "--local");
    expect(up.code, up.stderr).toBe(0);
    const { resources } = await place.json<StatusResult>("status");
    expect(resources.map(({ condition }) => condition)).toEqual(Array.from({ length: 9 }, () => "exists"));
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
    await expect.poll(() => processesOn(place.folder)).toEqual([]);
  });

  it("before the cloud had written anything: down alone leaves nothing", async () => {
    mkdirSync(at("local"), { recursive: true });
    writeFileSync(at("local/cloud.log"), "");
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it("in the middle of saving leaves no file in the end", async () => {
    mkdirSync(at(""));
    const dead = { id: "x", host: hostname(), pid: 2 ** 22 + 1, command: "up", since: "2026-01-01T00:00:00.000Z" };
    // As they are for some milliseconds of every save, and of every lock that is taken or taken over.
    for (const name of ["http-crud-tutorial.json.0a1b2c3d.tmp", ".gitignore"]) writeFileSync(at(name), "");
    for (const id of ["one", "two"]) writeFileSync(at(`http-crud-tutorial.lock.${id}`), JSON.stringify(dead));
    writeFileSync(at("http-crud-tutorial.lock.three"), JSON.stringify({ ...dead, pid: process.pid }));
    expect(await place.awsls("table", "create", "--local")).toMatchObject({ code: 0 });
    expect(readFileSync(at(".gitignore"), "utf8")).toBe("*\n");
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    // That of a command that lives is its own.
    expect(readdirSync(at("")).toSorted()).toEqual([".gitignore", "http-crud-tutorial.lock.three"]);
  });
});
