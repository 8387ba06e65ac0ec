// Which disagreements between a product and its model are known, and why are they let stand?
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../../shared/yaml-source.ts';
import type { OriginAnswer, Scenario, ScenarioRequest } from '../scenarios/scenario.ts';
import { KINDS } from './compare.ts';
import type { Disagreement } from './compare.ts';

const pattern = z.union([z.string(), z.int()]).transform((text, context) => {
  try {
    return new RegExp(String(text), 'm');
  } catch (error) {
    context.addIssue({ code: 'custom', message: String(error) });
    return z.NEVER;
  }
});

/** All that is written must hold. `^` and `$` match at every line. */
export const knownDisagreement = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** A sentence: what the product does, and why the model does not. */
  because: z.string().min(20),
  kind: z.enum(KINDS).optional(),
  /** What the product and the model did, as the report words it. */
  product: pattern.optional(),
  model: pattern.optional(),
  /** The step's request: a line with the method, then its fields. */
  request: pattern.optional(),
  /** One of the requests before it. */
  earlierRequest: pattern.optional(),
  /** The origin's answer in this step: a line with the status (or `refuse`), then its fields. */
  answer: pattern.optional(),
  /** One of the origin's answers before it. */
  earlierAnswer: pattern.optional(),
});

export type KnownDisagreement = z.infer<typeof knownDisagreement>;

/**
 * Empty when no file says anything about this product.
 * @throws Error with the file's name when it is not well formed
 */
export function knownOf(product: string): KnownDisagreement[] {
  const file = join(import.meta.dirname, 'known', `${product.replace(':', '-')}.yaml`);
  if (!existsSync(file)) return [];
  const source = readYaml(readFileSync(file, 'utf8'));
  if ('problems' in source) throw new Error(`${file}:${source.problems[0]?.line}: ${source.problems[0]?.message}`);
  const read = z.array(knownDisagreement).safeParse(source.value);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => {
    return `${file}:${source.position(path, 'value').line}: ${path.join('.')}: ${message}`;
  });
  throw new Error(faults.join('\n'));
}

/** The first entry that explains it. */
export function explained(
  known: readonly KnownDisagreement[],
  scenario: Scenario,
  found: Disagreement,
): KnownDisagreement | undefined {
  const here = scenario.steps[found.step]!;
  const before = scenario.steps.slice(0, found.step);
  const holds = (wanted: RegExp | undefined, ...texts: readonly string[]): boolean =>
    wanted === undefined || texts.some((text) => wanted.test(text));
  return known.find(
    (entry) =>
      (entry.kind === undefined || entry.kind === found.kind) &&
      holds(entry.product, found.product) &&
      holds(entry.model, found.model) &&
      holds(entry.request, requestText(here.request)) &&
      holds(entry.earlierRequest, ...before.map(({ request }) => requestText(request))) &&
      holds(entry.answer, ...here.answers.map(answerText)) &&
      holds(entry.earlierAnswer, ...before.flatMap(({ answers }) => answers.map(answerText))),
  );
}

export const requestText = ({ method, fields }: ScenarioRequest): string => lines(method, fields);

export const answerText = ({ status, fields, fail, date }: OriginAnswer): string =>
  lines(fail ?? String(status), [...fields, ...(date ? [] : [['Date', 'none'] as const])]);

const lines = (first: string, fields: readonly (readonly [string, string])[]): string =>
  [first, ...fields.map(([name, value]) => `${name}: ${value}`)].join('\n');
