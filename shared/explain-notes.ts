// What should whoever sent this response know about how caches read it? One note for each thing worth a look.
import { spokenDuration } from './duration.ts';
import { rfcBehaviour } from './dialects/rfc-behaviour.ts';
import { cacheControlOf, has, seconds } from './http/cache-control.ts';
import { parseCacheStatus } from './http/cache-status.ts';
import { controlOf } from './http/control.ts';
import { combined, last, valuesOf, type FieldLines } from './http/fields.ts';
import { lifetimeOf, staleWindow, type Lifetime } from './http/freshness.ts';
import { isHeuristicallyCacheable } from './http/status.ts';
import type { Instant } from './model/interval.ts';

export interface Note {
  readonly id: string;
  readonly level: 'good' | 'info' | 'warn' | 'bad';
  /** One sentence for a person. */
  readonly summary: string;
  /** Page of the standard. */
  readonly reference: string;
}

const RFC = 'https://www.rfc-editor.org/rfc/';
const note = (id: string, level: Note['level'], summary: string, reference: string): Note => ({
  id,
  level,
  summary,
  reference: `${RFC}${reference}`,
});

/** Notes on one response, by the rules of a standard shared cache. `now` stands in for a missing Date. */
export function notesOn(fields: FieldLines, status: number, now: Instant): Note[] {
  return [...forbidden(fields), ...freshness(fields, status, now), ...keyed(fields), ...unreadable(fields)];
}

function forbidden(fields: FieldLines): Note[] {
  const cc = cacheControlOf(fields);
  const notes: Note[] = [];
  if (has(cc, 'no-store'))
    notes.push(note('no-store', 'info', 'no-store: no cache keeps this response.', 'rfc9111#section-5.2.2.5'));
  if (has(cc, 'private')) {
    notes.push(
      note(
        'private',
        'info',
        'private: a browser may keep this response, no shared cache does.',
        'rfc9111#section-5.2.2.7',
      ),
    );
  }
  if (has(cc, 'no-cache')) {
    notes.push(
      note(
        'no-cache',
        'info',
        'no-cache: a stored copy is never used without asking first.',
        'rfc9111#section-5.2.2.4',
      ),
    );
  }
  if (valuesOf(fields, 'set-cookie').length > 0 && !has(cc, 'private') && !has(cc, 'no-store')) {
    const summary =
      'Set-Cookie without private or no-store: a shared cache may hand one visitor’s cookie to others, or refuse to store the page.';
    notes.push(note('set-cookie', 'warn', summary, 'rfc9111#section-7.3'));
  }
  return notes;
}

function freshness(fields: FieldLines, status: number, now: Instant): Note[] {
  const cc = cacheControlOf(fields);
  if (has(cc, 'no-store')) return [];
  const lifetime = lifetimeOf(status, fields, rfcBehaviour, {}, now);
  if (lifetime === undefined && !isHeuristicallyCacheable(status) && !has(cc, 'public')) {
    const summary = `Nothing says how long it stays fresh, and a ${status} is not kept unasked: a standard cache passes it on and forgets it.`;
    return [note('not-kept', 'info', summary, 'rfc9111#section-3')];
  }
  if (lifetime === undefined) {
    return [
      note(
        'no-lifetime',
        'warn',
        'Nothing says how long it stays fresh: every cache decides for itself.',
        'rfc9111#section-4.2.2',
      ),
    ];
  }
  return [lifetimeNote(lifetime), ...ageNote(fields, lifetime.seconds), ...browserNote(fields, lifetime.seconds)];
}

function lifetimeNote({ from, seconds: lifetime, invalid }: Lifetime): Note {
  if (invalid === true) {
    return note(
      'lifetime-unreadable',
      'bad',
      `${from} cannot be read, so it counts as no lifetime at all.`,
      'rfc9111#section-4.2.1',
    );
  }
  if (from === 'heuristic') {
    const summary = `Nothing says how long it stays fresh; a tenth of its age since Last-Modified is the custom: ${spokenDuration(lifetime)}.`;
    return note('heuristic-lifetime', 'warn', summary, 'rfc9111#section-4.2.2');
  }
  return note(
    'lifetime',
    'info',
    `Fresh for ${spokenDuration(lifetime)} in a shared cache, by ${from}.`,
    'rfc9111#section-4.2.1',
  );
}

function ageNote(fields: FieldLines, lifetime: number): Note[] {
  const ages = valuesOf(fields, 'age');
  const notes: Note[] = [];
  if (ages.length > 1)
    notes.push(
      note(
        'age-twice',
        'bad',
        `Age was sent ${ages.length} times; readers disagree on which counts.`,
        'rfc9111#section-5.1',
      ),
    );
  const age = Number(ages[0]);
  if (ages.length === 0 || !/^\d{1,10}$/.test(ages[0] ?? '')) return notes;
  const left = lifetime - age;
  if (left > 0)
    return [
      ...notes,
      note('fresh', 'good', `Age ${age}: fresh for another ${spokenDuration(left)}.`, 'rfc9111#section-4.2'),
    ];
  const window = staleWindow(controlOf(fields, rfcBehaviour), rfcBehaviour, {});
  const allowed = -left < window ? ', within its stale-while-revalidate window' : '';
  return [
    ...notes,
    note(
      'stale',
      'warn',
      `Age ${age}: it has been stale for ${spokenDuration(-left)}${allowed}.`,
      'rfc9111#section-4.2.4',
    ),
  ];
}

function browserNote(fields: FieldLines, shared: number): Note[] {
  const own = seconds(cacheControlOf(fields), 'max-age');
  if (typeof own !== 'number' || own === shared) return [];
  const summary = `A browser keeps it for ${spokenDuration(own)} (max-age): no purge reaches that copy.`;
  return [note('browser-lifetime', own > shared ? 'warn' : 'info', summary, 'rfc9111#section-5.2.2.10')];
}

function keyed(fields: FieldLines): Note[] {
  const vary = combined(fields, 'vary');
  if (vary === undefined || vary === '') return [];
  if (vary.split(',').some((name) => name.trim() === '*')) {
    return [
      note(
        'vary-star',
        'bad',
        'Vary: * means that no stored copy ever fits another request.',
        'rfc9110#section-12.5.5',
      ),
    ];
  }
  const names = vary.split(',').map((name) => name.trim().toLowerCase());
  if (!names.includes('user-agent') && !names.includes('cookie')) return [];
  return [
    note('vary-wide', 'warn', `Vary: ${vary} keeps a copy for each of very many visitors.`, 'rfc9111#section-4.1'),
  ];
}

function unreadable(fields: FieldLines): Note[] {
  const status = parseCacheStatus(valuesOf(fields, 'cache-status')).problems;
  const notes = status.map((problem) => note('cache-status-unreadable', 'warn', problem, 'rfc9211#section-2'));
  if (last(fields, 'date') === undefined) {
    notes.push(
      note(
        'no-date',
        'info',
        'There is no Date, so ages can only be counted from when it was received.',
        'rfc9110#section-6.6.1',
      ),
    );
  }
  return notes;
}
