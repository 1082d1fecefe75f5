import type { Subject, SubjectPlan } from "./subject.ts";

/** The servers that a suite can be pointed at, by name. A process loads only the one that it runs. */
export const subjects: Readonly<Record<string, (plan: SubjectPlan) => Promise<Subject>>> = {
  privet: async (plan) => (await import("./privet.ts")).startPrivet(plan),
  node: async (plan) => (await import("./connect-node.ts")).startConnectNode(plan),
};
