// Does the output carry colours? Only where somebody watches or asks for them: what a pipeline keeps is read by programs.
import { isatty } from 'node:tty';
import picocolors from 'picocolors';

const { argv, env } = process;
const refused = Boolean(env['NO_COLOR']) || argv.includes('--no-color');
const wanted = Boolean(env['FORCE_COLOR']) || (isatty(1) && env['TERM'] !== 'dumb');

/** picocolors by our own rule: it would colour whatever runs with CI set. */
export const pc = picocolors.createColors(wanted && !refused);
