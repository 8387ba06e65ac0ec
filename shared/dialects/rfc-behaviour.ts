// How does a shared cache behave that does what the standards ask, and nothing they leave to choice? (RFC 9111, 5861, 9110, 9211, 9213, 9875)
import type { Behaviour } from './dialect.ts';

/** A plain standard cache; also the base from which a test varies one trait. */
export const rfcBehaviour: Behaviour = {
  clock: { kind: 'continuous' },
  honoursAge: true,
  correctsAge: true,
  emitsAge: 'on-hit',
  keepsDate: true,
  lifetimeFrom: ['s-maxage', 'max-age', 'expires'],
  heuristicShare: 0.1,
  grace: 0,
  obeysStaleWhileRevalidate: true,
  obeysStaleIfError: true,
  obeysMustRevalidate: true,
  obeysRequestDirectives: [
    'no-cache',
    'no-store',
    'max-age',
    'min-fresh',
    'max-stale',
    'only-if-cached',
    'stale-if-error',
  ],
  storesSetCookie: true,
  passesRequestsWith: [],
  targetedFields: ['cdn-cache-control'],
  matchesVary: 'meaning',
  storesPartial: true,
  answersRanges: true,
  storesPost: true,
  groups: true,
  storesNoCache: true,
  revalidates: true,
  collapses: true,
  invalidatesOnUnsafe: true,
  purge: { variants: 'all', absentStatus: 404 },
};
