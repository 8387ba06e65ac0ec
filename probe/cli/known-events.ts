// Which deploys and purges need not be told, because they are in the history? What is told counts instead of them.
import type { Instant } from '../../shared/model/interval.ts';
import type { TraceEvent } from '../../shared/trace.ts';
import type { PastEvent } from '../store/recent-events.ts';
import type { Session } from '../trace/session.ts';
import { dataFolderOf, type DataOptions } from './data-folder.ts';
import { toldEvents, type ToldOptions } from './told.ts';

/** What was told and, of each kind that was not, what was recorded in the last day. Rejects with ConfigError as `toldEvents`. */
export async function knownEvents(options: ToldOptions & DataOptions, session: Session): Promise<TraceEvent[]> {
  const told = toldEvents(options, session);
  const recent = await recordedLately(options, session);
  const isTold = (event: Pick<TraceEvent, 'type'>): boolean =>
    event.type === 'deploy' ? options.deployed !== undefined : options.purged !== undefined;
  const more = recent
    .filter((event) => !isTold(event))
    .map((event): TraceEvent => ({ ...event, id: session.takeId() }));
  return [...more, ...told];
}

/** When a deploy of this marker was last recorded, within the last day: by a deploy hook, or because somebody told it. */
export async function deployRecorded(
  options: DataOptions,
  session: Session,
  marker: string,
): Promise<Instant | undefined> {
  const recent = await recordedLately(options, session);
  return recent.findLast((event) => event.type === 'deploy' && event.marker === marker)?.at.latest;
}

async function recordedLately(options: DataOptions, session: Session): Promise<PastEvent[]> {
  // the database is only loaded by commands that read it
  const { recentEvents } = await import('../store/recent-events.ts');
  return recentEvents(dataFolderOf(options), session.topology, session.now());
}
