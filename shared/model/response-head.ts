// Which fields does a cache put on what it sends: Age and Date above all? (RFC 9111 sections 4, 5.1; RFC 9110 section 7.6.1)
import type { Behaviour } from '../dialects/dialect.ts';
import { currentAge } from '../http/age.ts';
import type { Clocks } from '../http/age.ts';
import { formatDate } from '../http/date.ts';
import { endToEnd, withField, without } from '../http/fields.ts';
import type { FieldLines } from '../http/fields.ts';
import type { Instant } from './interval.ts';

/** A stored response as this product sends it on. */
export function storedHead(fields: FieldLines, clocks: Clocks, behaviour: Behaviour, now: Instant): FieldLines {
  // a product that never emits Age replays the parent's as it was stored
  const aged = behaviour.emitsAge === 'never' ? fields : withAge(fields, clocks, behaviour, now);
  const kept = behaviour.stripsSetCookie === true ? without(aged, 'set-cookie') : aged;
  return dated(kept, behaviour, now);
}

/** A response that has just come, or has just been validated, as this product sends it on. `stored`: and has stored it. */
export function passedOnHead(
  fields: FieldLines,
  clocks: Clocks,
  behaviour: Behaviour,
  now: Instant,
  stored: boolean,
): FieldLines {
  const kept = endToEnd(fields);
  switch (behaviour.emitsAge) {
    case 'always':
      return dated(withAge(kept, clocks, behaviour, now), behaviour, now);
    case 'never':
      return dated(kept, behaviour, now);
    case 'on-hit':
      // HAProxy 2.6 counts Age on its own hits only, and takes the parent's away when it stores
      return dated(behaviour.honoursAge || !stored ? kept : without(kept, 'age'), behaviour, now);
  }
}

const withAge = (fields: FieldLines, clocks: Clocks, behaviour: Behaviour, now: Instant): FieldLines =>
  withField(fields, 'Age', String(currentAge(clocks, behaviour.clock, now)));

const dated = (fields: FieldLines, behaviour: Behaviour, now: Instant): FieldLines =>
  behaviour.keepsDate ? fields : withField(fields, 'Date', formatDate(now));
