// How are many scenarios compared at once with one running product?
import { wallNow } from '../../probe/exchange/clock.ts';
import { startOrigin } from '../scenarios/origin.ts';
import type { Outcome } from '../scenarios/outcome.ts';
import { play } from '../scenarios/play.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { compare } from './compare.ts';
import type { Comparison } from './compare.ts';
import type { Product } from './products.ts';
import { replay } from './replay.ts';

export interface Session {
  /** What the product does. */
  play(scenario: Scenario): Promise<Outcome>;
  /** In the order of the scenarios. `each` is told of every one as it ends. */
  compareAll(
    scenarios: readonly Scenario[],
    each?: (scenario: Scenario, comparison: Comparison) => void,
  ): Promise<Comparison[]>;
  stop(): Promise<void>;
}

/**
 * @param atOnce scenarios that are played at the same time
 * @throws Error when the product does not start, or has no dialect and so no model
 */
export async function openSession(product: Product, atOnce: number): Promise<Session> {
  const { dialect, policy, purges } = product;
  if (dialect === undefined)
    throw new Error(`there is no dialect '${product.id}', so there is no model to compare with`);
  const origin = await startOrigin();
  const cache = await product.start(origin.address).catch(async (error: unknown) => {
    await origin.stop();
    throw error;
  });
  let begun = 0;
  const playOne = (scenario: Scenario): Promise<Outcome> => {
    begun += 1;
    return play(scenario, cache.address, origin, ((begun * 7) % 20) / 20);
  };
  const compareOne = async (scenario: Scenario): Promise<Comparison> => {
    const seen = await playOne(scenario);
    const { early, late } = replay(scenario, seen, { dialect, policy, purge: purges });
    return compare(scenario, seen, early, late);
  };
  return {
    play: playOne,
    compareAll: async (scenarios, each) => {
      const comparisons: Comparison[] = [];
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let i = next++; i < scenarios.length; i = next++) {
          comparisons[i] = await compareOne(scenarios[i]!);
          each?.(scenarios[i]!, comparisons[i]!);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      return comparisons;
    },
    stop: async () => {
      await cache.stop();
      await origin.stop();
    },
  };
}

/** Seconds since `start`, which `wallNow` gave. */
export const since = (start: number): number => Math.round((wallNow() - start) * 10) / 10;
