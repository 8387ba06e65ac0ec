// One step of a plan for a page at one node, to see which message it makes and how a reply is read.
import type { FieldLine } from '../../../shared/http/fields.ts';
import { readPurge } from '../../../shared/purge/index.ts';
import type { Layer, Target } from '../../../shared/topology.ts';
import type { HttpMessage, PurgeReply, PurgeStep } from '../../../probe/purgers/purger.ts';
import { purgerOf } from '../../../probe/purgers/index.ts';

export interface OneStep {
  readonly url?: string;
  readonly dialect?: string;
  /** What selects the variant. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const moment = { env: {}, now: 0, nonce: 'deadbeef'.repeat(4) };

/** @param by what stands under `purge:` */
export function stepOf(by: Parameters<typeof readPurge>[0], options: OneStep = {}): PurgeStep {
  const { url = 'https://shop.example/a?b=1', dialect, headers = {} } = options;
  const purge = readPurge(by);
  const node = { id: 'edge-1', address: 'http://192.0.2.1:3128' };
  const layer: Layer = {
    id: 'edge',
    role: 'cache',
    ...(dialect === undefined ? {} : { dialect }),
    nodes: [node],
    parents: [],
    placement: 'any',
    policy: {},
    purge,
    budget: 1,
  };
  const target: Target = { id: 'home', url, marker: { digest: true }, ignore: [], assets: false, variants: [] };
  const pages: PurgeStep['pages'] = [{ target, variant: { id: 'default', headers }, method: 'GET', headers }];
  return { layer, node, pages, purge, wave: 0, after: 0, rebound: false, because: '' };
}

/** The message that this step makes, for purgers that speak HTTP. */
export function httpMessage(step: PurgeStep): HttpMessage {
  const message = purgerOf(step.purge.by).message(step, moment);
  if (message.over !== 'http') throw new Error(`it is sent over ${message.over}`);
  return message;
}

/** How a reply by HTTP is read. */
export const readAs = (step: PurgeStep, status: number, fields: readonly FieldLine[] = [], text = '') => {
  const reply: PurgeReply = { over: 'http', status, fields, text };
  return purgerOf(step.purge.by).read(reply, step);
};
