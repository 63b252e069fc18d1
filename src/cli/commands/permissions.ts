// The policy of whoever runs awsls, and what of it the caller lacks.

import { Problem } from "../../core/problem.ts";
import type { Finished, OptionValues, StackCommand } from "../command.ts";
import type { Place } from "../../resources/resource.ts";
import type { Emit } from "../../core/event.ts";
import type { Names } from "../../core/names.ts";
import type { Settings } from "../../state/state.ts";

/** What a policy is printed for. */
interface Printed {
  readonly names: Names;
  readonly settings: Settings;
  readonly place: Place;
  readonly emit: Emit;
  /** Words in it that stand for what is not known. */
  readonly placeholders: readonly string[];
}

export const PERMISSION_COMMANDS: readonly StackCommand[] = [
  {
    name: "permissions",
    options: ["--check", "--account <id>"],
    on: "stack",
    purpose: "look",
    check: async (values) => requireValues(values),
    offline: {
      when: ({ check, account }) => (check === true ? "never" : account === undefined ? "vacant" : "always"),
      async run({ target, region, ...known }, { account = target?.account }) {
        const place = {
          partition: partitionOf(region),
          region: region ?? "REGION",
          account: typeof account === "string" ? account : "ACCOUNT",
        };
        const placeholders = ["REGION", "ACCOUNT"].filter((word) => word === place.region || word === place.account);
        return print({ ...known, place, placeholders });
      },
    },
    async run(context, { check }) {
      if (check === true) {
        const [{ checkPermissions }, { finishCheck }] = await Promise.all([
          import("../../commands/permissions-check.ts"),
          import("../render-permissions.ts"),
        ]);
        return finishCheck(await checkPermissions(context));
      }
      const { settings, emit, session } = context;
      const { names, place } = session;
      return print({ names, place, settings, emit, placeholders: [] });
    },
  },
];

/** Only the policy is on stdout: it goes into a file, or to `aws iam create-policy`. */
async function print({ emit, placeholders, settings, ...where }: Printed): Promise<Finished> {
  const { permissions } = await import("../../commands/permissions.ts");
  const result = await permissions(where, settings);
  emit({ type: "notice", code: "PolicyPrinted", data: { placeholders } });
  return { result, lines: () => JSON.stringify(result, null, 2).split("\n") };
}

/** Of a caller it is in their ARN; a region's name says it, too. */
function partitionOf(region: string | undefined): string {
  if (region?.startsWith("cn-") === true) return "aws-cn";
  return region?.startsWith("us-gov-") === true ? "aws-us-gov" : "aws";
}

/** @throws {Problem} `InvalidOption` */
function requireValues({ account, check }: OptionValues): void {
  if (typeof account !== "string") return;
  if (check === true) throw new Problem("InvalidOption", { option: "--account", value: account, must: "noCheck" });
  if (!/^\d{12}$/.test(account)) {
    throw new Problem("InvalidOption", { option: "--account", value: account, must: "accountId" });
  }
}
