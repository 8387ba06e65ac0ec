// strata trace: how did it propagate, node by node?
import { Option, type Command } from 'commander';
import type { TraceDocument } from '../../../shared/api.ts';
import { isoInterval } from '../../../shared/documents.ts';
import { planPurge } from '../../purgers/plan.ts';
import { answerTrace, type TraceProgress } from '../../trace/propagation.ts';
import type { Session } from '../../trace/session.ts';
import { ConfigError } from '../../../shared/config-problem.ts';
import { EXIT, type ExitCode, type Ends } from '../exit-code.ts';
import { onInterrupt } from '../interrupt.ts';
import { type PlaceOptions, someTime, withExample, withPlaceOptions } from '../options.ts';
import { clean, json, print, progress, tell } from '../terminal.ts';
import { instantOf, toldEvents, type ToldOptions, withToldOptions } from '../told.ts';
import { eventText, flipText, summaryText } from '../trace-text.ts';
import { nobodyAnswered, originsSilent, withSession } from '../with-session.ts';

interface TraceOptions extends PlaceOptions, ToldOptions {
  readonly expect?: string;
  readonly purge?: true;
  readonly budget: number;
}

/** Seconds. */
const BUDGET = 600;

export function addTrace(program: Command, ends: Ends): void {
  const command = program.command('trace').description('how did it propagate, node by node?');
  command
    .option('--expect <marker>', 'the content that is waited for (default: the next new one at the origin)')
    .option('--purge', 'purge, inside out, once every origin serves it')
    .addOption(new Option('--budget <duration>', 'the longest it may take').argParser(someTime).default(BUDGET, '10m'));
  withToldOptions(command);
  withExample(withPlaceOptions(command), 'strata trace --expect 4f2c --purge');
  command.action((options: TraceOptions) => ends(run(options)));
}

const run = (options: TraceOptions): Promise<ExitCode> =>
  withSession(options, async (session, chosen) => {
    if (options.purge === true && planPurge(session.topology, chosen).steps.length === 0) {
      throw new ConfigError(
        '--purge needs a layer that says how to purge it: "purge: { by: http-purge }" in the topology.',
      );
    }
    const { expect, budget } = options;
    const told = options.deployed?.at(-1);
    for (const event of toldEvents({ ...(options.purged && { purged: options.purged }) }, session))
      await session.event(event);
    const wanted = {
      ...chosen,
      budget,
      purge: options.purge === true,
      ...(expect !== undefined && { expect }),
      ...(told !== undefined && { deployedAt: instantOf(told, session) }),
    };
    progress(options, 'watching; Ctrl-C ends it with a summary …');
    const stopping = new AbortController();
    const tracing = answerTrace(session, wanted, options.json === true ? ndjson : lines, stopping.signal);
    const summary = tracing.then((document) => {
      print(options.json === true ? json(document, 0) : summaryText(document).join('\n'));
      return document;
    });
    onInterrupt(async () => {
      stopping.abort();
      await summary;
    });
    return codeOf(await summary, session);
  });

const lines: TraceProgress = {
  onEvent: (event) => print(eventText(event)),
  onFlip: (flip) => print(flipText(flip)),
};

const ndjson: TraceProgress = {
  onEvent: ({ id: _id, at, ...event }) => print(json({ strata: 1, verb: 'trace', ...event, at: isoInterval(at) }, 0)),
  onFlip: ({ flippedAt, ...flip }) =>
    print(json({ strata: 1, verb: 'trace', type: 'flip', ...flip, flippedAt: isoInterval(flippedAt) }, 0)),
};

function codeOf(document: TraceDocument, session: Session): ExitCode {
  if (nobodyAnswered(session)) {
    tell('strata: no node answered, so nothing can be said about how it propagated.');
    return EXIT.cannotTell;
  }
  if (!document.events.some((e) => e.type === 'origin-ready')) {
    if (originsSilent(session)) {
      tell('strata: no origin answered, so whether it serves the change is not known.');
      return EXIT.cannotTell;
    }
    tell(`strata: not every origin served ${clean(document.expect ?? 'a change')} while the trace ran.`);
    return EXIT.originNotReady;
  }
  return document.notSeen.length === 0 ? EXIT.yes : EXIT.no;
}
