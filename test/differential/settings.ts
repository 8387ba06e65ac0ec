// With which settings of their operators are products compared, beside their own?
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { policyFrom } from '../../shared/topology-file.ts';
import { policy } from '../../shared/topology-schema.ts';
import { readYaml } from '../../shared/yaml-source.ts';
import { knownDisagreement } from './known.ts';

const FOLDER = join(import.meta.dirname, 'settings');

const setting = z.strictObject({
  /** Who runs what so. */
  title: z.string().min(10),
  /** As `--product` names it. */
  product: z.string(),
  /** How long a second of a run is in theirs: what takes a day must be met within seconds. */
  scale: z.string().min(1),
  /** As in strata.yaml. */
  policy: policy.transform(policyFrom),
  /** The page behind it, and what of it cannot be said here. */
  source: z.string().min(20),
  /** Where they part besides what is known of the product itself. */
  known: z.array(knownDisagreement).default([]),
});

export type Setting = z.infer<typeof setting> & { readonly name: string };

export const settingNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace(/\.yaml$/, ''))
    .sort();

/** @throws Error when there is none of this name, or its file is not well formed */
export function settingOf(name: string): Setting {
  const file = join(FOLDER, `${name}.yaml`);
  if (!existsSync(file)) throw new Error(`there is no setting '${name}': ${settingNames().join(', ')}`);
  const source = readYaml(readFileSync(file, 'utf8'));
  if ('problems' in source) throw new Error(`${file}:${source.problems[0]?.line}: ${source.problems[0]?.message}`);
  const read = setting.safeParse(source.value);
  if (read.success) return { ...read.data, name };
  throw new Error(`${file}: ${z.prettifyError(read.error)}`);
}
