// How does a test report tell what a wait found? JUnit XML: one suite a layer, one case a node, target and variant.
import { access, constants, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../../shared/config-problem.ts';
import type { Standing, WaitDocument } from '../../shared/api-wait.ts';

/** The report; well-formed XML 1.0 whatever the servers sent. */
export function junitXml(document: WaitDocument): string {
  const { verdict, sentence, places, waited, expect = '' } = document;
  const layers = [...new Set(places.map((p) => p.layer))];
  const suites = layers.map((layer) =>
    suite(
      layer,
      document,
      places.filter((p) => p.layer === layer).map((p) => caseOf(p, document)),
    ),
  );
  // what is wrong with the check itself is no place's fault
  const whole = { attributes: { classname: 'strata.wait', name: `the check for ${expect}`, time: '0' } };
  if (verdict === 'bad-check') suites.push(suite('check', document, [failing(whole, 'error', verdict, sentence)]));
  const all = suites.flatMap((s) => s.cases);
  const head = { name: 'strata wait', ...countsOf(all), time: waited.toFixed(3) };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${tag('testsuites', head, `${suites.map((s) => s.xml).join('')}\n`)}\n`;
}

/** @throws ConfigError where the report cannot be written later, before anything is waited for */
export async function requireWritable(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new ConfigError(`The report ${file} cannot be written: there is no folder ${folder} to write in.`, [], {
      cause: error,
    });
  }
}

/** Writes the whole report or nothing: whoever reads the file finds a complete one. Rejects where it cannot be written. */
export async function writeJunit(file: string, document: WaitDocument): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, junitXml(document));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

interface Case {
  readonly attributes: Readonly<Record<string, string>>;
  readonly fault?: 'failure' | 'error' | 'skipped';
  readonly content?: string;
}

function caseOf(place: Standing, { verdict, waited }: WaitDocument): Case {
  const { layer, node, target, variant, shows, visibleAfter, because, cause } = place;
  const time = visibleAfter?.latest ?? waited;
  const attributes = { classname: `${layer}.${node}`, name: `${node} ${target}/${variant}`, time: time.toFixed(3) };
  const plain = { attributes };
  if (verdict === 'bad-check') return skipped(plain, 'The check shows nothing.');
  if (shows === 'new') return plain;
  if (shows === 'unknown') return failing(plain, 'error', 'no-answer', because);
  if (verdict === 'origin-not-ready' && place.origin !== true)
    return skipped(plain, 'Not every origin served the change: there was nothing to show yet.');
  return failing(plain, 'failure', cause ?? shows, because);
}

const failing = (plain: Case, fault: 'failure' | 'error', type: string, message: string): Case => ({
  ...plain,
  fault,
  content: tag(fault, { type, message }, escaped(message)),
});

const skipped = (plain: Case, message: string): Case => ({
  ...plain,
  fault: 'skipped',
  content: tag('skipped', { message }),
});

function suite(name: string, { startedAt, waited }: WaitDocument, cases: readonly Case[]) {
  const head = { name, ...countsOf(cases), time: waited.toFixed(3), timestamp: startedAt.slice(0, 19) };
  const inside = cases.map((c) => `\n    ${tag('testcase', c.attributes, c.content)}`).join('');
  return { cases, xml: `\n  ${tag('testsuite', head, `${inside}\n  `)}` };
}

function countsOf(cases: readonly Case[]) {
  const count = (fault: Case['fault']) => String(cases.filter((c) => c.fault === fault).length);
  return {
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function tag(name: string, attributes: Readonly<Record<string, string>>, content = ''): string {
  const told = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const open = `<${name}${told.join('')}`;
  return content === '' ? `${open}/>` : `${open}>${content}</${name}>`;
}

/** What no XML 1.0 document may hold, not even as a reference (section 2.2), and what is discouraged there. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/g;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Half of a pair: no character. */
const HALVES = /\p{Surrogate}/gu;

const escaped = (text: string): string =>
  text
    .replaceAll(HALVES, '\ufffd')
    .replaceAll(FORBIDDEN, '\ufffd')
    .replaceAll(/[&<>"\t\n\r]/g, (c) => ENTITIES[c] ?? c);
