// Which tests can run on this machine? Those whose programs are installed; what is missing is named, never passed over in silence.
import { spawnSync } from 'node:child_process';

const PACKAGES: Readonly<Record<string, string>> = {
  varnishd: 'apt-get install varnish',
  nginx: 'apt-get install nginx libnginx-mod-http-cache-purge',
  squid: 'apt-get install squid',
  traffic_server: 'apt-get install trafficserver',
  apache2: 'apt-get install apache2',
  haproxy: 'apt-get install haproxy',
};

/**
 * Whether every program is installed, for `describe.runIf(needs('varnishd', 'nginx'))`. Says on stderr what is missing and
 * how to install it.
 * @throws Error instead, where the environment says STRATA_REQUIRE_PEERS=1: there nothing may be skipped
 */
export function needs(...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) return true;
  return isWithout(missing.map((p) => `${p} (${PACKAGES[p] ?? 'not packaged'})`).join(', '));
}

/** The same of a part that a program can be installed without. @param what its name and, in brackets, how to install it */
export const needsPart = (isThere: boolean, what: string): boolean => isThere || isWithout(what);

function isWithout(what: string): false {
  const sentence = `not installed: ${what}`;
  if (process.env['STRATA_REQUIRE_PEERS'] === '1') throw new Error(sentence);
  process.stderr.write(`skipped, ${sentence}\n`);
  return false;
}

function isInstalled(program: string): boolean {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;
  return spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', program], { env: { PATH: path } }).status === 0;
}
