import { describe, expect, it } from 'vitest';
import { hopsOf } from '../../../shared/explain.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';
import { otherwiseAsked } from '../../../shared/notes/otherwise-asked.ts';
import { repeated } from '../../../shared/notes/repeated.ts';
import { NOW } from './examples.ts';

function answer(at: number, ...fields: FieldLine[]) {
  const response = { url: 'https://h/', status: 200, fields, receivedAt: NOW + at };
  return { response, hops: hopsOf(response), digest: 'sha256:a' };
}
const hit = (at: number, age: number, lifetime = 600) =>
  answer(at, ['Age', String(age)], ['Cache-Status', 'edge; hit'], ['Cache-Control', `max-age=${lifetime}`]);
const ids = (...answers: ReturnType<typeof answer>[]) => repeated.read(answers).map((n) => n.id);

describe('Age that goes back is nothing to note', () => {
  it('where a new one was fetched in between', () => {
    const fetched = answer(1, ['Age', '0'], ['Cache-Status', 'edge; fwd=stale; fwd-status=200']);
    expect(ids(hit(0, 50), fetched, hit(2, 1))).not.toContain('age-back');
  });

  it('where the copy had come to its end', () => {
    expect(ids(hit(0, 59, 60), hit(2, 0, 60))).not.toContain('age-back');
    expect(ids(hit(0, 50, 60), hit(2, 0, 60))).toContain('age-back');
  });
});

describe('HEAD', () => {
  const plain = answer(0, ['ETag', '"a"'], ['Vary', 'Accept-Encoding']);
  const about = (head: ReturnType<typeof answer>) => otherwiseAsked.read({ plain, head }).map((n) => n.id);

  it('may leave out what is known only once there is content (RFC 9110 section 9.3.2)', () => {
    expect(about(answer(0, ['ETag', '"a"']))).toEqual(['head-agrees']);
  });

  it('may not say something else', () => {
    expect(about(answer(0, ['ETag', '"b"']))).toEqual(['head-differs']);
  });
});
