// Do the names in a topology file fit together? Ids, parents and dialects, whatever else is wrong with the file.
import { suggestion } from './nearest.ts';
import { fieldOf, listOf, textOf } from './raw-value.ts';
import type { Fault } from './topology-shape.ts';

interface RawLayer {
  readonly id: string;
  readonly origin: boolean;
  readonly parents: readonly string[] | undefined;
}

/** Every fault in how `raw` refers to itself. `dialects`: the known dialect ids; left out: any will do. */
export function ruleFaults(raw: unknown, dialects?: readonly string[]): Fault[] {
  const layers = listOf(fieldOf(raw, 'layers'));
  const targets = listOf(fieldOf(raw, 'targets'));
  const layerIds = layers.map((l, i) => idAt(l, ['layers', i]));
  const nodeIds = layers.flatMap((l, i) =>
    listOf(fieldOf(l, 'nodes')).map((n, j) => idAt(n, ['layers', i, 'nodes', j])),
  );
  const targetIds = targets.map((t, i) => idAt(t, ['targets', i]));
  return [
    ...doubles(layerIds, 'layer'),
    ...doubles(nodeIds, 'node'),
    ...doubles(targetIds, 'target'),
    ...targets.flatMap((t, i) =>
      doubles(
        listOf(fieldOf(t, 'variants')).map((v, j) => idAt(v, ['targets', i, 'variants', j])),
        'variant',
      ),
    ),
    ...parentFaults(layers.map(rawLayer)),
    ...(dialects === undefined ? [] : layers.flatMap((l, i) => dialectFault(fieldOf(l, 'dialect'), i, dialects))),
  ];
}

/** The parents of each layer as written or, where it names none, the layer after it. */
export function effectiveParents(
  layers: readonly { origin: boolean; parents: readonly string[] | undefined; id: string }[],
): string[][] {
  return layers.map((layer, i) => {
    if (layer.origin) return [];
    const next = layers[i + 1]?.id;
    return [...(layer.parents ?? (next === undefined ? [] : [next]))];
  });
}

function parentFaults(layers: readonly RawLayer[]): Fault[] {
  if (layers.length === 0) return [];
  const known = new Set(layers.map((l) => l.id));
  const faults = layers.flatMap((layer, i) => ownParentFaults(layer, i, layers, known));
  if (!layers.some((l) => l.origin)) {
    faults.push({ path: ['layers'], part: 'key', message: 'has no origin; give the last layer "role: origin"' });
  }
  // where names are missing or doubled nobody can say who asks whom
  const named = known.size === layers.length && !known.has('');
  return faults.length > 0 || !named ? faults : cycleFaults(layers);
}

function ownParentFaults(layer: RawLayer, i: number, layers: readonly RawLayer[], known: ReadonlySet<string>): Fault[] {
  const path = ['layers', i, 'parents'];
  const at = (message: string, ...rest: PropertyKey[]): Fault => ({ path: [...path, ...rest], part: 'value', message });
  const { parents } = layer;
  if (layer.origin) return (parents ?? []).length > 0 ? [at('is for caches; an origin asks nobody')] : [];
  if (parents === undefined) {
    // a file without any origin is told so once; its last layer need not be told again
    const stranded = i === layers.length - 1 && layers.some((l) => l.origin);
    return stranded
      ? [{ path: ['layers', i], part: 'value', message: 'has no next layer to ask; name its parents' }]
      : [];
  }
  if (parents.length === 0) return [at('is empty; name the layer it asks, or give it "role: origin"')];
  return parents.flatMap((parent, j) => {
    if (!known.has(parent)) return [at(`"${parent}" is not a layer${suggestion(parent, [...known])}`, j)];
    return parents.indexOf(parent) < j ? [at(`"${parent}" stands here twice; keep one of them`, j)] : [];
  });
}

function cycleFaults(layers: readonly RawLayer[]): Fault[] {
  const circling = withoutWayOut(layers);
  const start = layers.find((l) => circling.has(l.id));
  if (start === undefined) return [];
  const walk = [start.id];
  for (;;) {
    const next = circling.get(walk.at(-1) ?? '')?.find((p) => circling.has(p)) ?? '';
    const seen = walk.indexOf(next);
    walk.push(next);
    if (seen < 0) continue;
    const circle = walk.slice(seen);
    const i = layers.findIndex((l) => l.id === circle[0]);
    const path = layers[i]?.parents === undefined ? ['layers', i] : ['layers', i, 'parents'];
    return [
      { path, part: 'value', message: `runs in a circle: ${circle.join(' → ')}; parents must lead to an origin` },
    ];
  }
}

/** The parents of every layer of which some chain of parents never ends (Kahn's algorithm, from the origins outward). */
function withoutWayOut(layers: readonly RawLayer[]): Map<string, string[]> {
  const left = new Map(effectiveParents(layers).map((p, i) => [layers[i]?.id ?? '', p]));
  const children = new Map<string, string[]>();
  for (const [id, asked] of left) {
    for (const p of asked) {
      const siblings = children.get(p);
      if (siblings === undefined) children.set(p, [id]);
      else siblings.push(id);
    }
  }
  const waiting = new Map([...left].map(([id, asked]) => [id, asked.length]));
  const settled = [...left.keys()].filter((id) => waiting.get(id) === 0);
  for (let id = settled.pop(); id !== undefined; id = settled.pop()) {
    left.delete(id);
    for (const child of children.get(id) ?? []) {
      const more = (waiting.get(child) ?? 0) - 1;
      waiting.set(child, more);
      if (more === 0) settled.push(child);
    }
  }
  return left;
}

function doubles(ids: readonly { id: string | undefined; path: PropertyKey[] }[], what: string): Fault[] {
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const { id, path } of ids) {
    if (id === undefined) continue;
    if (seen.has(id))
      faults.push({
        path,
        part: 'value',
        message: `another ${what} is already called "${id}"; give this one a name of its own`,
      });
    seen.add(id);
  }
  return faults;
}

function dialectFault(dialect: unknown, i: number, known: readonly string[]): Fault[] {
  if (typeof dialect !== 'string' || known.includes(dialect)) return [];
  return [
    {
      path: ['layers', i, 'dialect'],
      part: 'value',
      message: `"${dialect}" is not a known dialect${suggestion(dialect, known)}`,
    },
  ];
}

function rawLayer(raw: unknown): RawLayer {
  const parents = fieldOf(raw, 'parents');
  return {
    id: textOf(fieldOf(raw, 'id')) ?? '',
    origin: fieldOf(raw, 'role') === 'origin',
    parents: Array.isArray(parents) ? parents.filter((p) => typeof p === 'string') : undefined,
  };
}

const idAt = (raw: unknown, path: PropertyKey[]): { id: string | undefined; path: PropertyKey[] } => ({
  id: textOf(fieldOf(raw, 'id')),
  path: [...path, 'id'],
});
