import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { topologyJsonSchema } from '../../shared/topology-schema.ts';

it('the schema that editors read is the schema that strata reads (vitest -u writes it anew)', async () => {
  const path = new URL('../../shared/strata.schema.json', import.meta.url).pathname;
  const written = await format(JSON.stringify(topologyJsonSchema()), {
    ...(await resolveConfig(path)),
    parser: 'json',
  });
  await expect(written).toMatchFileSnapshot('../../shared/strata.schema.json');
});

it('the schema refuses unknown keys and knows the shape of a duration', () => {
  const text = JSON.stringify(topologyJsonSchema());
  expect(text).toContain('"additionalProperties":false');
  expect(text).toContain('ms|s|m|h|d|w');
});
