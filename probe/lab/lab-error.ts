// What the operator asked of the lab cannot be.

/** The message is one sentence that says what would be right. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
