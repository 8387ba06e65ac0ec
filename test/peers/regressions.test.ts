// Needs each product that it names: does it still do what was once found, and does its model do the same, by the trait that was made for it?
import { beforeAll, describe, expect, it } from 'vitest';
import type { Dialect } from '../../shared/dialects/dialect.ts';
import { rfcBehaviour } from '../../shared/dialects/rfc-behaviour.ts';
import { compare } from '../differential/compare.ts';
import type { Comparison } from '../differential/compare.ts';
import { productOf } from '../differential/products.ts';
import type { Product } from '../differential/products.ts';
import { regressionsOf } from '../differential/regressions.ts';
import type { Regression } from '../differential/regressions.ts';
import { replay } from '../differential/replay.ts';
import { openSession } from '../differential/session.ts';
import { settingOf } from '../differential/settings.ts';
import type { Outcome } from '../scenarios/outcome.ts';
import { needs } from './needs.ts';

const PROGRAMS: Readonly<Record<string, string>> = {
  varnish: 'varnishd',
  nginx: 'nginx',
  squid: 'squid',
  trafficserver: 'traffic_server',
  httpd: 'apache2',
  haproxy: 'haproxy',
};

/** A machine that is busy may answer so late that a step is too close to call: then it is played again. */
const TRIES = 4;

/** The same product, but for one trait, in which it is a plain standard cache. */
function without(trait: string, { behaviour, ...dialect }: Dialect): Dialect {
  const plain = Object.entries(rfcBehaviour).filter(([name]) => name === trait);
  const rest = Object.entries(behaviour).filter(([name]) => name !== trait);
  return { ...dialect, behaviour: Object.fromEntries([...rest, ...plain]) as unknown as Dialect['behaviour'] };
}

function compared({ scenario }: Regression, seen: Outcome, dialect: Dialect, product: Product): Comparison {
  const { early, late } = replay(scenario, seen, { dialect, policy: product.policy, purge: product.purges });
  return compare(scenario, seen, early, late);
}

/** What the product did, and how it compares with its model. */
type Played = Readonly<Record<'seen', Outcome> & Record<'comparison', Comparison>>;

async function playAll(product: Product, dialect: Dialect, regressions: readonly Regression[]): Promise<Played[]> {
  const session = await openSession(product, regressions.length);
  try {
    return await Promise.all(
      regressions.map(async (regression) => {
        for (let tries = 1; ; tries++) {
          const seen = await session.play(regression.scenario);
          const comparison = compared(regression, seen, dialect, product);
          if (comparison.unclear === 0 || tries === TRIES) return { seen, comparison };
        }
      }),
    );
  } finally {
    await session.stop();
  }
}

for (const [id, program] of Object.entries(PROGRAMS)) {
  const settings = new Set(regressionsOf(id).map(({ setting }) => setting));
  const isThere = settings.size > 0 && needs(program);

  for (const setting of settings) {
    const product = productOf(id, setting === undefined ? {} : settingOf(setting).policy);
    const regressions = regressionsOf(id).filter((regression) => regression.setting === setting);
    const dialect = product.dialect!;

    describe.runIf(isThere)(`${id}${setting === undefined ? '' : `, set as ${setting}`}`, () => {
      let played: readonly Played[] = [];
      beforeAll(async () => void (played = await playAll(product, dialect, regressions)));

      it.each(regressions.map((regression, i) => ({ claims: regression.claims, regression, i })))(
        '$claims',
        ({ regression, i }) => {
          const { seen, comparison } = played[i]!;
          expect(comparison).toEqual({ agreed: regression.scenario.steps.length, after: 0, unclear: 0 });
          if (regression.trait === undefined) return;
          const plain = compared(regression, seen, without(regression.trait, dialect), product);
          expect(plain.disagreement, `the model parts from it without '${regression.trait}'`).toBeDefined();
        },
      );
    });
  }
}
