// How does a trace become a page of its own, which opens without a service?
import { readFile } from 'node:fs/promises';
import { ConfigError } from '../../shared/config-problem.ts';
import { traceFileText } from '../../shared/trace-file.ts';
import type { Trace } from '../../shared/trace.ts';
import { reportPage } from './installed.ts';

const PLACE = '<script type="application/json" id="trace"></script>';

/** Rejects with ConfigError where the page is not built. */
export async function tracePage(trace: Trace): Promise<string> {
  const page = await readFile(reportPage(), 'utf8').catch(() => '');
  if (!page.includes(PLACE)) throw new ConfigError('The page for traces is not built yet: npm run build.');
  // nothing that a server sent may end the element; in JSON every < stands in a string
  const json = traceFileText(trace).replaceAll('<', '\\u003c');
  return page.replace(PLACE, () => PLACE.replace('></', () => `>${json}</`));
}
