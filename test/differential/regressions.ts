// Which small scenarios, each from a disagreement that was found and mended, must product and model agree on ever after?
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../../shared/yaml-source.ts';
import { scenario } from '../scenarios/scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { briefSteps, yamlOf } from './report.ts';
import type { Finding } from './shrink.ts';

const FOLDER = join(import.meta.dirname, 'regressions');

const written = z.strictObject({
  /** A sentence: what the product does. */
  claims: z.string().min(20),
  /** The trait of its behaviour without which the model parts from it here. */
  trait: z.string().optional(),
  /** The setting with which it runs; absent: the lab's own. */
  setting: z.string().optional(),
  steps: scenario.shape.steps,
});

export interface Regression {
  readonly claims: string;
  readonly trait?: string | undefined;
  readonly setting?: string | undefined;
  readonly scenario: Scenario;
}

/**
 * Those of one product, by file name: `regressions/PRODUCT/ID.yaml`.
 * @throws Error with the file's name when one is not well formed
 */
export function regressionsOf(product: string): Regression[] {
  const folder = folderOf(product);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => readIn(join(folder, file), file.replace(/\.yaml$/, '')));
}

function readIn(file: string, name: string): Regression {
  const source = readYaml(readFileSync(file, 'utf8'));
  if ('problems' in source) throw new Error(`${file}:${source.problems[0]?.line}: ${source.problems[0]?.message}`);
  const read = written.safeParse(source.value);
  if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`);
  const { steps, ...about } = read.data;
  return { ...about, scenario: { id: `kept-${name}`, reference: 'kept', kind: 'optional', steps } };
}

/** Writes what was made small; the claim is to be put into better words, the file to be called by it. */
export function keepRegression(product: string, { scenario, disagreement }: Finding, setting?: string): void {
  const { step, kind, product: did } = disagreement;
  const claims = `In step ${step + 1} what ${product} does is (${kind}): ${did}.`;
  const folder = folderOf(product);
  mkdirSync(folder, { recursive: true });
  const text = yamlOf({ claims, ...(setting !== undefined && { setting }), steps: briefSteps(scenario) });
  writeFileSync(join(folder, `${scenario.id}.yaml`), text);
}

const folderOf = (product: string): string => join(FOLDER, product.replace(':', '-'));
