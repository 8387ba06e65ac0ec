// How does a command get at the nodes? A session on the topology that was named, for the places that were chosen, closed at the end.
import { ConfigError } from '../../shared/config-problem.ts';
import { envNames } from '../../shared/env-reference.ts';
import type { Topology } from '../../shared/topology.ts';
import type { Run } from '../../shared/trace.ts';
import { Session } from '../trace/session.ts';
import { type Choice, placesOf } from '../trace/places.ts';
import type { ExitCode } from './exit-code.ts';
import { chosenIn, loadTopology } from './load-topology.ts';
import type { PlaceOptions } from './options.ts';
import { beginRecording, type Recording, type RecordOptions } from './recording.ts';

/** What a command that records says of itself. */
export interface Recorded {
  readonly options: RecordOptions;
  readonly run: Pick<Run, 'kind' | 'expect' | 'since'>;
  /** Whether it sends purges, which are written down before. */
  readonly purges: boolean;
}

/**
 * @param recorded absent: nothing is kept
 * @throws ConfigError for a topology, an id or an environment variable that is not right, or for a purge that cannot be recorded
 */
export async function withSession(
  options: PlaceOptions,
  work: (session: Session, chosen: Choice, run: Recording | undefined) => Promise<ExitCode>,
  recorded?: Recorded,
): Promise<ExitCode> {
  const topology = await loadTopology(options.topology);
  const chosen = chosenIn(topology, options);
  requireSecrets(topology, chosen);
  const run =
    recorded &&
    (await beginRecording(recorded.options, topology, { ...recorded.run, ...told(chosen) }, recorded.purges));
  const session = new Session({
    topology,
    ...(run !== undefined && { record: run.record }),
    ...(options.timeout !== undefined && { timeout: options.timeout }),
  });
  try {
    return await work(session, chosen, run);
  } finally {
    await session.close();
    await run?.end();
  }
}

/** Only what was chosen. */
const told = (chosen: Choice): Partial<Record<keyof Choice, string>> =>
  Object.fromEntries(Object.entries(chosen).filter(([, id]) => id !== undefined));

/** Before the first request, so that nothing is half done. */
function requireSecrets(topology: Topology, chosen: Choice): void {
  const places = placesOf(topology, chosen);
  if (places.length === 0)
    throw new ConfigError('Nothing is left to ask: no node, target and variant fits all that was chosen.');
  for (const { target, variant } of places) {
    const missing = Object.values(variant.headers)
      .flatMap(envNames)
      .find((name) => !process.env[name]);
    if (missing === undefined) continue;
    throw new ConfigError(
      `Variant ${variant.id} of ${target.id} needs the environment variable ${missing}; set it where strata runs.`,
    );
  }
}

/** Every place that was asked failed: nothing is known. */
export const nobodyAnswered = ({ reading }: Session): boolean =>
  [...reading.tracks.values()].every((track) => track.state.outcome === 'failed');

/** No origin has answered: whether it serves the change is not known. */
export const originsSilent = ({ reading, topology }: Session): boolean => {
  const origins = topology.layers.filter((l) => l.role === 'origin').map((l) => `${l.id}/`);
  const asked = [...reading.tracks].filter(([key]) => origins.some((origin) => key.startsWith(origin)));
  return asked.length > 0 && asked.every(([, track]) => track.state.outcome === 'failed');
};
