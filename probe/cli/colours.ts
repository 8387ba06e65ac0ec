// Does the output carry colours? Only where somebody watches or asks for them: what a pipeline keeps is read by programs.
import picocolors from 'picocolors';

const { argv, env, stdout } = process;
const refused = Boolean(env['NO_COLOR']) || argv.includes('--no-color');
const wanted = Boolean(env['FORCE_COLOR']) || (Boolean(stdout.isTTY) && env['TERM'] !== 'dumb');

/** picocolors by our own rule: it would colour whatever runs with CI set. */
export const pc = picocolors.createColors(wanted && !refused);
