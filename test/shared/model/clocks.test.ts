import { describe, expect, it } from 'vitest';
import { cloudflare } from '../../../shared/dialects/cloudflare.ts';
import { fastly } from '../../../shared/dialects/fastly.ts';
import { generic } from '../../../shared/dialects/generic.ts';
import { rfc9211 } from '../../../shared/dialects/rfc9211.ts';
import type { Dialect } from '../../../shared/dialects/dialect.ts';
import { freshUntil, guessedIn } from '../../../shared/model/clocks.ts';
import type { Policy } from '../../../shared/topology.ts';

/** Generated at 100, stored at 104, fresh for 60 s. */
const clocks = { generatedAt: { earliest: 100, latest: 100 }, storedAt: { earliest: 104, latest: 104 } };
const end = (dialect: Dialect, policy: Policy = {}) =>
  freshUntil(clocks, 60, dialect.behaviour, policy, guessedIn(dialect, policy));

describe('the end of freshness', () => {
  it('is an instant where both the clock and the effect of Age are known', () => {
    expect(end(rfc9211)).toEqual({ earliest: 160, latest: 160 });
  });

  it('may be a second off where it is assumed how the clock counts', () => {
    expect(end(fastly)).toEqual({ earliest: 159, latest: 161 });
  });

  it.each([generic, cloudflare])('lies between both counts where nobody says whether Age counts: $id', (dialect) => {
    expect(end(dialect)).toEqual({ earliest: 159, latest: 165 });
  });

  it('is one count again where the operator says whether Age counts', () => {
    expect(end(cloudflare, { honoursAge: false })).toEqual({ earliest: 163, latest: 165 });
  });

  it('comes no later than the operator’s cap lets it, also of what is assumed', () => {
    expect(end(rfc9211, { cap: 10 })).toEqual({ earliest: 114, latest: 114 });
    expect(end(cloudflare, { cap: 10 })).toEqual({ earliest: 113, latest: 115 });
  });
});
