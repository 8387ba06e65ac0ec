// The compiler needs no settings of its own; the editor and svelte-check look for this file.
export default {};
