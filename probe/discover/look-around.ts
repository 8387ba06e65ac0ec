// What does a page answer over several new connections, at each of its addresses? Politely: one at a time, and not fast.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address, Seen, Sighting } from '../../shared/discover/seen.ts';
import type { Answer, Failure } from '../../shared/observation.ts';
import { createExchanger, type Exchanged, type Exchanger } from '../exchange/exchange.ts';
import type { Guard } from '../exchange/guard.ts';
import { entranceOf, guardFor, isUnreached, type Way } from './entrance.ts';
import { restText, wantsRest } from './rest.ts';

export interface LookAround extends Way {
  /** How many answers to ask for, 1 to `MOST_CONNECTIONS`. */
  readonly connections: number;
  /** Seconds between two requests; default 0.25. */
  readonly pause?: number;
}

export const MOST_CONNECTIONS = 64;

export type Around =
  | {
      readonly seen: Seen;
      /** What was not as it should be, one sentence each. */
      readonly problems: readonly string[];
    }
  | { readonly problem: string };

/** The beginning of a page, where its signs of a version stand. */
const BEGINNING = { marker: { regex: '^[\\s\\S]{1,65536}' }, ignore: [], assets: false };

/** One place to connect to. */
export interface Door {
  readonly ip: string;
  /** `scheme://host:port`; Host and SNI stay the page's. */
  readonly address: string;
  readonly guard: Guard;
}

/** Through every address that the page's host has. Never throws for anything that a server did. */
export async function lookAround(start: string, options: LookAround): Promise<Around> {
  const entrance = await entranceOf(start, options);
  if (typeof entrance === 'string') return { problem: entrance };
  const { url, addresses } = entrance;
  const doors = addresses.map((ip) => ({ ip, address: new URL(url).origin, guard: guardFor(start, ip) }));
  return lookThrough(doors, { asked: start, url }, options);
}

/** Through these doors only, in turns; redirects are not followed. */
export async function lookThrough(doors: readonly Door[], page: Page, options: LookAround): Promise<Around> {
  const ways = doors.map((door) => ({ ...door, exchanger: createExchanger({ guard: door.guard }) }));
  try {
    return judged(doors, page, await answersOf(page.url, ways, options));
  } finally {
    await Promise.all(ways.map(({ exchanger }) => exchanger.close()));
  }
}

type Page = Pick<Seen, 'asked' | 'url'>;
type OpenDoor = Door & { readonly exchanger: Exchanger };

interface Asked {
  readonly ip: string;
  readonly result: Answer | Failure;
  readonly responseTime: number;
}

/** Who cannot be reached is asked once, and who fails otherwise twice. */
function isHopeless(ip: string, asked: readonly Asked[]): boolean {
  const failures = asked.flatMap((a) => (a.ip === ip && a.result.kind === 'failure' ? [a.result] : []));
  return failures.length > 1 || failures.some(isUnreached);
}

async function answersOf(
  url: string,
  doors: readonly OpenDoor[],
  { connections, pause = 0.25, limits, signal }: LookAround,
): Promise<Asked[]> {
  const asked: Asked[] = [];
  const left = [...doors];
  // bodies that are larger than is read tell nothing, and their heads are lost with them
  let headOnly = false;
  for (let i = 0; asked.length < connections; i++) {
    const door = left.shift();
    if (door === undefined || signal?.aborted === true) break;
    if (i > 0) await sleep(pause * 1000);
    const ask = {
      url,
      address: door.address,
      ...(headOnly ? { headOnly: true as const } : { read: BEGINNING }),
      ...(limits !== undefined && { limits }),
    };
    let answer: Exchanged = await door.exchanger.exchange(ask, signal);
    if (!headOnly && answer.result.kind === 'failure' && answer.result.phase === 'body') {
      headOnly = true;
      answer = await door.exchanger.exchange({ ...ask, headOnly: true }, signal);
    }
    asked.push({ ip: door.ip, result: answer.result, responseTime: answer.responseTime });
    if (wantsRest(answer.result)) break;
    if (!isHopeless(door.ip, asked)) left.push(door);
  }
  return asked;
}

function judged(doors: readonly Door[], { asked: start, url }: Page, asked: readonly Asked[]): Around {
  const rest = asked.find(({ result }) => wantsRest(result));
  const sightings = asked.flatMap(sightingOf);
  const failed = asked.filter(({ result }) => result.kind === 'failure');
  const problems = [
    ...new Set(failed.map(failureText)),
    ...errorTexts(url, sightings),
    ...(rest === undefined ? [] : [restText(url, rest.result, sightings.length)]),
  ];
  if (sightings.length === 0) return { problem: problems.at(-1) ?? `${url} was not asked.` };
  const seen: Seen = {
    asked: start,
    url,
    addresses: doors.map(({ ip, address }) => {
      return { ...addressOf(ip, asked), ...(address !== new URL(url).origin && { at: address }) };
    }),
    sightings,
  };
  return { seen, problems };
}

function addressOf(ip: string, asked: readonly Asked[]): Address {
  const own = asked.filter((a) => a.ip === ip);
  if (own.length === 0) return { ip, notAsked: true };
  const { result } = own[0]!;
  if (result.kind === 'answer' || own.some((a) => a.result.kind === 'answer')) return { ip };
  return { ip, problem: result.message };
}

const errorTexts = (url: string, sightings: readonly Sighting[]): string[] =>
  [...new Set(sightings.map(({ status }) => status))]
    .filter((status) => status >= 400)
    .map((status) => `${url} answers ${status}: what is said here is of such answers.`);

const failureText = ({ ip, result }: Asked): string =>
  `${ip} did not answer: ${result.kind === 'failure' ? result.message : ''}.`;

function sightingOf({ ip, result, responseTime }: Asked): Sighting[] {
  if (result.kind === 'failure' || wantsRest(result)) return [];
  const { status, fields, digest, marker } = result;
  return [
    {
      ip,
      responseTime,
      status,
      fields,
      ...(digest !== undefined && { digest }),
      ...(marker !== undefined && { text: marker }),
    },
  ];
}
