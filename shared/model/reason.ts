// Why does Strata say so? Claims carry codes; the sentences live here, and nowhere else.
import type { Trait } from '../dialects/grounds.ts';
import type { Fwd } from '../http/cache-status.ts';

/** The traits of a product by which the end of a copy is worked out. */
export type RestsOn = Extract<
  Trait,
  'clock' | 'honoursAge' | 'lifetimeFrom' | 'heuristicShare' | 'defaultTtl' | 'grace' | 'obeysStaleWhileRevalidate'
>;

export type Reason =
  | { readonly code: 'answered-from-store'; readonly field: string }
  | { readonly code: 'served-stale'; readonly field: string }
  | { readonly code: 'went-forward'; readonly field: string; readonly fwd: Fwd }
  | { readonly code: 'revalidated'; readonly field: string }
  | { readonly code: 'says-nothing' }
  | { readonly code: 'made-here' }
  | { readonly code: 'failed'; readonly message: string }
  | { readonly code: 'turned-away'; readonly status: number; readonly seconds?: number }
  | { readonly code: 'age-read'; readonly age: number }
  | { readonly code: 'age-absent' }
  | { readonly code: 'stored-in-this-exchange' }
  | { readonly code: 'copy-changed'; readonly by: 'store-id' | 'content' | 'age' | 'expiry' | 'purge' }
  | { readonly code: 'first-seen' }
  | { readonly code: 'heard-from-child' }
  | { readonly code: 'lifetime'; readonly from: string; readonly seconds: number }
  | { readonly code: 'lifetime-unknown' }
  | { readonly code: 'not-storable'; readonly because: string }
  | { readonly code: 'may-serve-stale'; readonly seconds: number }
  | { readonly code: 'purged' }
  | { readonly code: 'softly-purged' }
  | { readonly code: 'refilled-after-purge' }
  | { readonly code: 'old-again-after-purge' }
  | { readonly code: 'guessed-behaviour' }
  | { readonly code: 'documented-behaviour'; readonly product: string; readonly traits: readonly RestsOn[] }
  | { readonly code: 'assumed-trait'; readonly product: string; readonly trait: RestsOn }
  // forecasts
  | { readonly code: 'shows-it-already' }
  | { readonly code: 'lifetime-runs-out' }
  | { readonly code: 'refills-with-old'; readonly parent: string }
  | { readonly code: 'asks-every-time'; readonly parent: string }
  | { readonly code: 'waits-for-request' }
  | { readonly code: 'refill-takes' }
  | { readonly code: 'grace-serves-old-once' }
  | { readonly code: 'origin-not-ready' }
  | { readonly code: 'clock-unknown' }
  | { readonly code: 'never-answered' }
  | { readonly code: 'browser-keeps'; readonly seconds: number };

/** One sentence for a person. */
export function sentence(reason: Reason): string {
  switch (reason.code) {
    case 'answered-from-store':
      return `${reason.field} says that this node answered from its store.`;
    case 'served-stale':
      return `${reason.field} shows a copy that was no longer fresh.`;
    case 'went-forward':
      return `${reason.field} says that this node went forward (${reason.fwd}).`;
    case 'revalidated':
      return `${reason.field} says that the parent confirmed the stored copy (304): the same bytes start a new lifetime.`;
    case 'says-nothing':
      return 'The field lines do not tell whether this node answered from its store.';
    case 'made-here':
      return 'This is an origin: it makes the page.';
    case 'failed':
      return reason.message;
    case 'turned-away':
      return turnedAway(reason.status, reason.seconds);
    case 'age-read':
      return `Age: ${reason.age} counts from the instant the bytes were generated.`;
    case 'age-absent':
      return 'This node sends no Age of its own, so the generation instant is unknown.';
    case 'stored-in-this-exchange':
      return 'This node stored the copy during our own request.';
    case 'copy-changed':
      return copyChanged[reason.by];
    case 'first-seen':
      return 'This copy was already there when we first asked; it cannot be older than its lifetime.';
    case 'heard-from-child':
      return 'A copy further out was fetched from here and says that this node had just stored its own: that dates it.';
    case 'lifetime':
      return `The copy is fresh for ${reason.seconds} s, by ${reason.from}.`;
    case 'lifetime-unknown':
      return 'Nothing says how long this copy is fresh.';
    case 'not-storable':
      return `This response is not stored here: ${reason.because}.`;
    case 'may-serve-stale':
      return `For ${reason.seconds} s after that the old copy may still be served while a new one is fetched.`;
    case 'purged':
      return 'A purge was accepted here since the last look.';
    case 'softly-purged':
      return 'A soft purge was accepted here since the last look: the copy is stale, and may be served once more.';
    case 'refilled-after-purge':
      return 'This copy was fetched in the place of one that a purge had removed.';
    case 'old-again-after-purge':
      return 'The purged page came back: this node refilled from a parent that still held the old one.';
    case 'guessed-behaviour':
      return 'The product is not recognised, so the instants allow for every usual behaviour.';
    case 'documented-behaviour':
      return `Documented for ${reason.product}, not measured: ${reason.traits.map((t) => traitWords[t]).join(', ')}.`;
    case 'assumed-trait':
      return `Neither measured nor documented for ${reason.product}, and so assumed: ${traitWords[reason.trait]}.`;
    case 'shows-it-already':
      return 'The change is visible here.';
    case 'lifetime-runs-out':
      return 'The old copy stays until its lifetime has run out.';
    case 'refills-with-old':
      return `It then refills from ${reason.parent}, which may still hold the old copy: one more lifetime.`;
    case 'asks-every-time':
      return `What ${reason.parent} sends is already stale here, so every request asks ${reason.parent} again.`;
    case 'waits-for-request':
      return 'A copy changes only when somebody asks.';
    case 'refill-takes':
      return 'Fetching the new copy takes this long at most.';
    case 'grace-serves-old-once':
      return 'The request that starts the refresh still gets the old copy; the one after it gets the new.';
    case 'origin-not-ready':
      return 'Not every origin serves the change yet.';
    case 'clock-unknown':
      return 'Nothing bounds how long this copy stays.';
    case 'never-answered':
      return 'This node has not answered, so what it holds is unknown.';
    case 'browser-keeps':
      return `A browser may reuse the copy it fetched for ${reason.seconds} s without asking.`;
  }
}

const turnedAway = (status: number, seconds: number | undefined): string =>
  seconds === undefined
    ? `It answered ${status}: it wants to be asked less often, and says nothing of what it holds.`
    : `It answered ${status} and asks to be left alone for ${seconds} s; nothing is asked before, and what it holds is not known.`;

const copyChanged = {
  'store-id': 'The store id changed since the last look, so the copy was replaced in between.',
  content: 'The content changed since the last look, so the copy was replaced in between.',
  age: 'Age went back since the last look, so the copy was replaced in between.',
  purge: 'A purge was accepted since the last look, so the copy may have been replaced in between.',
  expiry: 'The former copy must have expired by now and this one is fresh, so it was replaced in between.',
} as const;

const traitWords: Readonly<Record<RestsOn, string>> = {
  clock: 'the clock that it counts by',
  honoursAge: 'what an Age that it receives does to freshness',
  lifetimeFrom: 'where it reads the lifetime',
  heuristicShare: 'the lifetime that it derives from Last-Modified',
  defaultTtl: 'the lifetime of what says none',
  grace: 'how long it serves the old copy unasked',
  obeysStaleWhileRevalidate: 'whether it obeys stale-while-revalidate',
};
