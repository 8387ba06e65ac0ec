// Do Age and Date tell how old it is, and do they agree? (RFC 9111 sections 4.2.3 and 5.1, RFC 9110 section 6.6.1)
import { parseDate } from '../http/date.ts';
import { first, valuesOf } from '../http/fields.ts';
import { spokenDuration } from '../duration.ts';
import { rfc, topic, type Say } from './note.ts';
import { quoted, type Scene } from './scene.ts';

const kinds = {
  'no-date': {
    level: 'info',
    why: 'Without Date nobody can tell when it was made; ages can only be counted from when it was received.',
    remedy: 'Every server with a clock sends Date; look for the layer that takes it away.',
    reference: rfc(9110, '6.6.1'),
  },
  'date-unreadable': {
    level: 'bad',
    why: 'It is none of the three forms of a date in HTTP, so that Expires and Last-Modified cannot be compared with it.',
    remedy: 'Write it like Sun, 06 Nov 1994 08:49:37 GMT.',
    reference: rfc(9110, '5.6.7'),
  },
  'date-future': {
    level: 'warning',
    why: 'By the clock of whoever received it, it was made in the future. One of the two clocks is wrong, and what counts by Expires is wrong by as much.',
    remedy: 'Set the clocks by NTP.',
    reference: rfc(9110, '6.6.1'),
  },
  'date-rewritten': {
    level: 'info',
    why: 'A layer on the way writes Date anew (nginx, Apache httpd and several CDNs do), so that it tells when it was passed on, not when it was made.',
    remedy: 'Go by Age here; a field of your own with the instant of making is the surest.',
    reference: rfc(9110, '6.6.1'),
  },
  'age-missing': {
    level: 'warning',
    why: 'It is older than the way takes, so that some cache has kept it, and whoever kept it sends no Age. Each cache after it counts the lifetime from nothing again.',
    remedy: 'Look for the layer that removes Age or does not send it (nginx does not); shorten its lifetime by hand.',
    reference: rfc(9111, '5.1'),
  },
  'age-reset': {
    level: 'warning',
    why: 'Date says that it is older than Age does. A cache on the way took it for new and began to count again, so that lifetimes add up.',
    remedy: 'Look for a layer between that drops Age; until then count with the sum of the lifetimes.',
    reference: rfc(9111, '4.2.3'),
  },
  'age-unreadable': {
    level: 'bad',
    why: 'Age is a whole number of seconds, not negative. Caches pass over another one and take the answer for new, or for expired.',
    remedy: 'Look for the layer that writes it.',
    reference: rfc(9111, '5.1'),
  },
  'age-huge': {
    level: 'warning',
    why: 'It is so old that either a lifetime of years was meant, or a clock was wrong when it was stored.',
    remedy: 'Compare Date; purge this copy if it should not be there any more.',
    reference: rfc(9111, '1.2.2'),
  },
  'age-twice': {
    level: 'bad',
    why: 'Readers differ in which counts: the standard says the first, some take the last, some none.',
    remedy: 'Let a cache replace the Age that it received, not add its own.',
    reference: rfc(9111, '5.1'),
  },
  'sent-twice': {
    level: 'bad',
    why: 'The field may be sent once. Readers differ in which counts, so that two caches see two different responses.',
    remedy: 'Look for the layer that adds it where it should replace it.',
    reference: rfc(9110, '5.3'),
  },
} as const;

type Id = keyof typeof kinds;

/** What the way and clocks that are nearly right may take, in seconds. */
const SLACK = 30;
const YEAR = 365 * 86_400;

export const ageDate = topic(kinds, (scene: Scene, say) => {
  const { fields, now } = scene;
  for (const name of ['Date', 'Expires', 'ETag', 'Last-Modified']) {
    const values = valuesOf(fields, name);
    if (values.length > 1)
      say('sent-twice', `${name} was sent ${values.length} times: ${quoted(values.slice(0, 3).join(' | '))}.`);
  }
  const date = first(fields, 'date');
  const counted = ['Expires', 'Last-Modified'].filter((name) => first(fields, name) !== undefined);
  if (date === undefined)
    say(
      'no-date',
      `There is no Date${counted.length === 0 ? '' : `, by which ${counted.join(' and ')} would be counted`}.`,
    );
  else if (parseDate(date, now) === undefined) say('date-unreadable', `Date ${quoted(date)} is no date of HTTP.`);
  ages(scene, say);
  compared(scene, say);
});

function ages({ fields }: Scene, say: Say<Id>): void {
  const values = valuesOf(fields, 'age').flatMap((line) => line.split(',').map((member) => member.trim()));
  if (values.length > 1)
    say('age-twice', `Age was sent ${values.length} times: ${quoted(values.slice(0, 5).join(', '))}.`);
  const wrong = values.find((value) => !/^\d+$/.test(value));
  if (wrong !== undefined) say('age-unreadable', `Age ${quoted(wrong)} is no whole number of seconds.`);
  else if (Number(values[0] ?? 0) > YEAR)
    say('age-huge', `Age ${values[0]}: more than ${Math.floor(Number(values[0]) / YEAR)} years.`);
}

/** Needs the instant of receiving: a response that was pasted has none. */
function compared({ date, age, receivedAt, fields }: Scene, say: Say<Id>): void {
  if (date === undefined || receivedAt === undefined) return;
  const apparent = receivedAt - date;
  if (apparent < -SLACK)
    return say('date-future', `Date lies ${spokenDuration(-apparent)} in the future of the clock here.`);
  if (age === undefined) {
    if (apparent > SLACK && first(fields, 'age') === undefined)
      say('age-missing', `Date is ${spokenDuration(apparent)} old, but there is no Age.`);
  } else if (apparent - age > SLACK) {
    say('age-reset', `Age says ${spokenDuration(age)}, Date says ${spokenDuration(apparent)}.`);
  } else if (age - apparent > SLACK) {
    say(
      'date-rewritten',
      `Age says ${spokenDuration(age)}, but Date is only ${spokenDuration(Math.max(0, apparent))} old.`,
    );
  }
}
