import { describe, expect, it } from 'vitest';
import { envNames, hasBrokenReference, namesSecret, withEnv } from '../../shared/env-reference.ts';

describe('a reference to the environment', () => {
  it('is replaced by what the environment holds', () => {
    expect(withEnv('Bearer ${TOKEN}-${TOKEN}', { TOKEN: 'a$&b' })).toEqual({ value: 'Bearer a$&b-a$&b' });
  });

  it('that is not set, or set to nothing, is named', () => {
    expect(withEnv('${A}${B}', { A: '1', B: '' })).toEqual({ missing: 'B' });
  });

  it('never reaches into what it was replaced by', () => {
    expect(withEnv('${A}', { A: '${B}', B: 'x' })).toEqual({ value: '${B}' });
  });

  it('is listed once', () => expect(envNames('${A} ${B} ${A}')).toEqual(['A', 'B']));

  it.each(['${', '${}', '${my-token}', '${1A}', 'x ${A} ${'])('%s is a broken one', (text) => {
    expect(hasBrokenReference(text)).toBe(true);
  });
});

it.each([
  'Authorization',
  'Proxy-Authorization',
  'X-Api-Key',
  'X-Purge-Token',
  'Fastly-Key',
  'X-Auth',
  'client-secret',
  'x-csrf-token',
])('%s is a credential by its name', (name) => expect(namesSecret(name)).toBe(true));

it.each(['Cookie', 'Surrogate-Key', 'xkey', 'User-Agent', 'Author', 'Cache-Tag', 'Accept'])('%s is none', (name) => {
  expect(namesSecret(name)).toBe(false);
});
