/** A stage for live tests: members, a compiled policy on the real program before them, and everything stopped at the end. */
import { compileHaproxy } from "../../language/src/compile/haproxy/compile-haproxy.ts";
import { compileNginx } from "../../language/src/compile/nginx/compile-nginx.ts";
import type { CompileResult } from "../../language/src/compile/result.ts";
import { compile } from "../../language/src/index.ts";
import type { Analysis } from "../../language/src/index.ts";
import type { Policy } from "../../language/src/model/policy.ts";
import type { Member, MemberOptions } from "./backend-server.ts";
import { startMember } from "./backend-server.ts";
import type { Program, Running } from "./live-balancer.ts";
import { freePort, judge, run } from "./live-balancer.ts";

export const programs = ["nginx", "haproxy"] as const satisfies readonly Program[];

export const compilers = { nginx: compileNginx, haproxy: compileHaproxy };

export interface Stage {
  readonly member: (name: string, options?: MemberOptions) => Promise<Member>;
  /** Compiles the policy that the function makes of a free port, has it judged and runs it. */
  readonly play: (make: (port: number, second: number) => Policy) => Promise<{ readonly port: number; readonly second: number; readonly running: Running; readonly text: string }>;
  /** The same of a policy's text, by way of the façade. */
  readonly playAnalysis: (make: (port: number, second: number) => Analysis) => Promise<{ readonly port: number; readonly second: number; readonly running: Running; readonly text: string }>;
  /** Something else to stop at the end. */
  readonly later: (stop: () => Promise<void> | void) => void;
}

/** Describes the same behaviour on both programs; each test has a stage of its own. */
export function onBoth(title: string, tests: (program: Program, stage: Stage) => void): void {
  for (const program of programs) on(program, title, tests);
}

export function on(program: Program, title: string, tests: (program: Program, stage: Stage) => void): void {
  describe(`${title} on ${program}`, () => {
    const { stage, stop } = createStage(program);
    afterEach(stop);
    tests(program, stage);
  });
}

/** Two stages beside each other, for what must be alike on both. */
export function onBothAtOnce(title: string, tests: (stages: Readonly<Record<Program, Stage>>) => void): void {
  describe(title, () => {
    const [nginx, haproxy] = [createStage("nginx"), createStage("haproxy")];
    afterEach(nginx.stop);
    afterEach(haproxy.stop);
    tests({ nginx: nginx.stage, haproxy: haproxy.stage });
  });
}

function createStage(program: Program): { readonly stage: Stage; readonly stop: () => Promise<void> } {
  let stops: (() => Promise<void> | void)[] = [];
  const later: Stage["later"] = (stop) => void stops.push(stop);
  return {
    stage: {
      member: async (name, options) => {
        const member = await startMember(name, options);
        later(member.stop);
        return member;
      },
      play: (make) => started(program, later, (port, second) => compilers[program](make(port, second))),
      playAnalysis: (make) => started(program, later, (port, second) => compile(make(port, second), program)),
      later,
    },
    stop: async () => {
      const all = stops.reverse();
      stops = [];
      for (const stop of all) await stop();
    },
  };
}

async function started(program: Program, later: Stage["later"], make: (port: number, second: number) => CompileResult): ReturnType<Stage["play"]> {
  const [port, second] = [await freePort(), await freePort()];
  const { text, diagnostics } = make(port, second);
  if (text === "") throw new Error(`refused: ${diagnostics.map((diagnostic) => diagnostic.message).join("\n")}`);
  const verdict = judge(program, text);
  if (!verdict.ok) throw new Error(`${verdict.words}\n${text}`);
  const running = await run(program, text, [port]);
  later(running.stop);
  return { port, second, running, text };
}
