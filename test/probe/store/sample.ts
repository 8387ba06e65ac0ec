// Small pieces of a trace for the tests of the store and the server.
import type { TraceDocument } from '../../../shared/api.ts';
import type { Observation } from '../../../shared/observation.ts';
import type { Topology } from '../../../shared/topology.ts';
import type { LiveMessage, PurgeReceipt, RecordedForecast } from '../../../shared/trace.ts';

export const topology: Topology = {
  title: 'Sample',
  layers: [
    {
      id: 'edge',
      role: 'cache',
      nodes: [{ id: 'edge-1', address: 'http://127.0.0.1:6081' }],
      parents: ['origin'],
      placement: 'any',
      policy: {},
      purge: {
        by: 'http-purge',
        scope: 'url',
        soft: false,
        tags: [],
        settings: { method: 'PURGE', path: '{path}', headers: {} },
      },
      budget: 20,
    },
    {
      id: 'origin',
      role: 'origin',
      nodes: [{ id: 'app-1', address: 'http://127.0.0.1:9000' }],
      parents: [],
      placement: 'any',
      policy: {},
      budget: 20,
    },
  ],
  targets: [
    {
      id: 'home',
      url: 'http://shop.example/',
      marker: { digest: true },
      ignore: [],
      assets: false,
      variants: [{ id: 'default', headers: {} }],
    },
  ],
};

/** An observation whose response arrived at `at` (seconds). */
export function observation(id: number, at = id, reason = 'OK'): LiveMessage & { data: Observation } {
  return {
    type: 'observation',
    data: {
      id,
      layer: 'edge',
      node: 'edge-1',
      target: 'home',
      variant: 'default',
      request: { method: 'GET', url: 'http://shop.example/', address: 'http://127.0.0.1:6081', fields: [] },
      requestTime: at - 0.01,
      responseTime: at,
      timings: { total: 0.01 },
      result: {
        kind: 'answer',
        httpVersion: '1.1',
        status: 200,
        reason,
        fields: [['age', '3']],
        bytes: 10,
        decodedBytes: 10,
      },
    },
  };
}

export function event(id: number, at: number): LiveMessage {
  return { type: 'event', data: { id, type: 'deploy', at: { earliest: at, latest: at } } };
}

export function receipt(
  id: number,
  outcome: PurgeReceipt['outcome'],
  sentAt: number,
  answeredAt?: number,
): LiveMessage {
  return {
    type: 'receipt',
    data: {
      id,
      layer: 'edge',
      node: 'edge-1',
      target: 'home',
      variant: 'default',
      method: 'PURGE',
      url: 'http://shop.example/',
      outcome,
      sentAt,
      ...(answeredAt !== undefined && { answeredAt, status: 200 }),
      summary: outcome,
    },
  };
}

export function forecast(id: number, madeAt: number, score?: RecordedForecast['score']): LiveMessage {
  return {
    type: 'forecast',
    data: {
      id,
      forecast: {
        audience: 'new-visitor',
        layer: 'edge',
        node: 'edge-1',
        target: 'home',
        variant: 'default',
        madeAt,
        traffic: 'busy',
        earliest: madeAt + 10,
        visible: false,
        terms: [],
      },
      ...(score !== undefined && { score }),
    },
  };
}

/** What a trace said at its end. */
export const said: TraceDocument = {
  strata: 1,
  verb: 'trace',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:05.000Z',
  events: [],
  flips: [],
  percentiles: { p50: { earliest: 1, latest: 2 } },
  notSeen: [],
  causes: [],
  requests: 7,
};
