// What does a URL say now: its redirects, its caches, and what a few more questions bring to light?
import type { Note } from '../../shared/notes/note.ts';
import type { RecordedResponse } from '../../shared/recorded-response.ts';
import { createExchanger, type Exchanged } from '../exchange/exchange.ts';
import { createGuard } from '../exchange/guard.ts';
import { activeNotes, MOST_ASSETS, type ActiveOptions } from './active.ts';
import { followed } from './followed.ts';
import { harOf, type Har } from './har.ts';
import { Inquiry, MOST_REQUESTS } from './inquiry.ts';

export interface LiveOptions extends ActiveOptions {
  readonly active?: true;
  /** Seconds for one request. */
  readonly timeout?: number;
}

export interface Live {
  readonly responses: readonly RecordedResponse[];
  /** About the last of them. */
  readonly notes: readonly Note[];
  /** Why there are not more. One sentence. */
  readonly problem?: string;
  /** All that was asked and answered. */
  readonly har: Har;
}

/** Follows redirects, then asks on where that is wanted. Never throws for what a server does. */
export async function explainedLive(url: string, options: LiveOptions): Promise<Live> {
  const guard = createGuard({ named: [url] });
  const exchanger = createExchanger({ guard });
  try {
    const { exchanges, responses, problem } = await followed(url, guard, exchanger, options.timeout);
    const last = responses.at(-1);
    const more: Exchanged[] = [];
    const notes: Note[] = [];
    if (options.active === true && last !== undefined && problem === undefined) {
      const page = new Inquiry(last.url, exchanger, options.timeout, MOST_REQUESTS);
      const assets = new Inquiry(last.url, exchanger, options.timeout, MOST_ASSETS);
      notes.push(...(await activeNotes(page, assets, options)));
      more.push(...page.exchanges, ...assets.exchanges);
    }
    const har = harOf([...exchanges, ...more]);
    return { responses, notes, ...(problem !== undefined && { problem }), har };
  } finally {
    await exchanger.close();
  }
}
