// How does a browser's own cache behave? As the private cache of RFC 9111; it writes no field that another could read.
// Source: RFC 9111 and RFC 5861 for private caches; nothing was measured.
import type { Dialect } from './dialect.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

export const browser: Dialect = {
  id: 'browser',
  title: 'a browser',
  reference: 'https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.7',
  reads: [],
  signature: () => undefined,
  decode: () => undefined,
  speak: () => [],
  behaviour: {
    ...rfcBehaviour,
    isPrivate: true,
    lifetimeFrom: ['max-age', 'expires'],
    targetedFields: [],
  },
  grounds: {
    usual: 'assumed',
    by: 'https://www.rfc-editor.org/rfc/rfc9111',
    except: {
      documented: [
        'isPrivate',
        'lifetimeFrom',
        'targetedFields',
        'honoursAge',
        'correctsAge',
        'obeysMustRevalidate',
        'storesNoCache',
        'storesSetCookie',
        'revalidates',
        'invalidatesOnUnsafe',
      ],
    },
  },
};
