// What else can be found out about a page by asking some more? Each check asks little and judges in shared/notes.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { dialectOf } from '../../shared/dialects/index.ts';
import type { Answered } from '../../shared/notes/answered.ts';
import { codings, type ByCoding } from '../../shared/notes/codings.ts';
import type { Note } from '../../shared/notes/note.ts';
import { otherwiseAsked, type OtherwiseAsked } from '../../shared/notes/otherwise-asked.ts';
import { pageAssets } from '../../shared/notes/page-assets.ts';
import { repeated } from '../../shared/notes/repeated.ts';
import { wallNow } from '../exchange/clock.ts';
import type { Inquiry } from './inquiry.ts';
import { preconditions } from './preconditions.ts';

export interface ActiveOptions {
  /** Also ask for what the page names, and compare. */
  readonly assets?: true;
  /** Also ask with a query that is in no cache: it loads the origin. */
  readonly bust?: true;
  /** Seconds between two fetches of the same; default: so many that Age has to go on by one. */
  readonly pause?: number;
  /** Told what is going on. */
  said(text: string): void;
}

export const MOST_ASSETS = 20;
const PAUSE = 1.1;

/** Notes of all checks; none where the page does not answer any more. */
export async function activeNotes(inquiry: Inquiry, assets: Inquiry, options: ActiveOptions): Promise<Note[]> {
  options.said('asking for the page three times …');
  const whole = await inquiry.asked({
    read: { marker: { digest: true }, ignore: [], assets: options.assets === true },
  });
  if (whole === undefined) return [];
  const plain = whole.answered;
  const answers = [plain, ...(await again(inquiry, 2, options.pause ?? PAUSE))];
  const notes = repeated.read(answers);
  options.said('asking by preconditions, in other encodings, by HEAD …');
  notes.push(...(await preconditions(inquiry, plain)));
  const stable = new Set(answers.map(({ digest }) => digest)).size === 1;
  notes.push(...codings.read({ answers: await byCoding(inquiry), stable }));
  notes.push(...otherwiseAsked.read(await otherwise(inquiry, plain, stable, options)));
  const { result } = whole.exchanged;
  if (options.assets === true && result.kind === 'answer') {
    options.said('asking for scripts and styles …');
    notes.push(...(await ofAssets(assets, plain, result.assets ?? [])));
  }
  return notes;
}

async function again(inquiry: Inquiry, times: number, pause: number): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (let i = 0; i < times; i++) {
    await sleep(pause * 1000);
    const answer = await inquiry.ask();
    if (answer !== undefined) answers.push(answer);
  }
  return answers;
}

async function byCoding(inquiry: Inquiry): Promise<ByCoding['answers']> {
  const answers: Record<string, Answered> = {};
  for (const coding of ['gzip', 'br', 'identity']) {
    const answer = await inquiry.ask({ headers: [['accept-encoding', coding]] });
    if (answer !== undefined) answers[coding] = answer;
  }
  return answers;
}

async function otherwise(
  inquiry: Inquiry,
  plain: Answered,
  stable: boolean,
  { bust }: ActiveOptions,
): Promise<OtherwiseAsked> {
  const head = await inquiry.ask({ method: 'HEAD' });
  const questions = await askedAsProductsWish(inquiry, plain);
  const busted = bust === true ? await inquiry.ask({ url: withOwnQuery(inquiry.url) }) : undefined;
  return {
    plain,
    ...(head !== undefined && { head }),
    questions,
    ...(busted !== undefined && { busted: { answer: busted, stable } }),
  };
}

type Question = NonNullable<OtherwiseAsked['questions']>[number];

/** One request for each question of each product that was met; only the head is read. */
async function askedAsProductsWish(inquiry: Inquiry, { hops }: Answered): Promise<readonly Question[]> {
  const found: Question[] = [];
  for (const id of new Set(hops.map(({ dialect }) => dialect))) {
    const dialect = dialectOf(id);
    for (const { fields } of dialect?.questions ?? []) {
      const answer = await inquiry.ask({ headers: fields, headOnly: true });
      if (answer !== undefined) found.push({ product: dialect?.title ?? id, asked: fields, answer });
    }
  }
  return found;
}

/** The same page with one more parameter, which nobody has asked for before. */
function withOwnQuery(url: string): string {
  const busted = new URL(url);
  const own = `strata=${randomBytes(8).toString('hex')}`;
  busted.search = busted.search === '' ? own : `${busted.search.slice(1)}&${own}`;
  return busted.href;
}

async function ofAssets(inquiry: Inquiry, page: Answered, urls: readonly string[]): Promise<Note[]> {
  const answers: Answered[] = [];
  for (const url of urls.slice(0, MOST_ASSETS)) {
    const answer = await inquiry.ask({ url, headOnly: true });
    if (answer !== undefined) answers.push(answer);
  }
  return pageAssets.read({ page, assets: answers, left: Math.max(0, urls.length - MOST_ASSETS), now: wallNow() });
}
