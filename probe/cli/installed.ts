// Where lies what was built, whether we run from dist or from the sources?
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the built page; it may not exist yet. */
export const pageFolder = (): string => join(distFolder(), 'web');

/** The page that shows the one trace that is put into it; it may not exist yet. */
export const reportPage = (): string => join(distFolder(), 'report', 'report.html');

function distFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'dist');
}
