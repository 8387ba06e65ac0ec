// Which pages besides those of the topology may be asked about, and how are they reached?
import type { RecordedResponse } from '../../shared/recorded-response.ts';
import { createExchanger } from '../exchange/exchange.ts';
import { createGuard } from '../exchange/guard.ts';
import type { Guard, Resolve } from '../exchange/guard.ts';
import { followed } from '../explain/followed.ts';
import { RequestProblem } from '../server/engine.ts';

/** Whether one of these names it: a host, or `*.` and the name that all of its subdomains end in. */
export function isAskable(askable: readonly string[], host: string): boolean {
  const asked = host.toLowerCase();
  return askable.some((name) => {
    const known = name.toLowerCase();
    return known.startsWith('*.') ? asked.endsWith(known.slice(1)) : asked === known;
  });
}

/** Admits the hosts of this list, at public addresses; every redirect is judged by it too. */
export function elsewhereGuard(askable: readonly string[], resolve?: Resolve): Guard {
  const guard = createGuard({ named: [], ...(resolve !== undefined && { resolve }) });
  return {
    async admit(host, port) {
      if (isAskable(askable, host)) return guard.admit(host, port);
      return {
        admitted: false,
        why: 'address-refused',
        message: `${host} is no host that this service was told to ask`,
      };
    },
  };
}

/**
 * The redirect chain of a page of a host in this list.
 * @throws RequestProblem where nothing answered
 */
export async function askElsewhere(askable: readonly string[], url: string): Promise<readonly RecordedResponse[]> {
  const guard = elsewhereGuard(askable);
  const exchanger = createExchanger({ guard });
  try {
    const { responses, problem } = await followed(url, guard, exchanger, undefined);
    if (responses.length === 0) throw new RequestProblem('url', problem ?? 'Nothing answered.');
    return responses;
  } finally {
    await exchanger.close();
  }
}
