// Do several fetches over new connections meet the same copy, and does Age go forward? (RFC 9111 section 5.1)
import { controlOf } from '../http/control.ts';
import { spokenDuration } from '../duration.ts';
import { ageOf, etagOf, nodeOf, told, type Answered } from './answered.ts';
import { NOTHING_TO_DO, rfc, topic, type Say } from './note.ts';
import { common } from './scene.ts';

/** The same request, several times, in their order. */
export type Repeated = readonly Answered[];

const kinds = {
  'age-forward': {
    level: 'good',
    why: 'The same copy answered each time and counts its age as the clock does.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9111, '5.1'),
  },
  'age-stands': {
    level: 'warning',
    why: 'Time passed between the answers, and Age stayed the same: some layer passes on the Age that it stored. Whoever reads it takes the copy for younger than it is.',
    remedy: 'Remove Age in the layer that does not count it (nginx), or keep its lifetime short.',
    reference: rfc(9111, '5.1'),
  },
  'age-back': {
    level: 'warning',
    why: 'A later answer says that it is younger, and no new one was fetched in between: two copies answer in turn, or a cache begins to count again.',
    remedy: 'Look whether several nodes stand behind this address, and whether each has a store of its own.',
    reference: rfc(9111, '4.2.3'),
  },
  'nodes-disagree': {
    level: 'warning',
    why: 'Different nodes hold different versions: who sees which depends on the node that a visitor happens to meet.',
    remedy: 'Purge on all nodes; let them fetch from one shield, so that they renew from the same copy.',
    reference: rfc(9111, '4.2.4'),
  },
  'validators-disagree': {
    level: 'warning',
    why: 'The same content came with different ETags, as servers behind a load balancer make them that do not agree. No cache can renew its copy by one from another server.',
    remedy: 'Make ETags from the content, the same on all servers.',
    reference: rfc(9110, '8.8.3'),
  },
  'content-changes': {
    level: 'info',
    why: 'Each answer has other content: it is made for each request, or has something in it that is new each time (a token, an instant).',
    remedy: 'If all visitors may see the same, take that part out, so that it can be cached.',
    reference: rfc(9111, '3'),
  },
  'several-nodes': {
    level: 'info',
    why: 'More than one node answers under this address, each with a store of its own.',
    remedy: 'After a purge look at each of them; a topology file names them one by one.',
    reference: rfc(9211, '2'),
  },
} as const;

type Id = keyof typeof kinds;

export const repeated = topic(kinds, (answers: Repeated, say) => {
  const good = answers.filter(({ response }) => response.status === answers[0]?.response.status);
  if (good.length < 2) return;
  const evidence = good.map((answer, i) => told(`fetch ${i + 1}`, answer));
  contents(good, evidence, say);
  ages(good, evidence, say);
  const nodes = different(good.map(nodeOf));
  if (nodes.length > 1)
    say('several-nodes', `${nodes.length} nodes answered: ${nodes.slice(0, 6).join(', ')}.`, evidence);
});

const different = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter((v) => v !== undefined)),
];

function contents(answers: Repeated, evidence: readonly string[], say: Say<Id>): void {
  const versions = different(answers.map(({ digest }) => digest)).length;
  const tags = different(answers.map(etagOf)).length;
  const fromStore = answers.every(({ hops }) => hops.some((h) => h.cacheStatus.hit === true && h.replayed !== true));
  if (versions > 1 && fromStore) say('nodes-disagree', `${versions} versions came out of stores.`, evidence);
  else if (versions > 1) say('content-changes', `${versions} of ${answers.length} answers differ.`, evidence);
  else if (tags > 1) say('validators-disagree', `The same content came with ${tags} different ETags.`, evidence);
}

/** It was fetched anew, or is being fetched behind it. */
const isRenewing = ({ hops }: Answered): boolean =>
  hops.some((h) => h.replayed !== true && (h.cacheStatus.fwd !== undefined || h.stale === true));

/** What it says itself, in seconds; without an end where it says nothing. */
function lifetimeOf({ response: { fields } }: Answered): number {
  const { sMaxage, maxAge } = controlOf(fields, common);
  const said = sMaxage ?? maxAge;
  return typeof said === 'number' ? said : Infinity;
}

/** Rounding of two clocks, in seconds. */
const SLACK = 1;

function ages(answers: Repeated, evidence: readonly string[], say: Say<Id>): void {
  const hits = answers.filter((a) => (ageOf(a) ?? 0) > 0 || a.hops[0]?.cacheStatus.hit === true);
  const [first, last] = [hits[0], hits.at(-1)];
  if (first === undefined || last === undefined || first === last) return;
  const [before, after] = [ageOf(first), ageOf(last)];
  const passed = (last.response.receivedAt ?? 0) - (first.response.receivedAt ?? 0);
  if (before === undefined || after === undefined) return;
  if (after + SLACK < before) {
    if (!answers.slice(1).some(isRenewing) && before + passed < lifetimeOf(first)) {
      say('age-back', `Age went from ${before} back to ${after}.`, evidence);
    }
  } else if (passed > SLACK && after === before) {
    say('age-stands', `Age stayed ${before} for ${spokenDuration(passed)}.`, evidence);
  } else if (Math.abs(after - before - passed) <= SLACK)
    say('age-forward', 'Age went forward as the clock did.', evidence);
}
