// What can be wrong with the place where traces are kept?

/** Nothing was written, because the disk has no room; writing again succeeds once there is room. */
export class StoreFull extends Error {
  constructor(folder: string) {
    super(
      `The disk that holds ${folder} is full: nothing more is recorded. Free some space; recording resumes by itself.`,
    );
    this.name = 'StoreFull';
  }
}

/** The folder cannot be used as it is; the message says why and what would be right (the CLI exits 2). */
export class StoreUnusable extends Error {
  /** Somebody else has it open. */
  readonly isHeld: boolean;

  constructor(message: string, isHeld = false) {
    super(message);
    this.isHeld = isHeld;
    this.name = 'StoreUnusable';
  }
}
