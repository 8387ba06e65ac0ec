import { describe, expect, it } from 'vitest';
import { rfc9211 } from '../../shared/dialects/rfc9211.ts';
import { judge } from './judge.ts';
import { caseFiles, parseCases } from './load.ts';
import { playModel } from './play-model.ts';

describe.each(caseFiles())('the executable cache: $name', ({ cases }) => {
  it.each(cases.map((scenario) => [scenario.id, scenario] as const))('%s', (_, scenario) => {
    expect(judge(scenario, playModel(scenario, { dialect: rfc9211 }))).toEqual([]);
  });
});

describe('a case file', () => {
  it('that is not well formed is refused with file, line and case', () => {
    const text = '- id: a-case\n  reference: RFC 9111\n  kind: required\n  steps:\n    - wiat: 1\n';
    expect(() => parseCases(text, 'new.yaml')).toThrow(/new\.yaml:5: a-case: steps\.0: .*wiat/);
  });
});
