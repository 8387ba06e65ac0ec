// What did a trace see of one place, for whoever looks at a run that was told wrong?
import type { Instant, Interval } from '../../shared/model/interval.ts';
import type { Session } from '../../probe/trace/session.ts';

/** Lines with instants in seconds since the first receipt (or the first exchange): receipts, then each place's copies. */
export function storyOf({ reading }: Session): string[] {
  const { receipts, tracks } = reading;
  const zero = Math.min(
    ...receipts.map((r) => r.sentAt),
    ...[...tracks.values()].map((t) => t.history[0]?.from.latest ?? Infinity),
  );
  const at = (i: Instant | undefined) => (i === undefined ? '?' : (i - zero).toFixed(3));
  const between = (i: Interval | undefined) => (i === undefined ? '?' : `${at(i.earliest)}..${at(i.latest)}`);
  return [
    ...receipts.map(
      (r) =>
        `  purge of ${r.node ?? r.layer} ${r.target ?? ''}/${r.variant ?? ''}: ${r.outcome} ${at(r.sentAt)}..${at(r.answeredAt)}`,
    ),
    ...[...tracks].map(([key, track]) => {
      const copies = track.history.map((s) => {
        const marks = [s.afterPurge === true ? 'after purge' : '', s.notKept === true ? 'not kept' : '']
          .join(' ')
          .trim();
        return `${s.content?.slice(0, 8)}#${s.storeId ?? ''} from ${between(s.from)} stored ${between(s.storedAt)} asked ${at(s.askedBefore)}, ${at(s.lastAsked)} ${marks}`;
      });
      return `  ${key}\n    ${copies.join('\n    ')}`;
    }),
  ];
}
