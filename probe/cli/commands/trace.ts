// strata trace: how did it propagate, node by node?
import { Option, type Command } from 'commander';
import type { TraceDocument } from '../../../shared/api.ts';
import type { Choice } from '../../trace/places.ts';
import { answerTrace, type TraceProgress, type TraceWanted } from '../../trace/propagation.ts';
import type { Session } from '../../trace/session.ts';
import { dataFolderOf } from '../data-folder.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { onInterrupt } from '../interrupt.ts';
import { deployRecorded } from '../known-events.ts';
import { type PlaceOptions, someTime, withExample, withPlaceOptions } from '../options.ts';
import { answersOnly, receiptText } from '../purge-text.ts';
import { type PurgingOptions, purgingFrom, withPurgingOptions } from '../purging.ts';
import { type RecordOptions, withRecordOptions } from '../recording.ts';
import { clean, json, print, progress, tell } from '../terminal.ts';
import { deployTold, toldEvents, type ToldOptions, withToldOptions } from '../told.ts';
import { ndjson } from '../trace-lines.ts';
import { causeText, eventText, flipText, layersText, summaryText } from '../trace-text.ts';
import { nobodyAnswered, originsSilent, withSession } from '../with-session.ts';

interface TraceOptions extends PlaceOptions, ToldOptions, RecordOptions, PurgingOptions {
  readonly expect?: string;
  readonly budget: number;
}

/** Seconds. */
const BUDGET = 600;

export function addTrace(program: Command, ends: Ends): void {
  const command = program.command('trace').description('how did it propagate, node by node?');
  command
    .option('--expect <marker>', 'the content that is waited for (default: the next new one at the origin)')
    .addOption(new Option('--budget <duration>', 'the longest it may take').argParser(someTime).default(BUDGET, '10m'));
  withToldOptions(withPurgingOptions(command), 'at');
  withExample(
    withRecordOptions(withPlaceOptions(command)),
    'strata trace --expect 4f2c --purge',
    'strata trace --expect 4f2c --at -90s',
  );
  command.action((options: TraceOptions) => ends(run(options)));
}

const run = (options: TraceOptions): Promise<ExitCode> => {
  const { expect } = options;
  return withSession(
    options,
    async (session, chosen, recorded) => {
      const wanted = await wantedFrom(options, session, chosen);
      for (const event of toldEvents({ ...(options.purged && { purged: options.purged }) }, session))
        await session.event(event);
      progress(options, 'watching; Ctrl-C ends it with a summary …');
      const stopping = new AbortController();
      const tracing = answerTrace(
        session,
        wanted,
        options.json === true ? ndjson('trace') : lines(options),
        stopping.signal,
      );
      const summary = tracing.then(async (traced) => {
        const document = recorded === undefined ? traced : { ...traced, trace: recorded.id };
        await recorded?.end(document);
        print(options.json === true ? json(document, 0) : summaryText(document, dataFolderOf(options)).join('\n'));
        return document;
      });
      onInterrupt(async () => {
        stopping.abort();
        await summary;
      });
      return codeOf(await summary, session, recorded?.isIncomplete() ?? false);
    },
    { options, run: { kind: 'trace', ...(expect !== undefined && { expect }) }, purges: options.purge === true },
  );
};

/** Rejects with ConfigError where a purge is asked for and nothing can be purged. */
async function wantedFrom(options: TraceOptions, session: Session, chosen: Choice): Promise<TraceWanted> {
  const { expect, budget } = options;
  const told = deployTold(options.at ?? options.deployed, session);
  const deployedAt = told ?? (expect === undefined ? undefined : await deployRecorded(options, session, expect));
  return {
    ...chosen,
    budget,
    ...purgingFrom(options, session, chosen),
    ...(expect !== undefined && { expect }),
    ...(deployedAt !== undefined && { deployedAt }),
  };
}

const lines = (options: TraceOptions): TraceProgress => ({
  onEvent: (event) => print(eventText(event)),
  onReceipt: answersOnly((receipt) => {
    if (receipt.outcome !== 'accepted') print(receiptText(receipt));
  }),
  onFlip: (flip) => print(flipText(flip)),
  onCause: (cause) => print(causeText(cause)),
  onLayers: (layers) => progress(options, layersText(layers)),
});

function codeOf(document: TraceDocument, session: Session, incomplete: boolean): ExitCode {
  if (nobodyAnswered(session)) {
    tell('strata: no node answered, so nothing can be said about how it propagated.');
    return EXIT.cannotTell;
  }
  if (incomplete && document.ended !== 'visible') {
    tell('strata: what was seen after the disk was full is not kept, so what became of the change is not known.');
    return EXIT.cannotTell;
  }
  if (!document.events.some((e) => e.type === 'origin-ready')) {
    if (originsSilent(session)) {
      tell('strata: no origin answered, so whether it serves the change is not known.');
      return EXIT.cannotTell;
    }
    tell(
      document.expect === undefined
        ? 'strata: no origin was seen to change; say what is waited for with --expect, where they may have changed before.'
        : `strata: not every origin served ${clean(document.expect)} while the trace ran.`,
    );
    return EXIT.originNotReady;
  }
  return document.notSeen.length === 0 ? EXIT.yes : EXIT.no;
}
