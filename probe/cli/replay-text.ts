// What does a recorded trace say, for a reader of a terminal: when it was, what was asked, how it ended, how purges were answered?
import type { TraceDocument } from '../../shared/api.ts';
import { spokenDuration } from '../../shared/duration.ts';
import { endOf } from '../../shared/replay.ts';
import type { Trace } from '../../shared/trace.ts';
import { pc } from './colours.ts';
import { clock } from './instants.ts';
import { receiptText } from './purge-text.ts';
import { clean } from './terminal.ts';
import { summaryText } from './trace-text.ts';

/** @param document What was said, then or now; absent where nothing was. */
export function replayText(trace: Trace, document?: TraceDocument): string[] {
  const { receipts, run } = trace;
  const tells = document !== undefined && run?.kind !== 'purge';
  if (!tells) return [headText(trace), ...receipts.map(receiptText)];
  // its name already stands in the head
  const { trace: _id, ...told } = document;
  return [headText(trace), ...receipts.map(receiptText), ...summaryText(told)];
}

function headText(trace: Trace): string {
  const { id, run, startedAt, interruptedAt, topology } = trace;
  const asked = run?.expect === undefined ? [] : [`waited for ${clean(run.expect)}`];
  const end = endOf(trace);
  const ended =
    interruptedAt === undefined
      ? `took ${spokenDuration(Math.max(0, end - startedAt))}`
      : `interrupted; the last certain instant is ${clock(interruptedAt, startedAt)}`;
  const about = [
    run?.kind ?? 'serve',
    ...(topology.title === undefined ? [] : [clean(topology.title)]),
    ...asked,
    ended,
  ];
  return `${pc.bold(id)}  ${new Date(startedAt * 1000).toISOString()}  ${pc.dim(about.join(', '))}`;
}
