// How many responses a second are told hop by hop, beside a library that reads the same heads for one cache?
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import CachePolicy from 'http-cache-semantics';
import { hopsIn } from '../../shared/hops.ts';
import type { FieldLine } from '../../shared/http/fields.ts';

interface Head {
  readonly status: number;
  readonly fields: readonly FieldLine[];
}

/** Responses read in a second of one processor, one right after the other. */
export interface DecodeRound {
  readonly ours: number;
  /** What http-cache-semantics makes of the same field lines, from which it wants an object. */
  readonly peer: number;
}

export interface DecodeRates {
  readonly count: number;
  readonly hops: number;
  readonly rounds: readonly DecodeRound[];
}

/** `rounds` turns of each, in turn, each of some seconds. Needs the fixtures of the working tree. */
export function decodeRates(rounds: number, seconds: number): DecodeRates {
  const heads = [...captured(), ...composed()];
  const request = { method: 'GET', url: '/', headers: {} };
  const readOurs = () => heads.reduce((hops, { fields, status }) => hops + hopsIn(fields, status).length, 0);
  const readPeer = () =>
    heads.reduce((fresh, { status, fields }) => {
      const policy = new CachePolicy(request, { status, headers: headersOf(fields) }, { shared: true });
      return fresh + (policy.storable() && !policy.stale() ? policy.age() : 0);
    }, 0);
  const turn = (): DecodeRound => ({
    ours: heads.length * rate(seconds, readOurs),
    peer: heads.length * rate(seconds, readPeer),
  });
  // the first turn is for the compiler
  turn();
  return { count: heads.length, hops: readOurs(), rounds: Array.from({ length: rounds }, turn) };
}

/** The peer wants each field once, in lower case. */
function headersOf(fields: Head['fields']): Record<string, string> {
  const made: Record<string, string> = {};
  for (const [name, value] of fields) made[name.toLowerCase()] = value;
  return made;
}

const folder = (name: string): string => join(process.cwd(), 'test/fixtures', name);

function captured(): Head[] {
  const files = readdirSync(folder('captured')).filter((file) => file.endsWith('.jsonl'));
  return files.flatMap((file) =>
    readFileSync(join(folder('captured'), file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Head),
  );
}

function composed(): Head[] {
  const files = readdirSync(folder('dialects')).filter((file) => file.endsWith('.http'));
  return files.map((file) => {
    const [, status = '', ...lines] = readFileSync(join(folder('dialects'), file), 'utf8').split('\n');
    const fields = lines.flatMap((line): FieldLine[] => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trim()]] : [];
    });
    return { status: Number(status.split(' ')[1]), fields };
  });
}

/** Times a second of processor time, so that what else the machine does counts for neither. */
function rate(seconds: number, work: () => unknown): number {
  const spent = (): number => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1e6;
  };
  const started = process.cpuUsage();
  let done = 0;
  while (spent() < seconds) {
    work();
    done += 1;
  }
  return done / spent();
}
