// What does the exit code say? Stable public surface.

export const EXIT = {
  /** Yes, done, visible everywhere. */
  yes: 0,
  /** Not visible, or the purge had no effect. */
  no: 1,
  /** Usage or configuration. */
  usage: 2,
  /** The origin itself does not serve the change. */
  originNotReady: 3,
  /** Nothing reachable, or evidence contradicts. */
  cannotTell: 4,
  /** What we wrote wrong. */
  internal: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Takes a command's work, which resolves with its exit code. */
export type Ends = (work: Promise<ExitCode>) => Promise<void>;
