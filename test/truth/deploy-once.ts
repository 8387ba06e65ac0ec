// One deploy through a running stack: what was forecast for each outermost node, and what then truly happened?
import { setTimeout as sleep } from 'node:timers/promises';
import { forecastAll } from '../../shared/model/forecast-all.ts';
import type { Forecast } from '../../shared/model/forecast.ts';
import type { Interval } from '../../shared/model/interval.ts';
import { changeIn, statesOf } from '../../shared/model/reading.ts';
import { outermost, type Topology } from '../../shared/topology.ts';
import type { Exchanger } from '../../probe/exchange/exchange.ts';
import type { Lab } from '../../probe/lab/lab.ts';
import { look, settle } from '../../probe/trace/look.ts';
import { placesOf } from '../../probe/trace/places.ts';
import { Session } from '../../probe/trace/session.ts';
import { watch } from '../../probe/trace/watch.ts';
import { pollForFlip } from './flip-poller.ts';

/** `watched`: the nodes were in sight before the deploy; `asked`: the first question came after it. */
export type Knowledge = 'watched' | 'asked';

export interface Outcome {
  readonly knowledge: Knowledge;
  readonly lifetime: number;
  readonly node: string;
  readonly flippedAt: Interval;
  readonly forecast: Forecast;
  /** What `lifetime - Age` of this node alone would have said. */
  readonly naive?: number;
  readonly sendsAge: boolean;
}

export interface Run {
  readonly lab: Lab;
  readonly exchanger: Exchanger;
  readonly lifetime: number;
  /** Unique for each run: the site and its page. */
  readonly site: string;
  readonly knowledge: Knowledge;
  /** Seconds of looking before the deploy, and of asking after it. */
  readonly before: number;
  readonly asking: number;
  /** Seconds between two questions of the independent poller. */
  readonly gap: number;
}

export async function deployOnce(run: Run): Promise<Outcome[]> {
  const { lab, lifetime, site, knowledge } = run;
  const path = `/site/${site}/life/${lifetime}`;
  const topology = withTarget(lab.topology, path);
  const host = new URL(topology.targets[0]!.url).host;
  const warm = outermost(topology).flatMap((l) => l.nodes);
  const session = new Session({ topology, exchanger: run.exchanger });
  const watching = knowledge === 'watched' ? watch(session, placesOf(topology)) : undefined;
  // Others use the page, too: copies must be there, with phases of their own, before the deploy.
  const users = warm.map((n) => pollForFlip(n.address, host, path, 'never', 0.2 + Math.random() * lifetime * 0.2));
  for (const user of users) user.flipped.catch(() => undefined);
  await sleep(run.before * 1000);
  const { build } = await lab.origin.deploy({ site });
  const pollers = new Map(warm.map((n) => [n.id, pollForFlip(n.address, host, path, build, run.gap)]));
  const places = placesOf(topology);
  if (knowledge === 'watched') await sleep(300);
  else await look(session, places).then(() => settle(session, places, run.asking));
  const forecasts = forecastNow(session, build);
  const outcomes: Outcome[] = [];
  for (const { forecast, naive, sendsAge } of forecasts) {
    const flippedAt = await pollers.get(forecast.node)!.flipped;
    if (forecast.visible || flippedAt.latest < forecast.madeAt) continue;
    outcomes.push({
      knowledge,
      lifetime,
      node: forecast.node,
      flippedAt,
      forecast,
      sendsAge,
      ...(naive === undefined ? {} : { naive }),
    });
  }
  for (const poller of [...pollers.values(), ...users]) poller.stop();
  await watching?.stop();
  return outcomes;
}

function forecastNow(session: Session, build: string) {
  const { target, variant } = { target: session.topology.targets[0]!.id, variant: 'default' };
  const states = statesOf(session.reading, target, variant);
  const change = changeIn(session.reading, target, variant, build);
  const now = session.now();
  return forecastAll(session.topology, states, change, {}, now)
    .filter((f) => f.audience === 'new-visitor')
    .map((forecast) => {
      const state = states.find((s) => s.node === forecast.node);
      const naive = state?.lifetime === undefined ? undefined : now + state.lifetime - (state.age ?? 0);
      return { forecast, sendsAge: state?.age !== undefined, ...(naive === undefined ? {} : { naive }) };
    });
}

function withTarget(topology: Topology, path: string): Topology {
  const url = new URL(path, topology.targets[0]!.url).href;
  return { ...topology, targets: [{ ...topology.targets[0]!, url, assets: false }] };
}
