// Which topology does a command work on, and are the names that were typed in it?
import { readFile } from 'node:fs/promises';
import { ConfigError, configError } from '../../shared/config-problem.ts';
import { dialects } from '../../shared/dialects/index.ts';
import { suggestion } from '../../shared/nearest.ts';
import { parseTopology } from '../../shared/topology-file.ts';
import type { Topology } from '../../shared/topology.ts';
import type { Choice } from '../trace/places.ts';

const USUAL = 'strata.yaml';

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder; name the file in it',
  EACCES: 'may not be read by you',
};

/** @throws ConfigError that names file, line, column and remedy */
export async function loadTopology(file: string = USUAL): Promise<Topology> {
  const parsed = parseTopology(await textOf(file), file, { dialects: dialects.map((d) => d.id) });
  if ('problems' in parsed) throw configError(parsed.problems);
  return parsed.topology;
}

async function textOf(file: string): Promise<string> {
  try {
    // some editors begin a file with a byte order mark, which would count as a column
    return (await readFile(file, 'utf8')).replace(/^\ufeff/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' && file === USUAL) {
      throw new ConfigError(`There is no ${USUAL} here; write one, or name another file with --topology F.`, [], {
        cause: error,
      });
    }
    const why = WHY[String(code)] ?? `cannot be read (${String(code)})`;
    throw new ConfigError(`The topology file ${file} ${why}.`, [], { cause: error });
  }
}

/** The ids that were typed, all of them known. @throws ConfigError with the nearest known id */
export function chosenIn(topology: Topology, options: Choice): Choice {
  const known: Record<keyof Choice, string[]> = {
    layer: topology.layers.map((l) => l.id),
    node: topology.layers.flatMap((l) => l.nodes.map((n) => n.id)),
    target: topology.targets.map((t) => t.id),
    variant: topology.targets.flatMap((t) => t.variants.map((v) => v.id)),
  };
  const choice: { -readonly [K in keyof Choice]: string } = {};
  for (const what of ['layer', 'node', 'target', 'variant'] as const) {
    const id = options[what];
    if (id === undefined) continue;
    if (!known[what].includes(id)) {
      throw new ConfigError(
        `There is no ${what} "${id}" in the topology${suggestion(id, [...new Set(known[what])])}.`.replace('?.', '?'),
      );
    }
    choice[what] = id;
  }
  return choice;
}
