// What is said before something is taken over: whose it is, and what becomes of it.

import type { Change } from "../../../core/change.ts";
import type { TakeoverTexts } from "../catalogue.ts";
import { label } from "./labels.ts";
import { listOf } from "./lists.ts";
import { madeBy } from "./makers.ts";
import { ofUsers } from "./role-users.ts";

interface Consequence {
  /** AWS's members that it speaks of. */
  readonly of: RegExp;
  words(changes: readonly Change[]): string;
}

/** The gravest first. */
const CONSEQUENCES: readonly Consequence[] = [
  { of: /^CodeSha256$/, words: () => "its code is replaced" },
  { of: /^PolicyDocument$/, words: () => "may do only what the function needs" },
  { of: /^AssumeRolePolicyDocument$/, words: () => "only Lambda may assume it" },
  { of: /^(PolicyNames|AttachedPolicies|PolicyArn)$/, words: policiesLeave },
  { of: /^retentionInDays$/, words: linesAreKept },
  { of: /^CorsConfiguration\./, words: () => "websites of any origin may call it" },
  {
    of: /^[A-Z]+ \S+\.Target$/,
    words: ({ length }) => `${length} ${length === 1 ? "points" : "point"} to the integration`,
  },
  { of: /^[A-Z]+ \/\S*(?<!\.Target)$/, words: ({ length }) => (length === 1 ? "1 is added" : `${length} are added`) },
  { of: /^Sid$/, words: statementsLeave },
];

/** Worth a word only where nothing else changes. */
const LABELS: ReadonlySet<string> = new Set(["Description", "Tags"]);

export const takeover: TakeoverTexts = {
  heading(count, belongsTo) {
    const [resources, are] = count === 1 ? ["resource", "is"] : ["resources", "are"];
    return belongsTo === undefined
      ? `${count} ${resources} not made by awsls ${are} taken over`
      : `${count} ${resources} of ${madeBy(belongsTo)}, ${are} taken over`;
  },
  becomes({ resource, changes, users }) {
    if (changes.some(({ replace }) => replace === true)) return "deleted and made again";
    const isSaid = ({ field }: Change): boolean => LABELS.has(field) || CONSEQUENCES.some(({ of }) => of.test(field));
    const said = CONSEQUENCES.flatMap(({ of, words }) => {
      const found = changes.filter(({ field }) => of.test(field));
      return found.length === 0 ? [] : [words(found)];
    });
    const unsaid = membersChange(changes.filter((change) => !isSaid(change)));
    const all = [...said, ...(users === undefined ? [] : [takeover.usedToo(users)]), ...unsaid];
    if (all.length > 0) return all.join("; ");
    if (changes.some(({ field }) => field === "Description")) return "only description and tags change";
    if (changes.length > 0) return "only its tags change";
    return resource === "routes" ? "stay as they are" : "stays as it is";
  },
  usedToo: (users) => ofUsers(users, (few) => `other functions use it, too, and lose what it no longer allows: ${few}`),
  policiesGo: "What the console made for the role alone is deleted, unless something else uses it.",
  codeKept: (path) => `The function's code of now is saved first, as ${path}`,
  tags: (components) => [...tagsOf(components), "--dry-run shows each change."].join(" "),
};

/** AWS has no tags for these; whose they are is their parent's matter. */
const UNTAGGABLE: ReadonlySet<string> = new Set([
  "routes",
  "integration",
  "permission",
  "timerTarget",
  "timerPermission",
]);

function tagsOf(components: readonly string[]): string[] {
  const untagged = components.filter((component) => UNTAGGABLE.has(component));
  if (untagged.length === components.length) return [];
  if (untagged.length === 0) return ["All get this stack's tags."];
  return [`All but ${listOf([...new Set(untagged.map(label))])} get this stack's tags.`];
}

/** `MemorySize and Timeout change`: what needs no words of its own. */
function membersChange(changes: readonly Change[]): string[] {
  const members = [...new Set(changes.map(({ field }) => field.split(".")[0] ?? field))];
  return members.length === 0 ? [] : [`${listOf(members)} ${members.length === 1 ? "changes" : "change"}`];
}

/** Managed policies are taken off, and deleted where they are named a second time; inline ones are gone either way. */
function policiesLeave(changes: readonly Change[]): string {
  const of = (member: string): string[] => textsIn(changes.find(({ field }) => field === member)?.from);
  const deleted = [...of("PolicyNames"), ...of("PolicyArn").map((arn) => arn.split("/").at(-1) ?? arn)];
  const detached = of("AttachedPolicies").filter((name) => !deleted.includes(name));
  return [
    ...(deleted.length === 0 ? [] : [`${policiesAre(deleted)} deleted`]),
    ...(detached.length === 0 ? [] : [`${policiesAre(detached)} taken off`]),
  ].join("; ");
}

function policiesAre(names: readonly string[]): string {
  const named = listOf(names.map(shortened));
  return names.length === 1 ? `policy ${named} is` : `policies ${named} are`;
}

function linesAreKept([change]: readonly Change[]): string {
  const [from, to] = [Number(change?.from ?? Infinity), Number(change?.to)];
  return from > to ? `lines older than ${to} days are deleted` : `lines are kept for ${to} days`;
}

/** The statement that is ours stays, or comes. */
function statementsLeave(changes: readonly Change[]): string {
  const gone = changes.flatMap(({ from, to }) => textsIn(from).filter((sid) => sid !== to));
  if (gone.length === 0) return "is added";
  return `replaces the ${gone.length === 1 ? "statement" : "statements"} ${listOf(gone.map(shortened))}`;
}

/** The first digits of a UUID tell enough. */
function shortened(name: string): string {
  return name.replace(/([0-9a-f]{4})[0-9a-f]{4}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "$1…");
}

function textsIn(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
}
