// A certificate for one name, made by openssl for the length of a test.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** @param days for which it is valid from now on; below zero: it has run out */
export function certificateFor(name: string, days = 2): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'strata-certificate-'));
  try {
    const key = join(folder, 'key.pem');
    const cert = join(folder, 'cert.pem');
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
    const request = join(folder, 'request.pem');
    openssl('req', '-new', ...curve, '-nodes', ...names, '-keyout', key, '-out', request);
    const signed = ['-signkey', key, '-copy_extensions', 'copy', '-days', String(days)];
    openssl('x509', '-req', '-in', request, ...signed, '-out', cert);
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
