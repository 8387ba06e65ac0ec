// When does the change appear, said in one sentence for each node and one for all?
import { pc } from './colours.ts';
import type { WhenDocument } from '../../shared/api.ts';
import type { WhenForecast } from '../../shared/documents.ts';
import { spokenDuration } from '../../shared/duration.ts';
import type { Instant } from '../../shared/model/interval.ts';
import { clock, epoch, fromNow } from './instants.ts';
import { clean } from './terminal.ts';

type Expected = Pick<WhenForecast, 'earliest' | 'median' | 'latest'>;

/** Lines for a terminal: the answer first, then each node with its terms. `silent`: no origin answered. */
export function whenText(document: WhenDocument, now: Instant, silent = false): string[] {
  const several = document.changes.length > 1;
  return [...answer(document, now, silent), ...document.forecasts.flatMap((f) => forecastLines(f, several, now))];
}

function answer({ everywhere, changes }: WhenDocument, now: Instant, silent: boolean): string[] {
  const expected = new Set(changes.map((c) => c.expect));
  const [only] = expected;
  const what = expected.size === 1 && only !== undefined ? clean(only) : 'the change';
  const notReady = changes.filter((c) => !c.originReady).map((c) => `${c.target}/${c.variant}`);
  const origin = silent
    ? `No origin answered, so whether it serves ${what} is not known`
    : `The origin does not serve ${what} yet`;
  const warning = `${origin} (${notReady.join(', ')}); until it does, nothing bounds the wait.`;
  const lines = notReady.length === 0 ? [] : [pc.red(warning)];
  if (everywhere === undefined) return [...lines, `When ${what} appears cannot be told: no visitor's node answered.`];
  const seen =
    everywhere.visible === true
      ? 'is visible to new visitors everywhere'
      : `appears everywhere ${span(everywhere, now)}`;
  // a marker stands as it is, also where it begins a sentence
  return [...lines, pc.bold(`${what.replace(/^the change$/, 'The change')} ${seen}.`)];
}

const AUDIENCE: Record<WhenForecast['audience'], string> = {
  'new-visitor': 'new visitors see it',
  'browser-copy': 'visitors who hold a copy see it',
  'next-layer': 'it passes it on',
};

function forecastLines(f: WhenForecast, several: boolean, now: Instant): string[] {
  const place = several ? `${f.node} ${f.target}/${f.variant}` : f.node;
  if (f.visible === true) return [`${place}: shows it already.`];
  const terms = [...repeated(f.terms)].map(([text, times]) =>
    pc.dim(`    ${text}${times > 1 ? ` (${times} times)` : ''}`),
  );
  return [`${place}: ${AUDIENCE[f.audience]} ${span(f, now)}.`, ...terms];
}

/** Each term once, in order, with how often it stands there: a wait that nothing bounds repeats itself. */
function repeated(terms: WhenForecast['terms']): Map<string, number> {
  const counts = new Map<string, number>();
  for (const t of terms) {
    const took = t.seconds > 0 ? ` (${spokenDuration(t.seconds)})` : '';
    const text = `${t.node ?? t.layer}${took}: ${clean(t.because)}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

function span({ earliest, median, latest }: Expected, now: Instant): string {
  if (latest === undefined) return `not before ${clock(epoch(earliest), now)}; nothing that was seen bounds it`;
  const last = epoch(latest);
  const likely = median === undefined ? '' : `, most likely ${clock(epoch(median), now)}`;
  return `between ${clock(epoch(earliest), now)} and ${clock(last, now)}${likely} (${fromNow(last, now)} at the latest)`;
}
