// What must be known about a cache product to predict what it does? Each trait by what the product does; absent: as the standards say.
import type { VaryMatch } from '../http/cache-key.ts';

/**
 * How Age and expiry count. `continuous`: Age is floor(now - generatedAt), expiry at the exact instant.
 * `whole-second`: both instants are cut to whole seconds of the server's clock first.
 */
export type Clock =
  | { readonly kind: 'continuous' }
  | { readonly kind: 'whole-second'; readonly staleWhen: 'age >= lifetime' | 'age > lifetime' };

/** RFC 9111 section 5.2.1, and `stale-if-error` of RFC 5861 section 4. */
export type RequestDirective =
  'no-cache' | 'no-store' | 'max-age' | 'min-fresh' | 'max-stale' | 'only-if-cached' | 'stale-if-error';

export type LifetimeSource = 'x-accel-expires' | 's-maxage' | 'max-age' | 'expires';

/** How the product behaves out of the box; the topology's policy overrides it. Seconds. */
export interface Behaviour {
  readonly clock: Clock;
  /** One user's own: what is for shared caches only does not speak to it (RFC 9111 sections 3, 3.5, 5.2.2.7 and .8). */
  readonly isPrivate?: true;
  /** Upstream Age shortens its own freshness. */
  readonly honoursAge: boolean;
  /** Works out corrected_initial_age from Date and the response delay (RFC 9111 section 4.2.3); absent: takes Age as it is. */
  readonly correctsAge?: boolean;
  /** `never`: a stored Age is replayed as it came. */
  readonly emitsAge: 'always' | 'on-hit' | 'never';
  /** Age also stands in an answer that was just validated. */
  readonly agesValidated?: true;
  /** Answers without Age, though made from the store. */
  readonly noAgeIn?: readonly ('bodyless' | 'unsatisfiable' | 'stale-on-error')[];
  readonly keepsDate: boolean;
  /** Lower-case names of fields that decide in place of Cache-Control and Expires, first wins (RFC 9213). */
  readonly targetedFields?: readonly string[];
  /**
   * What it sends as Cache-Control is for browsers: its own lifetime came in what it takes off, or from its settings. `perhaps`:
   * it takes off a targeted field that it obeys, where there was one.
   */
  readonly rewritesCacheControl?: true | 'perhaps';
  /** Of a lifetime it reads the digits up to a dot; one without an argument is none. */
  readonly cutsFractions?: true;
  /** Does not read a lifetime in quotes. */
  readonly ignoresQuotedSeconds?: true;
  /** Knows directives in lower case only. */
  readonly lowerCaseOnly?: true;
  /** Reads of a lifetime the first digits that it finds. */
  readonly findsDigits?: true;
  /** What private and no-cache with a list of fields mean to it; absent: they speak of these fields only. */
  readonly qualified?: 'as-unqualified' | 'as-absent';
  /** Of two lifetimes of one name the last counts; absent: the first. */
  readonly lastOfTwo?: true;
  /** A lifetime that cannot be read is as if it were not there; absent: the response is stale. */
  readonly ignoresUnreadable?: true;
  /** Where the freshness lifetime is read from, first wins. */
  readonly lifetimeFrom: readonly LifetimeSource[];
  /** An operator's cap cuts the lifetime itself, so that Age counts against it too; absent: it counts from the storing. */
  readonly cutsLifetime?: true;
  /** The lifetime when the response says nothing; absent: not stored (or heuristics, see below). */
  readonly defaultTtl?: number;
  /** `of-200`: other statuses get it without. */
  readonly defaultTtlNeedsValidator?: true | 'of-200';
  /** Any Cache-Control or Expires makes any status one that may be fresh without an explicit lifetime. */
  readonly guessesBesideControl?: true;
  /** Directives that make any status one that may be fresh without an explicit lifetime. */
  readonly guessesBeside?: readonly string[];
  /** Statuses of which it stores nothing without an explicit lifetime, though a 304 may take that away later. */
  readonly explicitOnly?: readonly number[];
  /** A heuristic lifetime is never shorter nor longer. Seconds. */
  readonly heuristicWithin?: { readonly least: number; readonly most: number };
  /** Does not store what Expires alone says is over, or what has an Expires that is no date. */
  readonly refusesExpired?: true;
  /** An Expires that is no date is as if it were not there; absent: the response is stale. */
  readonly ignoresUnreadableExpires?: true;
  /** Stores nothing without a lifetime, whatever validator it has. */
  readonly needsLifetime?: true;
  /** Without a Date of its own, a response with max-age is stale at once. */
  readonly needsDate?: true;
  /** Statuses that may be fresh without an explicit lifetime; absent: those of RFC 9110 section 15.1. */
  readonly heuristicStatus?: readonly number[];
  /** Heuristic lifetime as a share of Date minus Last-Modified; 0: none. */
  readonly heuristicShare: number;
  /** Serves the old copy this long after freshness while it refreshes behind. */
  readonly grace: number;
  /** stale-while-revalidate in the response sets the window. */
  readonly obeysStaleWhileRevalidate: boolean;
  readonly obeysStaleIfError: boolean;
  /** Serves the old copy this long after freshness when the parent fails, though nothing in the response says so. */
  readonly staleOnError?: number;
  /** What its operator lets it serve stale, while it refreshes or when the parent fails, it serves however old that is. */
  readonly servesStaleWithoutEnd?: true;
  /** Serves the old copy, however old, when the parent cannot be reached (RFC 9111 section 4.2.4); not when it answers 5xx. */
  readonly servesWhenDisconnected?: true;
  /** Directives of a response that forbid to serve it when the parent cannot be reached. */
  readonly disconnectedForbiddenBy?: readonly string[];
  /** What is stale by exactly as many whole seconds as a window of errors has is still served in it. */
  readonly servesAtEndOfErrorWindow?: true;
  /** A response's own stale-if-error takes the place of this window, also where it is shorter. */
  readonly staleIfErrorDecides?: true;
  /** Age in what is served when the parent fails counts from the stored Date, or is the stored Age where that is more. */
  readonly agesByDateOnError?: true;
  /** Statuses of stored responses that are served when the parent fails; absent: all. */
  readonly staleOnErrorStatus?: readonly number[];
  /** Statuses that count as a failure of the parent; absent: those of RFC 5861 section 4. */
  readonly errorStatus?: readonly number[];
  /** Only must-revalidate and proxy-revalidate keep it from serving stale; nothing does when the client asks for a young copy. */
  readonly onlyRevalidateForbidsStale?: true;
  /** What is served when the parent fails is the whole, whatever range or precondition the client has; `of-5xx`: whatever range, where it answered; `of-precondition`: whatever precondition. */
  readonly wholeOnError?: true | 'of-5xx' | 'of-precondition';
  /** What a client refuses as too old is served to it all the same when the parent fails. */
  readonly servesRefusedOnError?: true;
  /** What it serves in place of a 5xx it stores again, with the Age shown then, and an Expires so many seconds from now. */
  readonly renewsOnError?: number;
  /** A 5xx that goes to the client removes what it was to replace. */
  readonly failureRemoves?: true;
  /** What it answers when its parent gives no answer; absent: 502. */
  readonly unreachableStatus?: number;
  /** must-revalidate forbids serving stale. */
  readonly obeysMustRevalidate: boolean;
  /** Directives of requests that have an effect. */
  readonly obeysRequestDirectives: readonly RequestDirective[];
  /** Directives of requests that refuse whatever is stored, for any argument. */
  readonly refusesWhatever?: readonly RequestDirective[];
  /** A client's max-age refuses also what is exactly as old. */
  readonly refusesAtMaxAge?: true;
  /** A client's max-stale refuses also what is stale by exactly as much. */
  readonly refusesAtMaxStale?: true;
  /** Neither looks into its store nor stores for a request with no-store. */
  readonly passesNoStore?: true;
  /** Answers only-if-cached with 504 whatever the method; `on-miss`: where nothing is stored. */
  readonly onlyIfCachedForAll?: true | 'on-miss';
  /** Validates what is stored also for a client that says only-if-cached. */
  readonly onlyIfCachedValidates?: true;
  readonly storesSetCookie: boolean;
  /** Sends no Set-Cookie with what it has stored. */
  readonly stripsSetCookie?: true;
  /** Stores what has `Vary: *`, and validates it for each request; `unmatched`: only to be purged. */
  readonly storesVaryStar?: true | 'unmatched';
  /** What it makes of Accept-Encoding before anything is compared: gzip where that is accepted, else nothing. */
  readonly wantsGzipOrNothing?: true;
  /** Request fields that Vary may name (lower case); any other keeps a response out of the store. Absent: all may. */
  readonly variesBy?: readonly string[];
  /** Stores also what is stale at once and cannot be validated. */
  readonly storesStale?: true;
  /** Does not store what comes with `Age: 0`. */
  readonly refusesAgeZero?: true;
  /** Does not store what comes with an Age beyond its lifetime, though Age counts for nothing else. */
  readonly refusesAgeBeyond?: true;
  /** Does not store the answer to a request for a range, unless it replaces what is stored. */
  readonly refusesRanges?: true;
  /** Does not store what has a no-cache with a list of fields. */
  readonly refusesQualifiedNoCache?: true;
  /** Methods other than GET of which it heeds Range in what it sends. */
  readonly rangesOf?: readonly string[];
  /** For a request with Authorization it looks only at what says one of these; absent: at everything. */
  readonly reusesAuthorizedWith?: readonly string[];
  /** Directives with which it validates what is fresh for a request with Authorization. */
  readonly validatesAuthorizedWith?: readonly string[];
  /** How it compares the request fields that Vary names. */
  readonly matchesVary: VaryMatch;
  /** Request fields (lower case) that it does not look at though Vary names them. */
  readonly ignoredInVary?: readonly string[];
  /** Request fields (lower case) that Vary may name, and without which a request matches any variant. */
  readonly absentMatchesAny?: readonly string[];
  /** Keeps parts (206) and answers ranges within them. */
  readonly storesPartial: boolean;
  /** Makes one of parts with the same strong validator, and the whole of all of them (RFC 9111 section 3.4). */
  readonly combinesParts?: true;
  /** Keeps what broke off, and asks only for the bytes that it lacks (RFC 9111 section 3.3). Needs `combinesParts`. */
  readonly completesParts?: true;
  /** Answers several ranges from a whole copy with multipart/byteranges (RFC 9110 section 14.6). */
  readonly answersSeveralRanges?: true;
  /** Answers a range from a whole copy; `as-parent`: where that came with Accept-Ranges. */
  readonly answersRanges: boolean | 'as-parent';
  /** A range that cannot be satisfied is as if it were not there. */
  readonly ignoresUnsatisfiable?: true;
  /** Keeps an answer to POST that is the page itself (RFC 9110 section 9.3.3). */
  readonly storesPost: boolean;
  /** Statuses that it never stores. */
  readonly refusesStatus?: readonly number[];
  /** The only statuses it stores; absent: any that section 3 of RFC 9111 allows. */
  readonly storesOnlyStatus?: readonly number[];
  /** Of these statuses it stores only what has a lifetime of more than nothing, however old it comes. */
  readonly storesFreshOnly?: readonly number[];
  /** no-cache lets it store the answer to a request with Authorization, as must-revalidate does. */
  readonly noCacheAllowsAuthorization?: true;
  /** Stores answers to requests with Authorization although nothing in them allows it (against RFC 9111 section 3.5). */
  readonly ignoresAuthorization?: boolean;
  /** Request fields whose presence makes it pass. */
  readonly passesRequestsWith: readonly string[];
  readonly storesNoCache: boolean;
  /** Sends a conditional request when a stored response has gone stale. */
  readonly revalidates: boolean;
  /** Statuses of stored responses that it validates; absent: all. */
  readonly validatesStatus?: readonly number[];
  /** What has no validator is asked about by the Date that it had. */
  readonly validatesByDate?: true;
  /** Asks by Last-Modified or Date at any rate, by its own ETag where that is strong and the client has sent none. */
  readonly validatesBeside?: true;
  /** What a 304 confirms stays stored, whatever that 304 or the request forbids; `as-it-was`: a 304 with no-store or private renews nothing. */
  readonly keepsValidated?: true | 'as-it-was';
  /** What a stored response said of validation stands, whatever the 304 says that renews it. */
  readonly keepsValidationTerms?: true;
  /** Takes a 304 to its own precondition for one about what is stored, whatever validators that 304 has. */
  readonly believesNotModified?: true;
  /** The Age of what a 304 has just confirmed is its own Age and the time since its Date. */
  readonly addsAgeToDate?: true;
  /** Asks by a weak entity tag as if it were strong. */
  readonly asksByStrongTag?: true;
  /** Of the client's preconditions only If-Modified-Since counts for what a 304 has just confirmed. */
  readonly comparesDateOnceValidated?: true;
  /** Keeps and sends what it has stored when the answer has an earlier Date, or none. */
  readonly keepsLatest?: true;
  /** A stored Age stands until a 304 brings another. */
  readonly keepsAgeField?: true;
  /** A new answer that may not be stored leaves the stale response where it is; absent: that goes. */
  readonly keepsWhatIsNotReplaced?: true;
  /** What answers a request with no-store leaves the stale response where it is. */
  readonly keepsWhatNoStoreReplaces?: true;
  /** A 304 without Date leaves the stored one where it is; absent: it gets one on arrival. */
  readonly leavesUndated?: true;
  /** Requests for which it fetches the whole where it could validate; `precondition`: one that the copy does not meet. */
  readonly fetchesAnewFor?: readonly ('no-cache' | 'precondition')[];
  /** Asks for the whole without what the client said of ranges and of its own copy: what comes is to be stored. */
  readonly fetchesWhole?: true;
  /** Where it cannot validate it passes a GET on without the client's preconditions, though with its range. */
  readonly dropsPreconditions?: true;
  /** Statuses of answers that remove what they were to replace, and are then not stored. */
  readonly removedBy?: readonly number[];
  /** What answers a request with no-cache, and is not stored, leaves the stored response where it is. */
  readonly keepsWhatNoCacheReplaces?: true;
  /** Does not store what has an earlier Date than what it was to replace, which then stays. */
  readonly storesLaterOnly?: true;
  /** Statuses of answers that leave what they were to replace where it is. */
  readonly keptBy?: readonly number[];
  /** Cuts the range that was asked for out of the whole that it has just fetched; `replacing`: where that takes a copy's place, and there is such a range. */
  readonly cutsFetched?: true | 'replacing' | 'unless-stored';
  /** Answers 304 also from what it has just fetched, unless that ends a copy, and from responses of any status; `*` holds where there is an ETag. */
  readonly comparesAll?: true;
  /** Answers 304 also from a 200 that it has just fetched; `storable`: where nothing in that forbids to store it. */
  readonly comparesFetched?: true | 'storable';
  /** If-Modified-Since holds for its very Last-Modified only. */
  readonly comparesDateExactly?: true;
  /** Reads If-None-Match as one entity tag: no list, no `*`. */
  readonly comparesOneTag?: true;
  /** Answers 304 from stored responses of any status. */
  readonly notModifiedOfAny?: true;
  /** Several ranges at once cannot be satisfied. */
  readonly refusesSeveralRanges?: true;
  /**
   * How long an answer that was not stored keeps requests of its variant from waiting for each other; it hides what was stored
   * before it, and no later copy is served stale beside it. Seconds.
   */
  readonly fetchesApartFor?: number;
  /** A 304 to the client's own precondition also renews the stale copy. */
  readonly renewsByAny304?: true;
  /** Asks its parent where a client's precondition does not hold for the fresh copy. */
  readonly asksWhenChanged?: true;
  /** If-Modified-Since counts where it is no later than the stored Date; what has no Last-Modified was modified in this second. */
  readonly comparesUpToDate?: true;
  /** Leaves it to its parent where a client has a precondition and what is stored is no 200. */
  readonly comparesPagesOnly?: true;
  /** What becomes of a HEAD that its store cannot answer; absent: it is passed on as it is. */
  readonly head?: 'validates' | 'as-get';
  /** What the parent answers to a HEAD changes nothing that is stored; absent: RFC 9111 section 4.3.5. */
  readonly ignoresHead?: true;
  /** A HEAD that the parent answers in full removes what is stored. */
  readonly headRemoves?: true;
  /** A 304 changes no stored field, only the lifetime, where it gives one; absent: as RFC 9111 section 3.2. */
  readonly mergesNotModified?: false;
  /** How long a 304 renews is read in that 304 alone; absent: also in the stored fields that it leaves as they are. */
  readonly renewsBy304Alone?: true;
  /** How long after the stale window a copy is kept for validation; absent: until there is no room. */
  readonly keep?: number;
  /** Concurrent requests of one key wait for one fetch; `misses`: only where nothing is stored. */
  readonly collapses: boolean | 'misses';
  /** An unsafe method invalidates what is stored for its URL. */
  readonly invalidatesOnUnsafe: boolean;
  /** Only a 2xx to an unsafe method invalidates; absent: a 3xx as well. */
  readonly invalidatesOnSuccess?: true;
  /** An unsafe method invalidates only the variant that its request selects. */
  readonly invalidatesOne?: true;
  /** What is invalidated stays for the failures of the parent, and is otherwise fetched anew; absent: it goes. */
  readonly keepsInvalidated?: true;
  /** Obeys Cache-Groups and Cache-Group-Invalidation (RFC 9875). */
  readonly groups: boolean;
  /** A purge with a field that Vary names removes all variants. */
  readonly purgesByField?: true;
  /** What one purge request removes, and what it answers when nothing was there. */
  readonly purge: { readonly variants: 'all' | 'one'; readonly absentStatus: number };
}
