// What does the lab need to know of a real cache to put it between two layers?
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readPurge } from '../../../shared/purge/index.ts';
import type { Node, Policy, PurgeConfig } from '../../../shared/topology.ts';
import type { Daemon } from '../processes.ts';

export interface PeerOptions {
  /** The node's id. */
  readonly id: string;
  /** The nodes it asks, never empty; it takes turns. */
  readonly parents: readonly Node[];
  /** What its configuration sets; what the product cannot be told stays its own. */
  readonly policy: Policy;
  readonly workDir?: string;
  /** Whether its configuration lets it be purged from loopback. Default true. */
  readonly purgeable?: boolean;
  /** Lines in its own language, before its own of the same section. Default: none; HAProxy and httpd take none. */
  readonly extra?: string;
}

export interface Peer {
  /** The dialect it speaks, and its name in `startLab({ real })`. */
  readonly id: string;
  /** Grace where nothing is said, seconds; absent: it has no grace, whatever is asked. */
  readonly defaultGrace?: number;
  /** Undefined when it can be started, else a sentence that says what to install. */
  missing(): string | undefined;
  /** How it is purged; undefined when it cannot be. */
  purge(): PurgeConfig | undefined;
  start(options: PeerOptions): Promise<Daemon>;
}

export const PURGE_BY_METHOD = readPurge({ by: 'http-purge' });

// Debian puts daemons where an ordinary user's PATH does not look
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/local/bin'];

/** Absolute path of an installed program; undefined when there is none. */
export function programAt(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Host and port of a parent's address, as daemons want them. */
export function endpoint(node: Node): { readonly host: string; readonly port: string } {
  const { hostname, port } = new URL(node.address);
  return { host: hostname, port: port || '80' };
}
