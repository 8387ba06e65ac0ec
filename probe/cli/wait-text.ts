// How did a wait end, said to a person who reads a terminal or a pipeline's log?
import type { Standing, WaitDocument } from '../../shared/api-wait.ts';
import { spokenDuration } from '../../shared/duration.ts';
import { pc } from './colours.ts';
import { clean } from './terminal.ts';

/** The lines that close a wait; the first is the verdict. */
export function waitText(document: WaitDocument): string[] {
  const { verdict, sentence, requests, waited } = document;
  const head = verdict === 'visible' ? pc.green(clean(sentence)) : pc.red(clean(headOf(document)));
  return [
    pc.bold(head),
    ...placeLines(document),
    ...arrivalLines(document),
    pc.dim(`${requests} requests in ${spokenDuration(waited)}.`),
  ];
}

/** Where each place has a line of its own below, the verdict does not name them too. */
function headOf({ verdict, sentence, places, expect = '', ended, waited }: WaitDocument): string {
  if (verdict !== 'not-visible') return sentence;
  const behind = places.filter((p) => p.shows !== 'new').length;
  const when = `${ended === 'interrupted' ? 'stopped after' : 'within'} ${spokenDuration(waited)}`;
  return `${expect} is not visible at ${behind} of ${places.length} ${places.length === 1 ? 'place' : 'places'} (${when}).`;
}

function placeLines({ verdict, places, causes }: WaitDocument): string[] {
  if (verdict !== 'not-visible') return [];
  return places
    .filter((p) => p.shows !== 'new')
    .flatMap((place) => {
      const action = actionFor(place, causes);
      return [
        `  ${place.layer}: ${clean(place.because)}`,
        ...(action === undefined ? [] : [pc.dim(`    ${clean(action)}`)]),
      ];
    });
}

const actionFor = ({ cause, layer, node }: Standing, causes: WaitDocument['causes']): string | undefined =>
  causes.find((c) => c.id === cause && c.layer === layer && (c.node ?? node) === node)?.action;

/** `edge: 8 of 8, half within 12 s, all within 42 s of the deploy` */
function arrivalLines({ layers = [], startedBy }: WaitDocument): string[] {
  const since = startedBy === 'deploy' ? ' of the deploy' : startedBy === 'purge' ? ' of the purge' : '';
  return layers.map(({ layer, seen, of, percentiles: { p50, p99 } }) => {
    const half = p50 === undefined ? '' : `, half within ${spokenDuration(p50.latest)}`;
    const all = p99 === undefined ? '' : `, ${of > 100 ? '99 in 100' : 'all'} within ${spokenDuration(p99.latest)}`;
    return pc.dim(`  ${layer}: ${seen} of ${of}${of > 1 ? half : ''}${all}${half + all === '' ? '' : since}`);
  });
}
