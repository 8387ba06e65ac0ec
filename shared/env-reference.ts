// Where does a written value leave a secret to the environment? `${NAME}` stands for it until the moment it is sent.

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The names that `value` refers to, in order, each once. */
export function envNames(value: string): string[] {
  return [...new Set([...value.matchAll(REFERENCE)].map((m) => m[1] ?? ''))];
}

/** True where `${` opens something that is not a reference, such as `${my-token}` or `${`. */
export function hasBrokenReference(value: string): boolean {
  return value.replaceAll(REFERENCE, '').includes('${');
}

/** `value` with every reference replaced, or the first name that `env` does not hold. */
export function withEnv(
  value: string,
  env: Readonly<Record<string, string | undefined>>,
): { readonly value: string } | { readonly missing: string } {
  const missing = envNames(value).find((name) => !env[name]);
  if (missing !== undefined) return { missing };
  return { value: value.replaceAll(REFERENCE, (_, name: string) => env[name] ?? '') };
}

const SECRET =
  /(?:^|[-_])(?:authorization|token|secret|password|passwd|credentials?|auth|(?:api|auth|access|purge|fastly)-?key)(?:$|[-_])/i;

/** True for header names whose value is a credential by custom: `Authorization`, `X-Api-Key`, `X-Purge-Token`. */
export function namesSecret(header: string): boolean {
  return SECRET.test(header);
}
