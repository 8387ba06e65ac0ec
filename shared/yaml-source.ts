// What does a YAML (or JSON) text say, and at which line and column stands each part of it?
import { Composer, isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, Parser, visit } from 'yaml';
import type { CST, Document, Pair, YAMLMap } from 'yaml';

/** Room for 10,000 nodes however they are laid out (1.1 MB as indented JSON), and a bound on what a parse can cost. */
export const LARGEST_FILE = 4 * 1024 * 1024;
const MOST_ALIASES = 1000;
const DEEPEST = 32;

export interface Position {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export interface YamlProblem extends Position {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface YamlSource {
  readonly value: unknown;
  /** Where the value at `path` stands, or its key; the nearest part around it when the path leads nowhere. */
  position(path: readonly PropertyKey[], part: 'key' | 'value'): Position;
}

/** The value of `text`, or what keeps it from being read. Never throws. */
export function readYaml(text: string): YamlSource | { readonly problems: readonly YamlProblem[] } {
  const refused = (message: string, at: Position = { line: 1, column: 1 }) => ({
    problems: [{ ...at, path: [], message }],
  });
  if (text.length > LARGEST_FILE) return refused('is larger than 4 MiB; split it, or list fewer nodes');
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) return refused(`is nested more than ${DEEPEST} levels deep`, at(deep));
  // the library's own check for duplicates compares every pair of keys; `doubledKeys` takes one pass
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, stringKeys: true });
  const [doc, second] = [...composer.compose(tokens, true, text.length)];
  if (doc === undefined) return refused('is empty');
  if (second !== undefined)
    return refused('holds more than one document; keep what stands before the second ---', at(second.range[0]));
  const faults = [...doc.errors, ...doc.warnings].map((e) => ({
    ...at(e.pos[0]),
    path: [],
    message: oneLine(e.message),
  }));
  if (faults.length > 0) return { problems: faults };
  const doubled = doubledKeys(doc).map(({ path, offset }) => ({
    ...at(offset),
    path,
    message: 'stands here twice; keep one of them',
  }));
  if (doubled.length > 0) return { problems: doubled };
  try {
    const value: unknown = doc.toJS({ maxAliasCount: MOST_ALIASES });
    return { value, position: (path, part) => at(offsetOf(doc, path, part)) };
  } catch (error) {
    const unresolved = /Unresolved alias.*: (.+)$/.exec(String(error))?.[1];
    if (unresolved !== undefined)
      return refused(`refers to *${unresolved}, but nothing above is marked &${unresolved}`);
    return refused('repeats itself through aliases (*name) too often; write the repeated parts out');
  }
}

const oneLine = (message: string): string => (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');

/** Composing recurses, and a process that runs out of stack there can die; the token tree is walked without recursion. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST) return token.offset;
    if (token.type === 'document' && token.value !== undefined) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const item of token.items) {
      if (item.key) open.push({ token: item.key, depth: depth + 1 });
      if (item.value) open.push({ token: item.value, depth: depth + 1 });
    }
  }
  return undefined;
}

function doubledKeys(doc: Document): { path: PropertyKey[]; offset: number }[] {
  const found: { path: PropertyKey[]; offset: number }[] = [];
  visit(doc, {
    Map(_, map, ancestors) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) found.push({ path: [...pathTo([...ancestors, map]), name], offset: key.range?.[0] ?? 0 });
        seen.add(name);
      }
    },
  });
  return found;
}

function pathTo(chain: readonly unknown[]): PropertyKey[] {
  return chain.flatMap((step, i): PropertyKey[] => {
    if (isPair(step)) return isScalar(step.key) ? [String(step.key.value)] : [];
    return isSeq(step) ? [step.items.indexOf(chain[i + 1])] : [];
  });
}

function offsetOf(doc: Document, path: readonly PropertyKey[], part: 'key' | 'value'): number {
  let node: unknown = doc.contents;
  let offset = startOf(node) ?? 0;
  for (const [i, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(doc);
    const child = childOf(node, step);
    if (child === undefined) return offset;
    const key = isPair(child) ? startOf(child.key) : undefined;
    node = isPair(child) ? child.value : child;
    const last = i === path.length - 1;
    offset = (last && part === 'key' ? key : undefined) ?? startOf(node) ?? key ?? offset;
  }
  return offset;
}

/** One index for each map that was looked into: a search for every one of 100,000 bad keys would never end. */
const indexes = new WeakMap<YAMLMap, Map<string, Pair>>();

function childOf(node: unknown, step: PropertyKey): unknown {
  if (isSeq(node)) return typeof step === 'number' ? node.items[step] : undefined;
  if (!isMap(node)) return undefined;
  const index = indexes.get(node) ?? new Map(node.items.map((p) => [isScalar(p.key) ? String(p.key.value) : '', p]));
  indexes.set(node, index);
  return index.get(String(step));
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);
