// What did others do that Strata did not see? `--deployed TIME` and `--purged TIME[:layer]`.
import { InvalidArgumentError, type Command } from 'commander';
import { ConfigError } from '../../shared/config-problem.ts';
import { parseDuration } from '../../shared/duration.ts';
import { interval, type Instant } from '../../shared/model/interval.ts';
import { suggestion } from '../../shared/nearest.ts';
import type { Topology } from '../../shared/topology.ts';
import type { TraceEvent } from '../../shared/trace.ts';
import type { Session } from '../trace/session.ts';

/** An instant, or seconds before now. */
export type Told = { readonly at: Instant } | { readonly ago: number };

export interface ToldOptions {
  readonly deployed?: readonly Told[];
  /** Another word for `deployed`, where a command takes it. */
  readonly at?: readonly Told[];
  readonly purged?: readonly (Told & { readonly layer?: string })[];
}

const FORM = 'Write ISO 8601 (2026-03-01T14:32:10Z) or how long ago (-90s).';
const TIME = /^(-[\w.]+|\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))(?::(.+))?$/i;

/** @param alias one more name for --deployed */
export function withToldOptions(command: Command, alias?: 'at'): Command {
  if (alias !== undefined) command.option(`--${alias} <time>`, 'the same as --deployed', deployed);
  return command
    .option(
      '--deployed <time>',
      'when the change went live: ISO 8601, or -90s (repeatable; default: as it was recorded in the last day)',
      deployed,
    )
    .option('--purged <time[:layer]>', 'when somebody purged, and which layer (repeatable)', purged);
}

const deployed = (written: string, before: readonly Told[] = []): readonly Told[] => [...before, toldTime(written)];

const purged = (
  written: string,
  before: NonNullable<ToldOptions['purged']> = [],
): NonNullable<ToldOptions['purged']> => {
  const { time, rest } = parts(written);
  return [...before, { ...time, ...(rest !== undefined && { layer: rest }) }];
};

function parts(written: string): { time: Told; rest: string | undefined } {
  const [, time = '', rest] = TIME.exec(written) ?? [];
  if (time.startsWith('-')) {
    const ago = parseDuration(time.slice(1));
    if (ago !== undefined) return { time: { ago }, rest };
  } else {
    const at = Date.parse(time) / 1000;
    if (Number.isFinite(at)) return { time: { at }, rest };
  }
  throw new InvalidArgumentError(FORM);
}

/** One instant. @throws InvalidArgumentError for what is none */
export function toldTime(written: string): Told {
  const { time, rest } = parts(written);
  if (rest !== undefined) throw new InvalidArgumentError(FORM);
  return time;
}

/** The told instants as events of the session. @throws ConfigError for a layer that is not there */
export function toldEvents(options: ToldOptions, session: Session): TraceEvent[] {
  const at = (told: Told) => interval(instantOf(told, session), instantOf(told, session));
  const deploys = (options.deployed ?? []).map((t): TraceEvent => ({
    id: session.takeId(),
    type: 'deploy',
    at: at(t),
  }));
  const purges = (options.purged ?? []).flatMap((t) =>
    nodesOf(session.topology, t.layer).map((place): TraceEvent => ({
      id: session.takeId(),
      type: 'purge-accepted',
      at: at(t),
      ...place,
    })),
  );
  return [...deploys, ...purges];
}

function nodesOf(topology: Topology, layer: string | undefined): { layer: string; node: string }[] {
  const ids = topology.layers.map((l) => l.id);
  if (layer !== undefined && !ids.includes(layer)) {
    throw new ConfigError(`There is no layer "${layer}" in the topology${suggestion(layer, ids)}`);
  }
  const layers = topology.layers.filter((l) => (layer === undefined ? l.role === 'cache' : l.id === layer));
  return layers.flatMap((l) => l.nodes.map((n) => ({ layer: l.id, node: n.id })));
}

/** The clock of the machine that deployed may be ahead by so many seconds. */
const CLOCKS_DIFFER = 60;

/** When the change went live, by the last that was told of it. @throws ConfigError for an instant that is still to come */
export function deployTold(told: ToldOptions['deployed'], session: Session): Instant | undefined {
  const last = told?.at(-1);
  if (last === undefined) return undefined;
  const [at, now] = [instantOf(last, session), session.now()];
  if (at > now + CLOCKS_DIFFER) throw new ConfigError('The deploy that was told is still to come; say when it began.');
  return Math.min(at, now);
}

export const instantOf = (told: Told, session: Session): Instant => ('at' in told ? told.at : session.now() - told.ago);
