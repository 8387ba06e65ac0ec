// What is the smallest scenario that still shows the same disagreement?
import type { OriginAnswer, Scenario, ScenarioStep } from '../scenarios/scenario.ts';
import type { Disagreement } from './compare.ts';
import { labelOf } from './report.ts';

/** A scenario and what it showed. */
export interface Finding {
  readonly scenario: Scenario;
  readonly disagreement: Disagreement;
}

/** Plays scenarios, all at once; one finding or nothing for each. */
export type PlayAll = (scenarios: readonly Scenario[]) => Promise<(Disagreement | undefined)[]>;

/** Rounds of replays, each with every smaller scenario at once. */
const ROUNDS = 8;

/** Never larger than what it is given. Costs at most as many rounds of replays as stand above. */
export async function shrink(found: Finding, playAll: PlayAll): Promise<Finding> {
  let smallest = upToStep(found);
  for (let round = 0; round < ROUNDS; round++) {
    const candidates = smaller(smallest.scenario);
    const disagreements = await playAll(candidates);
    const same = candidates.flatMap((scenario, i) => {
      const disagreement = disagreements[i];
      return disagreement !== undefined && isSame(disagreement, found.disagreement) ? [{ scenario, disagreement }] : [];
    });
    if (same.length === 0) return smallest;
    const least = same.reduce((a, b) => (sizeOf(a.scenario) <= sizeOf(b.scenario) ? a : b));
    smallest = upToStep(least);
  }
  return smallest;
}

/** Versions may differ, and by how many seconds: what happened may not. */
const isSame = (a: Disagreement, b: Disagreement): boolean =>
  labelOf({ disagreement: a }) === labelOf({ disagreement: b });

const upToStep = ({ scenario, disagreement }: Finding): Finding => ({
  disagreement,
  scenario: { ...scenario, steps: scenario.steps.slice(0, disagreement.step + 1) },
});

/** Every scenario that has one thing less, the last step apart, and one from which much is gone at once. */
function smaller(scenario: Scenario): Scenario[] {
  const { steps } = scenario;
  const last = steps.length - 1;
  const variants: ScenarioStep[][] = steps.flatMap((step, i) => [
    ...(i < last ? [withoutStep(steps, i)] : []),
    ...smallerSteps(step).map((s) => steps.with(i, s)),
  ]);
  const firstAndLast = last > 1 ? [[{ ...steps[0]! }, { ...steps[last]!, wait: waits(steps.slice(1)) }]] : [];
  const plain = steps.map((step, i) =>
    i === last ? step : { ...step, request: { method: 'GET', path: '', fields: [] }, clients: 1 },
  );
  const all = [...firstAndLast, plain, ...variants];
  const seen = new Set([JSON.stringify(steps)]);
  return all
    .filter((steps) => {
      const text = JSON.stringify(steps);
      return !seen.has(text) && seen.add(text);
    })
    .map((steps) => ({ ...scenario, steps }));
}

const waits = (steps: readonly ScenarioStep[]): number => steps.reduce((sum, { wait }) => sum + wait, 0);

/** What the step waited for is waited for by the next, so that ages stay what they were. */
function withoutStep(steps: readonly ScenarioStep[], i: number): ScenarioStep[] {
  const next = steps[i + 1]!;
  return steps.toSpliced(i, 2, { ...next, wait: i === 0 ? 0 : next.wait + steps[i]!.wait });
}

function smallerSteps(step: ScenarioStep): ScenarioStep[] {
  const { request, answers, wait, clients } = step;
  const answer = answers[0]!;
  return [
    ...(clients > 1 ? [{ ...step, clients: 1 }] : []),
    ...(wait > 0 ? [{ ...step, wait: wait - 1 }] : []),
    ...(request.method === 'GET' ? [] : [{ ...step, request: { method: 'GET', path: '', fields: request.fields } }]),
    ...without(request.fields).map((fields) => ({ ...step, request: { ...request, fields } })),
    ...smallerAnswers(answer).map((smaller) => ({ ...step, answers: [smaller] })),
  ];
}

function smallerAnswers(answer: OriginAnswer): OriginAnswer[] {
  const members = answer.fields.flatMap(([name, value], i): [string, string][][] => {
    const parts = value.split(', ');
    if (!/^cache-control$|^vary$/i.test(name) || parts.length < 2) return [];
    return parts.map((_, part) => answer.fields.with(i, [name, parts.toSpliced(part, 1).join(', ')]));
  });
  return [
    ...(answer.status === 200 ? [] : [{ ...answer, status: 200 }]),
    ...(answer.date ? [] : [{ ...answer, date: true }]),
    ...[...without(answer.fields), ...members].map((fields) => ({ ...answer, fields })),
  ];
}

const without = (fields: [string, string][]): [string, string][][] => fields.map((_, i) => fields.toSpliced(i, 1));

const sizeOf = ({ steps }: Scenario): number => steps.length * 100 + waits(steps) + JSON.stringify(steps).length / 10;
