// What lets a client change something? A token of our own making, kept beside the traces for its owner's eyes only.
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../shared/config-problem.ts';

const LEAST = 16;

/** `STRATA_TOKEN`, else the one in the folder, else a new one of 256 bits written there (mode 0600). */
export async function tokenIn(folder: string): Promise<string> {
  const told = process.env['STRATA_TOKEN'];
  if (told !== undefined && told !== '') {
    if (told.length < LEAST)
      throw new ConfigError(`STRATA_TOKEN is shorter than ${LEAST} characters; use a longer one.`);
    return told;
  }
  const file = join(folder, 'token');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.trim().length >= LEAST) return kept.trim();
  const token = randomBytes(32).toString('base64url');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, `${token}\n`, { mode: 0o600 });
    await chmod(file, 0o600);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new ConfigError(`Nothing can be kept in ${folder} (${code}); name another folder with --data.`, [], {
      cause: error,
    });
  }
  return token;
}
