import { describe, expect, it } from 'vitest';
import { NEWEST } from '../../../shared/model/newest.ts';
import { advance, emptyReading, type Reading } from '../../../shared/model/reading.ts';
import type { Forecast } from '../../../shared/model/forecast.ts';
import type { LiveMessage, PurgeReceipt } from '../../../shared/trace.ts';
import { simulatedStack } from './simulated-stack.ts';

const { topology } = simulatedStack([{ dialect: 'varnish', nodes: ['edge-1', 'edge-2'] }], 'max-age=10');
const MANY = 12_000;
const MOST = 1.25 * NEWEST;

const at = (t: number) => ({ earliest: t, latest: t });
const deploy = (id: number): LiveMessage => ({
  type: 'event',
  data: { id, type: 'deploy', at: at(id), marker: `v${id}` },
});
const sent = (id: number, node = 'edge-1'): LiveMessage => ({
  type: 'event',
  data: { id, type: 'purge-sent', at: at(id), layer: 'varnish', node },
});
const receipt = (id: number, node = 'edge-1', outcome: PurgeReceipt['outcome'] = 'accepted'): LiveMessage => ({
  type: 'receipt',
  data: { id, layer: 'varnish', node, method: 'PURGE', url: 'http://a/', outcome, sentAt: id, summary: '' },
});
function forecast(id: number, node = 'edge-1'): LiveMessage {
  const place = { layer: 'varnish', node, target: 'home', variant: 'default' };
  const traffic = { kind: 'rate', perSecond: 1 } as unknown as Forecast['traffic'];
  const told = { audience: 'new-visitor', ...place, madeAt: id, traffic, earliest: id, visible: false, terms: [] };
  return { type: 'forecast', data: { id, forecast: told as Forecast } };
}

const readingOf = (messages: readonly LiveMessage[], from: Reading = emptyReading(topology)): Reading =>
  messages.reduce(advance, from);
const many = (message: (id: number) => LiveMessage): LiveMessage[] =>
  Array.from({ length: MANY }, (_, i) => message(i + 10));
const ids = (all: readonly { readonly id: number }[]): number[] => all.map((x) => x.id);

describe('what is read for months', () => {
  it('holds no more events, receipts and forecasts than it ever did, and the newest of them all', () => {
    const reading = readingOf([...many(deploy), ...many((id) => receipt(id)), ...many((id) => forecast(id))]);
    for (const kept of [reading.events, reading.receipts, reading.forecasts]) {
      expect(kept.length).toBeLessThanOrEqual(MOST);
      expect(ids(kept).slice(-NEWEST)).toEqual(Array.from({ length: NEWEST }, (_, i) => MANY + 10 - NEWEST + i));
    }
  });

  it('still knows of the deploy before thousands of purges, and of the last purge of a node that had no more', () => {
    const { events, receipts } = readingOf([
      deploy(1),
      sent(2, 'edge-2'),
      sent(3, 'edge-2'),
      receipt(4, 'edge-2'),
      receipt(5, 'edge-2'),
      ...many((id) => sent(id)),
      ...many((id) => receipt(id)),
    ]);
    expect(ids(events).slice(0, 2)).toEqual([1, 3]);
    expect(ids(receipts)[0]).toBe(5);
  });

  it('keeps the last forecast of a place that has had none since', () => {
    const { forecasts } = readingOf([
      forecast(1, 'edge-2'),
      forecast(2, 'edge-2'),
      ...many((id) => forecast(id, 'edge-1')),
    ]);
    expect(ids(forecasts)[0]).toBe(2);
  });

  it('keeps all of an ordinary trace, each in the place in which it was first told', () => {
    const reading = readingOf([receipt(1, 'edge-1', 'unknown'), receipt(2, 'edge-2', 'unknown'), receipt(1)]);
    expect(reading.receipts.map((r) => [r.id, r.outcome])).toEqual([
      [1, 'accepted'],
      [2, 'unknown'],
    ]);
    const ordinary = readingOf(Array.from({ length: NEWEST }, (_, i) => forecast(i + 1)));
    expect(ordinary.forecasts).toHaveLength(NEWEST);
  });
});
