// Which scenarios are compared? Random ones by a seed: mostly ordinary, now and then something that caches disagree about.
import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { FieldLine } from '../../shared/http/fields.ts';
import type { OriginAnswer, Scenario, ScenarioRequest, ScenarioStep } from '../scenarios/scenario.ts';

type Weighted<T> = readonly (readonly [weight: number, value: T])[];

const oneOf = <T>(...choices: Weighted<T>): Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const anyOf = <T>(...choices: Weighted<Arbitrary<T>>): Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Mostly nothing. */
const seldom = <T>(one: number, of: number, value: Arbitrary<T>): Arbitrary<readonly T[]> =>
  anyOf<readonly T[]>([of - one, fc.constant([])], [one, value.map((v) => [v])]);

const seconds = oneOf([1, 0], [4, 1], [4, 2], [3, 3], [1, 4], [1, 5]);

const oddMaxAge = fc.constantFrom(
  'max-age="3"',
  'max-age=abc',
  'max-age=-1',
  'max-age = 3',
  'MAX-AGE=3',
  'max-age=2.5',
  'max-age',
  'max-age=3, max-age=1',
  'max-age=1, max-age=3',
  'max-age=99999999999',
  ', ,max-age=3',
  'max-age=3,',
  'foo=bar, max-age=3',
  'private="set-cookie", max-age=3',
  'no-cache="x-thing", max-age=3',
  'max-age=03',
  "max-age='3'",
);

const extra = anyOf(
  [4, seconds.map((n) => `s-maxage=${n}`)],
  [3, fc.constant('no-cache')],
  [2, fc.constant('no-store')],
  [2, fc.constant('private')],
  [3, fc.constant('must-revalidate')],
  [1, fc.constant('proxy-revalidate')],
  [4, seconds.map((n) => `stale-while-revalidate=${n}`)],
  [4, seconds.map((n) => `stale-if-error=${n + 2}`)],
  [3, fc.constant('public')],
  [1, fc.constant('immutable')],
);

const cacheControl: Arbitrary<FieldLine[]> = anyOf(
  [16, fc.tuple(seconds, seldom(1, 2, extra)).map(([n, more]) => line('Cache-Control', [`max-age=${n}`, ...more]))],
  [3, fc.tuple(seconds, extra, extra).map(([n, a, b]) => line('Cache-Control', [`max-age=${n}`, a, b]))],
  [3, extra.map((a) => line('Cache-Control', [a]))],
  [2, oddMaxAge.map((text) => line('Cache-Control', [text]))],
  [
    1,
    fc
      .tuple(seconds, extra)
      .map(([n, a]) => [...line('Cache-Control', [`max-age=${n}`]), ...line('Cache-Control', [a])]),
  ],
  [3, fc.constant([])],
);

const line = (name: string, members: readonly string[]): FieldLine[] => [[name, members.join(', ')]];

const expires: Arbitrary<readonly FieldLine[]> = seldom(
  1,
  6,
  oneOf([3, '{now+2}'], [2, '{now+4}'], [2, '{now-10}'], [1, '0'], [1, 'soon'], [1, '{now}']).map(
    (value) => ['Expires', value] as const,
  ),
);

const age: Arbitrary<readonly FieldLine[]> = seldom(
  1,
  7,
  oneOf([2, '0'], [4, '1'], [3, '2'], [2, '4'], [2, '6'], [1, 'abc'], [1, '1, 3']).map(
    (value) => ['Age', value] as const,
  ),
);

const date: Arbitrary<readonly FieldLine[] | 'none'> = oneOf<readonly FieldLine[] | 'none'>(
  [16, []],
  [1, 'none'],
  [1, [['Date', '{now-3}']]],
  [1, [['Date', '{now+5}']]],
);

const varied = oneOf<readonly string[]>(
  [14, []],
  [3, ['Accept-Language']],
  [1, ['Accept-Encoding']],
  [2, ['X-Thing']],
  [1, ['accept-language', 'X-Thing']],
  [1, ['*']],
);

const status = oneOf([40, 200], [1, 203], [1, 204], [1, 301], [2, 302], [3, 404], [1, 410], [2, 500], [1, 503]);

/** How one resource is described, whatever its content is just now. */
interface Description {
  readonly status: number;
  readonly fields: readonly FieldLine[];
  readonly date: boolean;
  readonly validator: 'none' | 'strong' | 'weak' | 'modified' | 'both';
}

const validator = oneOf<Description['validator']>(
  [5, 'none'],
  [4, 'strong'],
  [1, 'weak'],
  [2, 'modified'],
  [2, 'both'],
);

const described = (vary: readonly string[]): Arbitrary<Description> =>
  fc
    .record({
      status,
      date,
      validator,
      parts: fc.tuple(cacheControl, expires, age),
      cookie: seldom(1, 14, fc.constant<FieldLine>(['Set-Cookie', 'a=1'])),
    })
    .map(({ status, date, validator, parts, cookie }) => ({
      status,
      validator,
      date: date !== 'none',
      fields: [
        ...(date === 'none' ? [] : date),
        ...parts.flat(),
        ...(vary.length === 0 ? [] : [['Vary', vary.join(', ')] as const]),
        ...(status === 301 || status === 302 ? [['Location', '{root}elsewhere'] as const] : []),
        ...cookie,
      ],
    }));

/** The content's version, from 1 to 9, stands in every byte of the body and in both validators. */
export function answerWith({ status, fields, date, validator }: Description, version: number): OriginAnswer {
  const tag: FieldLine = ['ETag', validator === 'weak' ? `W/"v${version}"` : `"v${version}"`];
  const modified: FieldLine = ['Last-Modified', `Mon, 01 Jan 2024 00:00:0${version} GMT`];
  const validators = {
    none: [],
    strong: [tag],
    weak: [tag],
    modified: [modified],
    both: [tag, modified],
  }[validator];
  return {
    status,
    date,
    fields: [...fields, ...validators].map(([name, value]): [string, string] => [name, value]),
    body: String(version).repeat(BODY_LENGTH),
    delay: 0,
    validates: validator !== 'none' && status === 200,
  };
}

const BODY_LENGTH = 24;

const trouble: Arbitrary<OriginAnswer> = anyOf(
  [2, fc.constant({ ...answerWith({ status: 503, fields: [], date: true, validator: 'none' }, 9) })],
  [1, fc.constant({ ...answerWith({ status: 500, fields: [], date: true, validator: 'none' }, 9) })],
  [2, fc.constant<OriginAnswer>({ status: 200, fields: [], date: true, delay: 0, validates: false, fail: 'refuse' })],
);

const requestDirective = oneOf(
  [3, 'no-cache'],
  [3, 'max-age=0'],
  [2, 'max-age=1'],
  [1, 'no-store'],
  [1, 'max-stale'],
  [1, 'max-stale=1'],
  [1, 'min-fresh=1'],
  [2, 'only-if-cached'],
  [1, 'stale-if-error=5'],
);

const special: Arbitrary<readonly FieldLine[]> = anyOf<readonly FieldLine[]>(
  [5, requestDirective.map((value) => [['Cache-Control', value]])],
  [1, fc.constant([['Pragma', 'no-cache']])],
  [2, fc.constant([['Cookie', 'a=1']])],
  [2, fc.constant([['Authorization', 'Basic YTpi']])],
  [3, fc.constantFrom('"v1"', '"v2"', 'W/"v1"', '*', '"v1", "v2"').map((tag) => [['If-None-Match', tag]])],
  [
    2,
    fc
      .constantFrom('Mon, 01 Jan 2024 00:00:01 GMT', '{now}', 'Mon, 01 Jan 2023 00:00:00 GMT')
      .map((value) => [['If-Modified-Since', value]]),
  ],
  [
    3,
    fc
      .constantFrom('bytes=0-4', 'bytes=5-', 'bytes=-3', 'bytes=30-', 'bytes=0-1,4-5')
      .map((value) => [['Range', value]]),
  ],
);

const method = (mayPurge: boolean) =>
  oneOf([40, 'GET'], [3, 'HEAD'], [2, 'POST'], [mayPurge ? 2 : 0, 'PURGE'], [1, 'PUT']);

const values: Readonly<Record<string, readonly string[]>> = {
  'accept-language': ['en', 'de', 'en, de', 'en,de'],
  'accept-encoding': ['gzip', 'identity', 'gzip, br'],
  'x-thing': ['a', 'b'],
};

/** A value, or none, for every field that the resource varies on. */
function selecting(vary: readonly string[]): Arbitrary<FieldLine[]> {
  const lines = vary
    .filter((name) => name !== '*')
    .map((name) => {
      const [first = '', ...others] = values[name.toLowerCase()] ?? [];
      return anyOf<readonly FieldLine[]>(
        [3, fc.constant([[name, first]])],
        [2, fc.constantFrom(...others).map((value) => [[name, value]])],
        [1, fc.constant([])],
      );
    });
  return fc.tuple(...lines).map((found) => found.flat());
}

const request = (vary: readonly string[], mayPurge: boolean): Arbitrary<ScenarioRequest> =>
  fc
    .record({ method: method(mayPurge), selected: selecting(vary), more: seldom(1, 5, special) })
    .map(({ method, selected, more }) => ({
      method,
      path: '',
      fields: [...selected, ...more.flat()].map(([name, value]): [string, string] => [name, value]),
      ...(method === 'POST' || method === 'PUT' ? { body: 'a=1' } : {}),
    }));

const wait = oneOf([7, 0], [6, 1], [5, 2], [3, 3], [1, 4]);

function scenarioOf(mayPurge: boolean): Arbitrary<Omit<Scenario, 'id'>> {
  return varied.chain((vary) => {
    const step = fc.record({
      wait,
      clients: oneOf([24, 1], [1, 2]),
      request: request(vary, mayPurge),
      isNewVersion: fc.boolean(),
      other: seldom(1, 8, described(vary)),
      failing: seldom(1, 9, trouble),
    });
    return fc
      .tuple(described(vary), fc.array(step, { minLength: 3, maxLength: 7 }))
      .map(([base, steps]) => ({ reference: 'generated', kind: 'optional' as const, steps: told(base, steps) }));
  });
}

interface Told {
  readonly wait: number;
  readonly clients: number;
  readonly request: ScenarioRequest;
  readonly isNewVersion: boolean;
  readonly other: readonly Description[];
  readonly failing: readonly OriginAnswer[];
}

function told(base: Description, steps: readonly Told[]): ScenarioStep[] {
  let version = 1;
  return steps.map(({ wait, clients, request, isNewVersion, other, failing }, i) => {
    if (i > 0 && isNewVersion) version += 1;
    return {
      wait: i === 0 ? 0 : wait,
      clients,
      request,
      answers: [failing[0] ?? answerWith(other[0] ?? base, version)],
    };
  });
}

/** Scenarios with at least this many steps in all; the same for the same seed. */
export function generate(seed: number, steps: number, mayPurge: boolean): Scenario[] {
  const made: Scenario[] = [];
  let count = 0;
  const samples = fc.sample(scenarioOf(mayPurge), { seed, numRuns: Math.ceil(steps / 3) });
  for (const sample of samples) {
    if (count >= steps) break;
    made.push({ id: `generated-${seed}-${made.length + 1}`, ...sample });
    count += sample.steps.length;
  }
  return made;
}
