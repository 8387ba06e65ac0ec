import { describe, expect, it } from 'vitest';
import { fastly } from '../../../shared/dialects/fastly.ts';
import { generic } from '../../../shared/dialects/generic.ts';
import { groundOf, isAssumed, isUnrecognised } from '../../../shared/dialects/grounds.ts';
import { dialects } from '../../../shared/dialects/index.ts';
import { rfc9211 } from '../../../shared/dialects/rfc9211.ts';
import { varnish } from '../../../shared/dialects/varnish.ts';

describe('the ground of a trait', () => {
  it('is the usual one of its dialect, also of a trait that is absent', () => {
    expect(groundOf(varnish, 'clock')).toBe('measured');
    expect(groundOf(varnish, 'staleOnError')).toBe('measured');
    expect(groundOf(rfc9211, 'clock')).toBe('documented');
    expect(groundOf(fastly, 'clock')).toBe('assumed');
  });

  it('is another where the dialect says so', () => {
    expect(groundOf(varnish, 'groups')).toBe('assumed');
    expect(groundOf(varnish, 'defaultTtl')).toBe('documented');
    expect(groundOf(fastly, 'honoursAge')).toBe('documented');
  });

  it('is a measured one only where this project ran the product', () => {
    const measured = dialects.filter((d) => d.grounds.usual === 'measured').map((d) => d.id);
    expect(measured).toEqual(['varnish', 'nginx', 'squid', 'trafficserver', 'httpd', 'haproxy']);
    const others = dialects.filter((d) => !measured.includes(d.id));
    expect(others.filter((d) => d.grounds.except?.measured !== undefined)).toEqual([]);
  });

  it('is assumed for all that is not recognised, and for no other product throughout', () => {
    expect(dialects.filter(isUnrecognised)).toEqual([generic]);
    expect(isAssumed(generic, 'clock') && isAssumed(generic, 'honoursAge') && isAssumed(generic, 'keepsDate')).toBe(
      true,
    );
  });
});
